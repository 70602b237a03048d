/* The map of grids: outlines from one cached layer, figures joined by id, names that never overlap, a card for the tapped cell.
   Leaflet 1.9.4 (global L, loaded by the page) draws on canvas. Colours and hatching are read from the swatches of the legend, so
   they are written only in map.css; words come from data-* attributes. The page holds the same figures as a table. */
import { read } from "./map_cells.js";
import { draw, swatches } from "./map_drawing.js";
import { unpacked } from "./map_layer.js";
import { namer } from "./map_names.js";
import { drawPoints } from "./map_points.js";

/* Outline of the chosen cell */
const MARKED = "#14231d";
/* As in map.css */
const WIDE = "(min-width: 1024px)";

/* --- reading what the page gives --- */

function json(url) {
  return fetch(url, { credentials: "same-origin" }).then((answer) => {
    if (!answer.ok) throw new Error(url + " " + answer.status);
    return answer.json();
  });
}

/* Values and points: an address in data-…, or JSON written into the page, or nothing. */
function given(box, what, fallback) {
  const url = box.dataset[what];
  if (url) return json(url);
  const inline = document.querySelector("script[data-map-" + what + "='" + box.id + "']");
  return Promise.resolve(inline ? JSON.parse(inline.textContent) : fallback);
}

/* --- putting it together --- */

/* The address keeps the grid chosen, so that it can be sent and Back leads to the one before; what leads on from here keeps it. */
function keep(id) {
  const with_ = (address) => {
    const url = new URL(address);
    url.searchParams.set("at", id);
    return url.href;
  };
  if (with_(location.href) !== location.href) history.pushState(null, "", with_(location.href));
  Array.prototype.forEach.call(document.querySelectorAll("[data-map-keep]"), (part) => {
    Array.prototype.forEach.call(part.querySelectorAll("a"), (link) => { link.href = with_(link.href); });
    Array.prototype.forEach.call(part.querySelectorAll("[name=at]"), (field) => { field.value = id; });
  });
}

function wholeButton(map, go, words) {
  const control = L.control({ position: "topleft" });
  control.onAdd = () => {
    const bar = L.DomUtil.create("div", "leaflet-bar");
    const link = L.DomUtil.create("a", "map-whole", bar);
    link.href = "#";
    link.title = words;
    link.setAttribute("role", "button");
    link.setAttribute("aria-label", words);
    link.textContent = "⤢";
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.on(link, "click", (event) => {
      L.DomEvent.preventDefault(event);
      go();
    });
    return bar;
  };
  control.addTo(map);
}

function frame(box) {
  const map = L.map(box, {
    preferCanvas: true, renderer: L.canvas({ padding: 0.4, tolerance: 4 }), zoomControl: false, zoomSnap: 0.25, zoomDelta: 1,
    attributionControl: Boolean(box.dataset.tiles), scrollWheelZoom: false, minZoom: 3,
  });
  if (map.attributionControl) map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  // The wheel scrolls the page until the map was pressed, so that nobody is caught in it.
  map.on("click focus", () => map.scrollWheelZoom.enable());
  map.on("mouseout blur", () => map.scrollWheelZoom.disable());
  L.control.scale({ imperial: false }).addTo(map);
  if (box.dataset.tiles) {
    L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution || "", maxZoom: Number(box.dataset.maxZoom) || 18 }).addTo(map);
  }
  return map;
}

function marker(map) {
  let mark = null;
  return (cell) => {
    if (mark) mark.remove();
    mark = L.geoJSON(cell.feature, { interactive: false, style: { fill: false, color: MARKED, weight: 4 } }).addTo(map);
  };
}

function build(box, layer, values, points, desk) {
  const map = frame(box);
  const fit = desk ? desk.staged(box, map) : (bounds) => map.fitBounds(bounds);
  const view = read(layer);
  Object.assign(view, { values, colours: swatches(box), tiled: Boolean(box.dataset.tiles || box.dataset.backdrop), selected: box.dataset.selected || "" });
  const loadCard = cards(box);
  const mark = marker(map);
  const names = namer(map, view);
  const things = thingsSwitch(map, view);
  const pick = (id, quiet) => {
    if (!view.byId[id]) return;
    view.selected = id;
    mark(view.byId[id]);
    names();
    things();
    if (quiet) return;
    loadCard(id);
    if ("keep" in box.dataset) keep(id);
  };
  const bounds = L.geoJSON(layer).getBounds();
  const whole = () => fit(bounds);
  const show = (cell) => {
    fit(cell.shape.getBounds().pad(cell.lowest ? 0.8 : 0.05));
    box.scrollIntoView({ block: "nearest" });
    pick(cell.id);
  };
  whole();
  map.startZoom = map.getZoom();
  map.setMaxBounds(bounds.pad(1.5));
  draw(map, view, pick);
  drawPoints(map, view, points, pick);
  wholeButton(map, whole, box.dataset.whole);
  map.on("moveend zoomend resize", names);
  names();
  if (view.byId[view.selected]) {
    const own = view.byId[view.selected];
    /* A second move would be ignored */
    if (!box.dataset.place) fit(own.shape.getBounds().pad(own.lowest ? 0.6 : 0.05));
    pick(view.selected, !("chosen" in box.dataset));
  }
  if (box.dataset.place) finding().then((at) => at.spot(map, box.dataset.place));
  listen(box, map, view, show);
  const equip = (at, isOn) => {
    at.byKeys(box, map, view, pick, isOn);
    at.printing(box, map, bounds);
  };
  if (desk) equip(desk);
  else whenAsked(box, equip);
  backdrop(box, map, view);
  window.addEventListener("popstate", () => {
    const at = new URL(location.href).searchParams.get("at");
    if (view.byId[at]) show(view.byId[at]);
    else whole();
  });
}

/* Cards come with the first of them. */
function cards(box) {
  let loaded = null;
  return (id) => {
    loaded = loaded || import("./map_card.js").then((module) => module.cardLoader(box));
    loaded.then((load) => load(id));
  };
}

/* On a narrow screen what a desk has comes with a key on the map, or before the page is printed. */
function whenAsked(box, equip) {
  let asked = null;
  let isThere = false;
  const once = (isOn) => {
    asked = asked || import("./map_desk.js").then((desk) => {
      equip(desk, isOn);
      isThere = true;
    });
    return asked;
  };
  box.addEventListener("keyup", () => once(true));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-print]");
    if (!button || isThere) return;
    event.stopImmediatePropagation();
    once(false).then(() => button.click());
  }, true);
}

/* Roads and waters come after all else, as they are what can be done without. */
function backdrop(box, map, view) {
  if (!box.dataset.backdrop) return;
  Promise.all([json(box.dataset.backdrop), import("./map_backdrop.js")])
    .then(([told, module]) => module.drawBackdrop(map, told, view.colours))
    .catch(console.error);
}

/* The layer of objects: its script comes when somebody asks for it. Returns what to do when another grid was chosen. */
function thingsSwitch(map, view) {
  const switch_ = document.querySelector("[data-map-things]");
  let loaded = null;
  const update = () => {
    if (!switch_ || !(switch_.checked || loaded)) return;
    loaded = loaded || import("./map_things.js").then((module) => module.thingsOn(map, view, switch_));
    loaded.then((draw) => draw(view.selected));
  };
  if (switch_) switch_.addEventListener("change", update);
  return update;
}

/* What is looked for, or named by the address: its script comes when there is such a thing. */
const finding = () => import("./map_find.js");

/* A link with data-map-show="id", in the table or on a card, shows its cell on the map. In the rows of the long table the number
   stands once, in the address of the page. */
function listen(box, map, view, show) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-map-show], .map-table th a");
    const cell = button && view.byId[button.dataset.mapShow || button.pathname.split("/").pop()];
    if (!cell) return;
    event.preventDefault();
    show(cell);
    if (button.dataset.mapPoint) finding().then((at) => at.showPoint(map, button));
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.mapFind) return;
    event.preventDefault();
    finding().then((at) => at.find(event.target));
  });
  const panel = document.querySelector("[data-map-card='" + box.id + "']");
  if (!panel) return;
  const close = () => {
    panel.classList.remove("is-open");
    box.focus({ preventScroll: true });
  };
  panel.addEventListener("click", (event) => { if (event.target.closest("[data-map-close]")) close(); });
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
}

function start(box) {
  const note = box.querySelector("[data-map-note]");
  note.textContent = box.dataset.loading;
  const desk = matchMedia(WIDE).matches ? import("./map_desk.js") : null;
  Promise.all([json(box.dataset.layer), given(box, "values", {}), given(box, "points", { type: "FeatureCollection", features: [] }), desk])
    .then((all) => {
      note.remove();
      build(box, unpacked(all[0]), all[1], all[2], all[3]);
    })
    .catch((error) => {
      console.error(error);
      note.textContent = box.dataset.failed;
      box.appendChild(note);
    });
}

Array.prototype.forEach.call(document.querySelectorAll("[data-map]"), start);
