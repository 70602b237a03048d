/* A place picked on a map of outlines: a tap writes longitude and latitude (degrees, WGS84) into the two fields, and what is typed
   there moves the mark. Leaflet is the global L, loaded by the page; the map is made when its fold is opened, not before. */

import { unpacked } from "./map_layer.js";

const GREEN = "#12382c";

function shapes(map, layer, grid) {
  const lowest = Math.max.apply(null, layer.features.map((feature) => feature.properties.tier));
  const shown = L.geoJSON(layer, {
    interactive: false,
    style: (feature) => ({ fill: String(feature.id) === grid, fillOpacity: 0.25, fillColor: "#9cc3ae", color: GREEN, weight: feature.properties.tier === lowest ? 0.8 : 2 }),
  }).addTo(map);
  let own = null;
  shown.eachLayer((shape) => { if (String(shape.feature.id) === grid) own = shape; });
  map.fitBounds((own || shown).getBounds().pad(0.1));
}

function start(box, fields) {
  const map = L.map(box, { preferCanvas: true, attributionControl: false, zoomControl: false });
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  fetch(box.dataset.layer, { credentials: "same-origin" }).then((answer) => answer.json()).then(unpacked).then((layer) => {
    shapes(map, layer, box.dataset.grid);
    JSON.parse(box.dataset.points).forEach(([name, lon, lat]) => {
      const words = document.createElement("span"); // a name is text, never markup
      words.textContent = name;
      L.circleMarker([lat, lon], { radius: 5, weight: 1, color: "#fff", fillOpacity: 1, fillColor: "#1b4a75" }).bindTooltip(words).addTo(map);
    });
    let mark = null;
    const show = () => {
      const at = fields.slice(0, 2).map((field) => (system && system.value ? NaN : parseFloat(field.value)));
      if (mark) mark.remove();
      mark = Number.isFinite(at[0]) && Number.isFinite(at[1])
        ? L.circleMarker([at[1], at[0]], { radius: 9, weight: 3, color: "#14231d", fillOpacity: 0.9, fillColor: "#e9b44c" }).addTo(map) : null;
    };
    map.on("click", (event) => {
      fields[0].value = event.latlng.lng.toFixed(6);
      fields[1].value = event.latlng.lat.toFixed(6);
      fields[2].value = "";
      if (system) system.value = "";
      fields[0].dispatchEvent(new Event("change", { bubbles: true }));
    });
    fields.concat(system || []).forEach((field) => field.addEventListener("change", show));
    show();
  }).catch(() => { box.textContent = box.dataset.failed; });
}

const system = document.querySelector("[data-pick-fields] select"); // in which numbers are typed; the map's are WGS84
const box = document.querySelector("[data-pick]");
const fields = Array.prototype.slice.call(document.querySelectorAll("[data-pick-fields] input"));
if (box && window.L) {
  const fold = box.closest("details");
  const open = () => {
    if (!fold.open) return;
    fold.removeEventListener("toggle", open);
    start(box, fields);
  };
  fold.addEventListener("toggle", open);
}
