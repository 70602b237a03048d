/* Names and figures on the map: upper tiers first; what would touch an earlier one or a dot is moved, shortened or not drawn. */
import { holds } from "./map_cells.js";

/* A name is drawn if the cell is at least this share of the name's width */
const ROOM = 0.9;
/* Pixels; in a narrower cell even its figures would stand for its neighbours */
const FIGURE_ROOM = 32;
/* Pixels by which name and figures of a village may reach out of it */
const EDGE = 6;
const LINE_HEIGHT = 1.2;
/* Pixels, as in map.css */
const FIGURE_HEIGHT = 18;
const FIGURE_SIZE = 14;
const LOWER = 15;
const UPPER = 17;
const SMALL = 14;
/* What a name can do without */
const GENERIC = /\s+(Town|Township|Subdistrict|Village|Community|County|District)$/;
/* Pixels up and down from a spot */
const STEPS = [0, -10, 10, -20, 20];
/* And for an upper name to its sides */
const ASIDE = [0, -16, 16, -32, 32];

function measurer() {
  const pen = document.createElement("canvas").getContext("2d");
  const known = {};
  return (words, size, bold) => {
    const font = (bold ? "bold " : "") + size + "px sans-serif";
    const key = font + words;
    if (!(key in known)) {
      pen.font = font;
      known[key] = pen.measureText(words).width;
    }
    return known[key];
  };
}

function touches(box, taken) {
  return taken.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
}

function boxAt(point, width, height) {
  return { left: point.x - width / 2 - 3, right: point.x + width / 2 + 3, top: point.y - height / 2, bottom: point.y + height / 2 };
}

/* Seen and due under the name, the number of open reports, and how many of them are overdue. */
function figures(value) {
  if (!value || !(value.label || value.open)) return null;
  const small = document.createElement("small");
  small.textContent = value.label;
  const pill = (words, kind) => {
    const mark = document.createElement("b");
    mark.className = kind;
    mark.textContent = words;
    small.appendChild(mark);
  };
  if (value.open) pill(value.open, "");
  if (value.late) pill("▲" + value.late, "is-late");
  return small;
}

/* Ways to write a name, the fullest first: each is its lines and its size. */
function writings(cell, scale) {
  const short = cell.name.replace(GENERIC, "");
  if (cell.lowest) return [cell.name, short].map((name) => ({ lines: [name], size: LOWER * scale }));
  const cut = cell.name.lastIndexOf(" ");
  const halves = cut > 0 ? [cell.name.slice(0, cut), cell.name.slice(cut + 1)] : [cell.name];
  return [
    { lines: [cell.name], size: UPPER * scale }, { lines: [short], size: UPPER * scale },
    { lines: [short], size: SMALL * scale }, { lines: halves, size: SMALL * scale },
  ];
}

function sign(cell, writing, figure, point) {
  const mark = document.createElement("div");
  mark.className = cell.lowest ? "map-name" : "map-name map-name-upper";
  writing.lines.forEach((words) => {
    const line = document.createElement("div");
    line.textContent = words;
    /* As web/marked.py does where the server writes the page */
    if (/[\u3400-\u9fff]/.test(words)) line.lang = "zh-CN";
    mark.appendChild(line);
  });
  if (figure) mark.appendChild(figure);
  mark.style.left = point.x + "px";
  mark.style.top = point.y + "px";
  mark.style.fontSize = writing.size + "px";
  return mark;
}

function widthOf(map, cell) {
  const bounds = cell.shape.getBounds();
  return map.latLngToLayerPoint(bounds.getNorthEast()).x - map.latLngToLayerPoint(bounds.getSouthWest()).x;
}

function within(map, cell, box) {
  const bounds = cell.shape.getBounds();
  const low = map.latLngToLayerPoint(bounds.getSouthWest());
  const high = map.latLngToLayerPoint(bounds.getNorthEast());
  return box.left > low.x - EDGE && box.right < high.x + EDGE && box.top > high.y - EDGE && box.bottom < low.y + EDGE;
}

/* Dots lie on the canvas below; figures over them would hide both. */
function dotBoxes(map, view) {
  return view.dots.map((dot) => boxAt(map.latLngToLayerPoint(dot.at), 2 * dot.size, 2 * dot.size + 6));
}

/* Where a box of this size touches nothing, near one of the cell's spots. */
function free(map, cell, size, taken) {
  const spots = cell.spots.map((spot) => map.latLngToLayerPoint(spot));
  const shifts = [].concat(...(cell.lowest ? [0] : ASIDE).map((x) => STEPS.map((y) => L.point(x, y))));
  // A village's name stays within it, figures and all; a township's at least has its middle there.
  const belongs = (point, box) => (cell.lowest ? within(map, cell, box) : holds(cell, map.layerPointToLatLng(point)));
  const places = cell.lowest ? [].concat(...spots.map((at) => shifts.map((by) => at.add(by))))
    : [].concat(...shifts.map((by) => spots.map((at) => at.add(by))));
  return places.find((point) => {
    const box = boxAt(point, size.x, size.y);
    return !touches(box, taken) && belongs(point, box);
  }) || null;
}

/* `place(cell, scene)` → the cell's mark, written as fully as there is room for; null where nothing fits. */
function placer(map, view) {
  const scale = document.documentElement.classList.contains("large") ? 1.2 : 1;
  const width = measurer();

  function sizeOf(cell, writing, figure) {
    const words = writing.lines.map((line) => width(line, writing.size, !cell.lowest));
    const under = figure ? width(figure.textContent, FIGURE_SIZE, true) + 16 * figure.children.length : 0;
    return { x: Math.max.apply(null, words.concat(under)), y: writing.lines.length * writing.size * LINE_HEIGHT + (figure ? FIGURE_HEIGHT : 0) };
  }

  function put(cell, writing, figure, scene, room, taken) {
    const size = sizeOf(cell, writing, figure);
    const point = size.x > room ? null : free(map, cell, size, taken);
    if (point) scene.taken.push(boxAt(point, size.x, size.y));
    return point && sign(cell, writing, figure, point);
  }

  /* Beside the dots if it can be, shorter if need be; only then an upper name may stand on one, a figure never. */
  return (cell, scene) => {
    const wide = widthOf(map, cell);
    const figure = cell.lowest ? figures(view.values[cell.id]) : null;
    const ways = writings(cell, scale);
    if (figure && wide >= FIGURE_ROOM) ways.push({ lines: [], size: LOWER });
    const room = cell.id === view.selected ? Infinity : wide / ROOM;
    const first = (taken) => ways.reduce((mark, way) => mark || put(cell, way, figure, scene, room, taken), null);
    return first(scene.taken.concat(scene.dots)) || (cell.lowest ? null : first(scene.taken));
  };
}

export function namer(map, view) {
  const pane = map.createPane("names");
  pane.style.zIndex = 470;
  pane.style.pointerEvents = "none";
  const place = placer(map, view);
  return () => {
    const seen = map.getBounds().pad(0.1);
    const scene = { taken: [], dots: dotBoxes(map, view) };
    const chosen = view.byId[view.selected];
    // The root's name would only stand in the way of its parts.
    const cells = view.cells.filter((cell) => cell !== chosen && (cell.depth > 0 || cell.lowest) && seen.contains(cell.at));
    const inOrder = chosen && seen.contains(chosen.at) ? [chosen].concat(cells) : cells;
    pane.textContent = "";
    inOrder.map((cell) => place(cell, scene)).filter(Boolean).forEach((mark) => pane.appendChild(mark));
  };
}
