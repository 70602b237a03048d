/* The map on paper: as wide as an A4 page between its margins, as high as what is shown needs, and drawn again for that size. */

const WIDTH = 680; // pixels of CSS: 180 mm
const HIGHEST = 800; // leaves room for the title and the legend

export function printing(box, map, whole) {
  let before = null;
  window.addEventListener("beforeprint", () => {
    const view = map.getBounds();
    before = { centre: map.getCenter(), zoom: map.getZoom(), limits: map.options.maxBounds };
    map.stop().setMaxBounds(null); // which would pull at a paper's view
    const bounds = view.contains(whole) ? whole : view;
    const low = map.project(bounds.getSouthWest(), 12);
    const high = map.project(bounds.getNorthEast(), 12);
    box.style.minHeight = "0";
    box.style.flex = box.style.maxHeight = "none"; // on the screen it has what the window leaves
    box.style.width = WIDTH + "px";
    box.style.height = Math.min(HIGHEST, (WIDTH * (low.y - high.y)) / (high.x - low.x)) + "px";
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(bounds, { animate: false, padding: [4, 4] });
  });
  window.addEventListener("afterprint", () => {
    box.style.flex = box.style.minHeight = box.style.maxHeight = box.style.width = box.style.height = "";
    map.invalidateSize({ animate: false, pan: false });
    if (before) map.setView(before.centre, before.zoom, { animate: false }).setMaxBounds(before.limits);
    before = null;
  });
}
