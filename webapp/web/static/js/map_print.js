/* The map on paper: as wide as an A4 page between its margins, as high as what is shown needs, and drawn again for that size. */

const WIDTH = 680; // pixels of CSS: 180 mm
const HIGHEST = 800; // leaves room for the title and the legend

export function printing(box, map, whole) {
  let view = null;
  const fit = (bounds) => {
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(bounds, { animate: false, padding: [4, 4] });
  };
  window.addEventListener("beforeprint", () => {
    view = map.getBounds();
    const bounds = view.contains(whole) ? whole : view;
    const low = map.project(bounds.getSouthWest(), 12);
    const high = map.project(bounds.getNorthEast(), 12);
    box.style.width = WIDTH + "px";
    box.style.height = Math.min(HIGHEST, (WIDTH * (low.y - high.y)) / (high.x - low.x)) + "px";
    fit(bounds);
  });
  window.addEventListener("afterprint", () => {
    box.style.width = box.style.height = "";
    if (view) fit(view);
    view = null;
  });
}
