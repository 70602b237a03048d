/* Names and figures on the map: upper tiers first; what would touch an earlier one is not drawn. */

const ROOM = 0.9; // a name is drawn if the cell is at least this share of the name's width
const NAME_HEIGHT = 20; // pixels, as in map.css
const FIGURE_HEIGHT = 18;
const FIGURE_ROOM = 46; // a cell at least this wide shows its figures even where its name does not fit
const ASIDE = 24; // how far a name moves down to leave a dot free

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

export function namer(map, view) {
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
