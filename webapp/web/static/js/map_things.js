/* The objects of the chosen village or township as squares, when they are asked for. Loaded on demand, and each grid once. */
import { pointWords, radius, shaped } from "./map_drawing.js";

const Square = shaped((pen, x, y, size) => pen.rect(x - size, y - size, 2 * size, 2 * size));

/* `show(id)` draws those of a grid, `show("")` none; the note says how many there are and how many have no place. */
export function thingsOn(map, view, switch_) {
  const note = document.querySelector("[data-map-things-note]");
  const known = {};
  let drawn = null;
  let turn = 0;

  function draw(found) {
    drawn = L.geoJSON(found, {
      pointToLayer: (feature, at) => new Square(at, {
        radius: radius(map) * 0.8, weight: 2, color: "#fff", fillOpacity: 1,
        fillColor: view.colours[feature.properties.tone === "due" ? "thing-due" : "thing"],
      }),
      onEachFeature: (feature, mark) => mark.bindPopup(() => pointWords(feature.properties), { closeButton: false, minWidth: 140 }),
    }).addTo(map);
    note.textContent = found.words;
  }

  map.on("zoomend", () => { if (drawn) drawn.setStyle({ radius: radius(map) * 0.8 }); });
  return (id) => {
    const mine = turn += 1;
    if (drawn) drawn.remove();
    drawn = null;
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
