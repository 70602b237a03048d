/* The objects of the chosen village or township as squares, when they are asked for. Loaded on demand, and each grid once. */
import { gathered, GATHERED } from "./map_gather.js";
import { opening, pointWords, radius, shaped } from "./map_points.js";

const Square = shaped((pen, x, y, size) => pen.rect(x - size, y - size, 2 * size, 2 * size));

/* `show(id)` draws those of a grid, `show("")` none; the note says how many there are and how many have no place. */
export function thingsOn(map, view, switch_) {
  const note = document.querySelector("[data-map-things-note]");
  const known = {};
  const layer = L.layerGroup().addTo(map);
  let drawn = [];
  let turn = 0;

  const colour = (isDue) => view.colours[isDue ? "thing-due" : "thing"];
  const mark = (group) => {
    const isOne = group.length === 1;
    const square = new Square(group[0].at, {
      radius: isOne ? radius(map) * 0.8 : GATHERED * 0.9, weight: 2, color: "#fff", fillOpacity: 1,
      fillColor: colour(group.some((one) => one.late)), number: isOne ? "" : String(group.length), low: 1,
    });
    if (isOne) square.bindPopup(() => pointWords(group[0].words), { closeButton: false, minWidth: 140 });
    else opening(map, square, group);
    return square;
  };

  function update() {
    layer.clearLayers();
    gathered(map, drawn, radius(map)).reverse().forEach((group) => layer.addLayer(mark(group)));
  }

  function draw(found) {
    drawn = found.features.map((feature) => ({
      at: L.latLng(feature.geometry.coordinates[1], feature.geometry.coordinates[0]),
      late: feature.properties.tone === "due", words: feature.properties,
    })).sort((a, b) => b.late - a.late);
    update();
    note.textContent = found.words;
  }

  map.on("zoomend", update);
  return (id) => {
    const mine = turn += 1;
    drawn = [];
    update();
    const cell = view.byId[id];
    note.textContent = "";
    if (!switch_.checked) return;
    if (!cell || cell.depth === 0) {
      note.textContent = switch_.dataset.choose;
      return;
    }
    known[id] = known[id] || fetch(switch_.dataset.mapThings.replace("{id}", id), { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok || answer.redirected) throw new Error("objects " + answer.status);
      return answer.json();
    });
    known[id].then((found) => { if (mine === turn) draw(found); }, () => {
      delete known[id];
      if (mine === turn) note.textContent = switch_.dataset.failed;
    });
  };
}
