/* What is drawn on the map's canvas: cells and the dots of reports. Colours and hatching come from the swatches of the legend. */

const LINE = "rgba(22, 52, 40, 0.6)"; // outline of the lowest tier
const UPPER = "#12382c"; // outlines above it
const PLAIN = "#f1eee6"; // a cell without a value

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

export function swatches(box) {
  const colours = {};
  Array.prototype.forEach.call(box.parentNode.querySelectorAll("[data-legend] [data-class]"), (mark) => {
    colours[mark.dataset.class] = filling(mark);
  });
  return colours;
}

function style(cell, view) {
  if (!cell.lowest) return { fill: false, color: UPPER, weight: cell.depth ? 2.2 : 3.2, interactive: false };
  const value = view.values[cell.id];
  const fill = (value && view.colours[value.class]) || PLAIN;
  return { fillColor: fill, fillOpacity: view.tiled ? 0.65 : 1, color: LINE, weight: 0.8 };
}

export function draw(map, view, onPick) {
  const lowestFirst = view.cells.slice().sort((a, b) => b.depth - a.depth);
  lowestFirst.forEach((cell) => {
    cell.shape = L.geoJSON(cell.feature, { style: style(cell, view), interactive: cell.lowest }).addTo(map);
    if (cell.lowest) cell.shape.on("click", () => onPick(cell.id));
  });
}

/* All on one canvas: a second one on top would take the presses meant for the cells.
   Small dots on the whole area, so that the cells stay to be seen; big enough for a finger closer in. */
export function radius(map) {
  return map.getZoom() - map.startZoom < 1 ? 4.5 : 8;
}

/* What means something else has another shape, for those who cannot tell its colour. Leaflet draws a circle through its renderer;
   this takes the same way with another path. */
export function shaped(path) {
  return L.CircleMarker.extend({
    _updatePath() {
      const pen = this._renderer._ctx;
      if (!this._renderer._drawing || this._empty()) return;
      pen.beginPath();
      path(pen, this._point.x, this._point.y, this._radius);
      pen.closePath();
      this._renderer._fillStroke(pen, this);
    },
  });
}

const Triangle = shaped((pen, x, y, radius_) => {
  const size = radius_ * 1.35;
  pen.moveTo(x, y - size);
  pen.lineTo(x + size, y + size * 0.8);
  pen.lineTo(x - size, y + size * 0.8);
});

function dot(at, isLate, options) {
  return isLate ? new Triangle(at, options) : L.circleMarker(at, options);
}

export function drawPoints(map, view, points, onPick) {
  const colour = (tone) => view.colours[tone ? "point-" + tone : "point"] || "#1b4a75";
  // Reports without a point of their own: one hollow dot in the middle of their village.
  const loose = view.cells.filter(isLoose(view)).map((cell) => {
    const isLate = view.values[cell.id].loose_late > 0;
    return dot(cell.at, isLate, { radius: radius(map), weight: 2.5, color: colour(isLate ? "late" : ""), fillOpacity: 1, fillColor: "#fff" })
      .on("click", () => onPick(cell.id)).addTo(map);
  });
  // What is overdue is drawn last, so that nothing lies over it.
  const inOrder = points.features.slice().sort((a, b) => (a.properties.tone === "late") - (b.properties.tone === "late"));
  const marks = L.geoJSON(inOrder, {
    pointToLayer: (feature, at) => dot(at, feature.properties.tone === "late", {
      radius: radius(map), weight: 2, color: "#fff", fillOpacity: 1, fillColor: colour(feature.properties.tone),
    }),
    onEachFeature: (feature, mark) => mark.bindPopup(() => pointWords(feature.properties), { closeButton: false, minWidth: 140 }),
  }).addTo(map);
  map.on("zoomend", () => loose.concat(marks).forEach((mark) => mark.setStyle({ radius: radius(map) })));
}

export function isLoose(view) {
  return (cell) => cell.lowest && view.values[cell.id] && view.values[cell.id].loose > 0;
}

export function pointWords(properties) {
  const words = [properties.number, properties.name].filter(Boolean).join(" ");
  const link = document.createElement(properties.url ? "a" : "span");
  if (properties.url) link.href = properties.url;
  link.textContent = words;
  link.className = "map-point-link";
  return link;
}
