/* On a wide screen the map fills the window, and what belongs to it lies over its edges: what is shown is fitted between these. */

const EDGE = 8;

/* How far a part that lies over the map reaches into it from its side. */
function reach(part, box, side) {
  if (!part || getComputedStyle(part).position !== "absolute" || !part.offsetWidth) return EDGE;
  const [over, under] = [part.getBoundingClientRect(), box.getBoundingClientRect()];
  return EDGE + Math.max(0, side === "left" ? over.right - under.left : under.right - over.left);
}

/* Returns what brings bounds into view. */
export function staged(box, map) {
  const stage = box.closest(".map-stage");
  const panel = stage && stage.querySelector(".map-panel");
  const card = stage && stage.querySelector(".map-card");
  if (stage) {
    const above = stage.getBoundingClientRect().top + window.pageYOffset;
    stage.style.setProperty("--above", above + "px");
    map.invalidateSize({ animate: false });
  }
  return (bounds, options) => map.fitBounds(bounds, Object.assign({
    paddingTopLeft: [reach(panel, box, "left"), EDGE], paddingBottomRight: [reach(card, box, "right"), EDGE],
  }, options));
}
