/* Reports on the map: a dot each, a triangle where it is overdue, and one mark with their number where they would lie over each other.
   All on one canvas: a second one on top would take the presses meant for the cells. */
import { gathered, GATHERED } from "./map_gather.js";

/* Steps of zoom from which a mark of several leads closer in */
const FURTHER = 2;

/* Small dots on the whole area, so that the cells stay to be seen; big enough for a finger closer in. */
export function radius(map) {
  return map.getZoom() - map.startZoom < 1 ? 4.5 : 8;
}

/* What means something else has another shape, for those who cannot tell its colour. Leaflet draws a circle through its renderer;
   this takes the same way with another path, and writes the number of what was gathered over it. */
export function shaped(path) {
  return L.CircleMarker.extend({
    _updatePath() {
      const pen = this._renderer._ctx;
      if (!this._renderer._drawing || this._empty()) return;
      pen.beginPath();
      path(pen, this._point.x, this._point.y, this._radius);
      pen.closePath();
      this._renderer._fillStroke(pen, this);
      if (!this.options.number) return;
      pen.globalAlpha = 1;
      pen.font = "bold 12px sans-serif";
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillStyle = "#fff";
      pen.fillText(this.options.number, this._point.x, this._point.y + (this.options.low || 0));
    },
  });
}

const Circle = shaped((pen, x, y, size) => pen.arc(x, y, size, 0, 2 * Math.PI));
const Triangle = shaped((pen, x, y, radius_) => {
  const size = radius_ * 1.35;
  pen.moveTo(x, y - size);
  pen.lineTo(x + size, y + size * 0.8);
  pen.lineTo(x - size, y + size * 0.8);
});

export function pointWords(properties) {
  const words = [properties.number, properties.name].filter(Boolean).join(" ");
  const link = document.createElement(properties.url ? "a" : "span");
  if (properties.url) link.href = properties.url;
  link.textContent = words;
  link.className = "map-point-link";
  return link;
}

/* The words of several, one under the other. */
export function listed(parts) {
  const list = document.createElement("div");
  parts.forEach((part) => list.appendChild(pointWords(part.words)));
  return list;
}

/* Presses on a mark of several lead closer in, until that would part them no more; then it says what is there. */
export function opening(map, mark, group) {
  const places = L.latLngBounds(group.map((one) => one.at));
  const far = map.getBoundsZoom(places) - map.getZoom();
  if (far > 0 && map.getZoom() < 17) mark.on("click", () => map.setView(places.getCenter(), map.getZoom() + Math.min(far, FURTHER)));
  else mark.bindPopup(() => listed(group), { closeButton: false, minWidth: 140, maxHeight: 240 });
}

export function isLoose(view) {
  return (cell) => cell.lowest && view.values[cell.id] && view.values[cell.id].loose > 0;
}

/* One for each report with a place, and for each village one for those without, in its middle. What is overdue comes first. */
function items(view, points, onPick) {
  const placed = points.features.map((feature) => ({
    at: L.latLng(feature.geometry.coordinates[1], feature.geometry.coordinates[0]), many: 1,
    late: feature.properties.tone === "late" ? 1 : 0, words: feature.properties,
  }));
  const loose = view.cells.filter(isLoose(view)).map((cell) => ({
    at: cell.at, many: view.values[cell.id].loose, late: view.values[cell.id].loose_late || 0,
    words: { name: cell.name + " " + view.values[cell.id].loose }, pick: () => onPick(cell.id),
  }));
  return placed.concat(loose).sort((a, b) => (b.late > 0) - (a.late > 0));
}

function single(map, one, colour) {
  const hollow = { weight: 2.5, color: colour(one.late), fillOpacity: 1, fillColor: "#fff" };
  const full = { weight: 2, color: "#fff", fillOpacity: 1, fillColor: colour(one.late) };
  const mark = new (one.late ? Triangle : Circle)(one.at, Object.assign({ radius: radius(map) }, one.pick ? hollow : full));
  if (one.pick) return mark.on("click", one.pick);
  return mark.bindPopup(() => pointWords(one.words), { closeButton: false, minWidth: 140 });
}

function several(map, group, colour) {
  const late = group.some((one) => one.late);
  const number = group.reduce((sum, one) => sum + one.many, 0);
  const mark = new (late ? Triangle : Circle)(group[0].at, {
    radius: GATHERED, number: String(number), low: late ? 3 : 1, weight: 2, color: "#fff", fillOpacity: 1, fillColor: colour(late),
  });
  opening(map, mark, group);
  return mark;
}

export function drawPoints(map, view, points, onPick) {
  const colour = (late) => view.colours[late ? "point-late" : "point"] || "#1b4a75";
  const all = items(view, points, onPick);
  const layer = L.layerGroup().addTo(map);
  const update = () => {
    layer.clearLayers();
    const groups = gathered(map, all, radius(map));
    const size = (group) => (group.length > 1 ? GATHERED : radius(map)) * (group[0].late ? 1.35 : 1);
    view.dots = groups.map((group) => ({ at: group[0].at, size: size(group) }));
    // What is overdue is drawn last, so that nothing lies over it.
    groups.reverse().forEach((group) => layer.addLayer(group.length > 1 ? several(map, group, colour) : single(map, group[0], colour)));
  };
  update();
  map.on("zoomend", update);
}
