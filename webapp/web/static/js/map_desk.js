/* What only a desk has: a screen so wide that the map fills the window, a keyboard, a printer. A phone is spared it
   (map.js says when it comes). */
import { holds } from "./map_cells.js";

/* --- the wide screen: what belongs to the map lies over its edges, and what is shown is fitted between these --- */

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

/* --- the keyboard: while the map has it, a cross marks its middle, the village there is said, and Enter opens it --- */

function cellAt(view, at) {
  return view.cells.find((cell) => cell.lowest && cell.shape.getBounds().contains(at) && holds(cell, at));
}

/* `isOn`: a key brought the keyboard here before this came. */
export function byKeys(box, map, view, pick, isOn) {
  const cross = L.DomUtil.create("div", "map-cross", box);
  const words = L.DomUtil.create("span", "", cross);
  words.setAttribute("role", "status");
  const hint = L.DomUtil.create("p", "map-keys", box);
  hint.id = box.id + "-keys";
  hint.textContent = box.dataset.keys;
  box.setAttribute("aria-describedby", hint.id);
  let pressed = false; // the pointer brought the focus
  const say = () => {
    const cell = box.classList.contains("by-keys") && cellAt(view, map.getCenter());
    words.textContent = cell ? cell.name : "";
  };
  const turn = (on) => {
    box.classList.toggle("by-keys", on);
    say();
  };
  box.addEventListener("pointerdown", () => {
    pressed = true;
    turn(false);
  });
  box.addEventListener("focus", () => {
    if (!pressed) turn(true);
    pressed = false;
  });
  box.addEventListener("blur", () => turn(false));
  box.addEventListener("keydown", (event) => {
    if (event.target !== box) return;
    turn(true);
    const cell = event.key === "Enter" && cellAt(view, map.getCenter());
    if (cell) pick(cell.id);
  });
  map.on("moveend", say);
  if (isOn) turn(true);
}

/* --- the printer: as wide as an A4 page between its margins, as high as what is shown needs, drawn again for that size --- */

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
