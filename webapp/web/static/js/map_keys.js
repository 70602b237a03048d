/* The map without a mouse: while it has the keyboard, a cross marks its middle, the village there is said, and Enter opens it. */
import { holds } from "./map_cells.js";

function cellAt(view, at) {
  return view.cells.find((cell) => cell.lowest && cell.shape.getBounds().contains(at) && holds(cell, at));
}

export function byKeys(box, map, view, pick) {
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
}
