/* The map of grids: outlines from one cached layer, figures joined by id, names that never overlap, a card for the tapped cell.
   Leaflet 1.9.4 (global L, loaded by the page) draws on canvas. Colours and hatching are read from the swatches of the legend, so
   they are written only in map.css; words come from data-* attributes. The page holds the same figures as a table. */

const LINE = "rgba(22, 52, 40, 0.6)"; // outline of the lowest tier
const UPPER = "#12382c"; // outlines above it
const PLAIN = "#f1eee6"; // a cell without a value
const MARKED = "#14231d";
const ROOM = 0.9; // a name is drawn if the cell is at least this share of the name's width
const NAME_HEIGHT = 20; // pixels, as in map.css
const FIGURE_HEIGHT = 18;
const FIGURE_ROOM = 46; // a cell at least this wide shows its figures even where its name does not fit
const ASIDE = 24; // how far a name moves down to leave a dot free
const ZH = document.documentElement.lang.slice(0, 2) === "zh";

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

/* What a swatch is filled with: its colour, or colour and slanting lines (--hatch: their distance in pixels), for the canvas. */
function filling(mark) {
  const style = getComputedStyle(mark);
  const gap = parseInt(style.getPropertyValue("--hatch"), 10);
  if (!gap) return style.backgroundColor;
  const tile = document.createElement("canvas");
  tile.width = tile.height = gap;
  const pen = tile.getContext("2d");
  pen.fillStyle = style.backgroundColor;
  pen.fillRect(0, 0, gap, gap);
  pen.strokeStyle = style.color;
  pen.lineWidth = 1.2;
  [-gap, 0, gap].forEach((x) => { pen.moveTo(x - 1, gap + 1); pen.lineTo(x + gap + 1, -1); });
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

function swatches(box) {
  const colours = {};
  Array.prototype.forEach.call(box.parentNode.querySelectorAll("[data-legend] [data-class]"), (mark) => {
    colours[mark.dataset.class] = filling(mark);
  });
  return colours;
}

/* --- cells: depth, box, where the name stands --- */

function rings(geometry) {
  return geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((part) => part[0]);
}

/* Twice the signed area of a ring; only sizes are compared, so degrees will do. */
function area(ring) {
  let sum = 0;
  for (let i = 1; i < ring.length; i += 1) sum += ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
  return Math.abs(sum);
}

/* A point inside the ring: the middle of the widest stretch of a horizontal line at half height. */
function inside(ring) {
  const ys = ring.map((at) => at[1]);
  const y = (Math.min.apply(null, ys) + Math.max.apply(null, ys)) / 2 + 1e-9;
  const xs = [];
  for (let i = 1; i < ring.length; i += 1) {
    const a = ring[i - 1];
    const b = ring[i];
    if ((a[1] > y) !== (b[1] > y)) xs.push(a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0]));
  }
  xs.sort((a, b) => a - b);
  let best = [xs[0], xs[1]];
  for (let i = 0; i + 1 < xs.length; i += 2) if (xs[i + 1] - xs[i] > best[1] - best[0]) best = [xs[i], xs[i + 1]];
  return L.latLng(y, (best[0] + best[1]) / 2);
}

function cellOf(feature) {
  const biggest = rings(feature.geometry).reduce((a, b) => (area(b) > area(a) ? b : a));
  const { zh, en } = feature.properties;
  return { feature, id: String(feature.id), name: ZH ? zh || en : en || zh, at: inside(biggest), size: area(biggest) };
}

/* Tiers are read from the parents: how many of a cell's ancestors are in the layer. The deepest cells carry the figures. */
function read(layer) {
  const cells = layer.features.filter((feature) => feature.geometry).map(cellOf);
  const byId = {};
  cells.forEach((cell) => { byId[cell.id] = cell; });
  const depth = (cell) => {
    const above = byId[String(cell.feature.properties.parent)];
    return above && above !== cell ? depth(above) + 1 : 0;
  };
  cells.forEach((cell) => { cell.depth = depth(cell); });
  const deepest = cells.reduce((most, cell) => Math.max(most, cell.depth), 0);
  cells.forEach((cell) => { cell.lowest = cell.depth === deepest; });
  return { byId, cells: cells.sort((a, b) => a.depth - b.depth || b.size - a.size) };
}

/* --- names: greedy, upper tiers first; what would touch an earlier name is not drawn --- */

function measure(font) {
  const pen = document.createElement("canvas").getContext("2d");
  const known = {};
  return (words) => {
    pen.font = font;
    if (!(words in known)) known[words] = pen.measureText(words).width;
    return known[words];
  };
}

function touches(box, taken) {
  return taken.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
}

function boxAt(point, width, height) {
  return { left: point.x - width / 2 - 3, right: point.x + width / 2 + 3, top: point.y - height / 2, bottom: point.y + height / 2 };
}

/* Seen and due under the name, and the number of open reports. */
function figures(value) {
  if (!value || !(value.label || value.open)) return null;
  const small = document.createElement("small");
  small.textContent = value.label;
  if (value.open) {
    const pill = document.createElement("b");
    pill.textContent = value.open;
    small.appendChild(pill);
  }
  return small;
}

function sign(cell, name, figure, point) {
  const mark = document.createElement("div");
  mark.className = cell.lowest ? "map-name" : "map-name map-name-upper";
  mark.textContent = name;
  if (figure) mark.appendChild(figure);
  mark.style.left = point.x + "px";
  mark.style.top = point.y + "px";
  return mark;
}

function namer(map, view) {
  const pane = map.createPane("names");
  pane.style.zIndex = 470;
  pane.style.pointerEvents = "none";
  const size = document.documentElement.classList.contains("large") ? 18 : 15;
  const lower = measure(size + "px sans-serif");
  const upper = measure("bold " + (size + 3) + "px sans-serif");

  function wide(cell) {
    const b = cell.shape.getBounds();
    return map.latLngToLayerPoint(b.getNorthEast()).x - map.latLngToLayerPoint(b.getSouthWest()).x;
  }

  function dotted(point, width) {
    return view.dots.some((dot) => {
      const at = map.latLngToLayerPoint(dot);
      return Math.abs(at.x - point.x) < width / 2 + 8 && Math.abs(at.y - point.y) < ASIDE;
    });
  }

  /* Draws name and figures, or only the figures (name = ""); tells whether there was room. */
  function put(cell, name, width, taken) {
    const point = map.latLngToLayerPoint(cell.at);
    if (cell.lowest && dotted(point, width)) point.y += ASIDE;
    const figure = cell.lowest ? figures(view.values[cell.id]) : null;
    const box = boxAt(point, width, (name ? NAME_HEIGHT : 0) + (figure ? FIGURE_HEIGHT : 0));
    if (!(name || figure) || touches(box, taken)) return false;
    taken.push(box);
    pane.appendChild(sign(cell, name, figure, point));
    return true;
  }

  function place(cell, seen, taken) {
    if (!seen.contains(cell.at)) return;
    const width = (cell.lowest ? lower : upper)(cell.name);
    const room = cell.id === view.selected ? Infinity : wide(cell);
    if (room > width * ROOM && put(cell, cell.name, width, taken)) return;
    if (cell.lowest && room > FIGURE_ROOM) put(cell, "", FIGURE_ROOM - 10, taken);
  }

  return () => {
    pane.textContent = "";
    const seen = map.getBounds().pad(0.1);
    const taken = [];
    const chosen = view.byId[view.selected];
    if (chosen) place(chosen, seen, taken);
    // The root's name would only stand in the way of its parts.
    view.cells.forEach((cell) => { if (cell !== chosen && (cell.depth > 0 || cell.lowest)) place(cell, seen, taken); });
  };
}

/* --- drawing --- */

function style(cell, view) {
  if (!cell.lowest) return { fill: false, color: UPPER, weight: cell.depth ? 2.2 : 3.2, interactive: false };
  const value = view.values[cell.id];
  const fill = (value && view.colours[value.class]) || PLAIN;
  return { fillColor: fill, fillOpacity: view.tiled ? 0.65 : 1, color: LINE, weight: 0.8 };
}

function draw(map, view, onPick) {
  const lowestFirst = view.cells.slice().sort((a, b) => b.depth - a.depth);
  lowestFirst.forEach((cell) => {
    cell.shape = L.geoJSON(cell.feature, { style: style(cell, view), interactive: cell.lowest }).addTo(map);
    if (cell.lowest) cell.shape.on("click", () => onPick(cell.id));
  });
}

/* All on one canvas: a second one on top would take the presses meant for the cells.
   Small dots on the whole area, so that the cells stay to be seen; big enough for a finger closer in. */
function radius(map) {
  return map.getZoom() - map.startZoom < 1 ? 4.5 : 8;
}

function drawPoints(map, view, points, onPick) {
  const colour = (tone) => view.colours[tone ? "point-" + tone : "point"] || view.colours.point || "#1b4a75";
  // Reports without a point of their own: one hollow dot in the middle of their village.
  const loose = view.cells.filter(isLoose(view)).map((cell) => L.circleMarker(cell.at, {
    radius: radius(map), weight: 2.5, color: colour(""), fillOpacity: 1, fillColor: "#fff",
  }).on("click", () => onPick(cell.id)).addTo(map));
  const marks = L.geoJSON(points, {
    pointToLayer: (feature, at) => L.circleMarker(at, {
      radius: radius(map), weight: 2, color: "#fff", fillOpacity: 1, fillColor: colour(feature.properties.tone),
    }),
    onEachFeature: (feature, mark) => mark.bindPopup(() => pointWords(feature.properties), { closeButton: false, minWidth: 140 }),
  }).addTo(map);
  map.on("zoomend", () => loose.concat(marks).forEach((mark) => mark.setStyle({ radius: radius(map) })));
}

function isLoose(view) {
  return (cell) => cell.lowest && view.values[cell.id] && view.values[cell.id].loose > 0;
}

function pointWords(properties) {
  const words = [properties.number, properties.name].filter(Boolean).join(" ");
  const link = document.createElement(properties.url ? "a" : "span");
  if (properties.url) link.href = properties.url;
  link.textContent = words;
  link.className = "map-point-link";
  return link;
}

function wholeButton(map, bounds, words) {
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
      map.fitBounds(bounds);
    });
    return bar;
  };
  control.addTo(map);
}

/* --- the card --- */

function cardLoader(box) {
  const panel = document.querySelector("[data-map-card='" + box.id + "']");
  let turn = 0;
  const apologise = (id) => {
    panel.textContent = box.dataset.cardFailed + " ";
    if (!box.dataset.page) return;
    const link = document.createElement("a");
    link.href = box.dataset.page.replace("{id}", id);
    link.textContent = box.dataset.open;
    panel.appendChild(link);
  };
  return (id) => {
    if (!panel || !box.dataset.card) return;
    const mine = turn += 1;
    panel.classList.add("is-open", "is-loading");
    fetch(box.dataset.card.replace("{id}", id), { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok || answer.redirected) throw new Error("card " + answer.status);
      return answer.text();
    }).then((html) => { if (mine === turn) panel.innerHTML = html; }, () => { if (mine === turn) apologise(id); }).then(() => {
      if (mine !== turn) return;
      panel.classList.remove("is-loading");
      panel.focus({ preventScroll: true });
      // On a phone the card lies over the foot of the screen: the map moves to the top, so that both are seen.
      if (getComputedStyle(panel).position === "fixed") box.scrollIntoView();
      else panel.scrollIntoView({ block: "nearest" });
    });
  };
}

/* --- putting it together --- */

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

function build(box, layer, values, points) {
  const map = frame(box);
  const view = read(layer);
  Object.assign(view, { values, colours: swatches(box), tiled: Boolean(box.dataset.tiles), selected: box.dataset.selected || "" });
  view.dots = points.features.map((feature) => L.latLng(feature.geometry.coordinates[1], feature.geometry.coordinates[0]))
    .concat(view.cells.filter(isLoose(view)).map((cell) => cell.at));
  const loadCard = cardLoader(box);
  const mark = marker(map);
  const names = namer(map, view);
  const pick = (id, quiet) => {
    if (!view.byId[id]) return;
    view.selected = id;
    mark(view.byId[id]);
    names();
    if (!quiet) loadCard(id);
  };
  const bounds = L.geoJSON(layer).getBounds();
  map.fitBounds(bounds, { padding: [8, 8] });
  map.startZoom = map.getZoom();
  map.setMaxBounds(bounds.pad(0.3));
  draw(map, view, pick);
  drawPoints(map, view, points, pick);
  wholeButton(map, bounds, box.dataset.whole);
  map.on("moveend zoomend resize", names);
  names();
  if (view.byId[view.selected]) {
    const own = view.byId[view.selected];
    map.fitBounds(own.shape.getBounds().pad(own.lowest ? 0.6 : 0.05));
    pick(view.selected, true);
  }
  listen(box, map, view, pick);
}

/* <button data-map-show="id"> in the table shows its cell on the map. */
function listen(box, map, view, pick) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-map-show]");
    const cell = button && view.byId[button.dataset.mapShow];
    if (!cell) return;
    event.preventDefault();
    map.fitBounds(cell.shape.getBounds().pad(0.8));
    box.scrollIntoView({ block: "nearest" });
    pick(cell.id);
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
  Promise.all([json(box.dataset.layer), given(box, "values", {}), given(box, "points", { type: "FeatureCollection", features: [] })])
    .then((all) => {
      note.remove();
      build(box, all[0], all[1], all[2]);
    })
    .catch((error) => {
      console.error(error);
      note.textContent = box.dataset.failed;
      box.appendChild(note);
    });
}

Array.prototype.forEach.call(document.querySelectorAll("[data-map]"), start);
