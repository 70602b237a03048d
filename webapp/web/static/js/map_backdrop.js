/* Roads and waters under the cells (gis/backdrop.py), on a canvas of their own that takes no presses. Loaded where there are any. */
import { ring } from "./map_layer.js";

const latLng = (points) => points.map((at) => [at[1], at[0]]);

export function drawBackdrop(map, told, colours) {
  const pane = map.createPane("backdrop");
  pane.style.zIndex = 350;
  pane.style.pointerEvents = "none";
  const renderer = L.canvas({ pane: "backdrop", padding: 0.4 });
  const line = (kind, weight) => told[kind].lines.map((steps) => (
    L.polyline(latLng(ring(steps, told.step, true)), { renderer, pane: "backdrop", interactive: false, color: colours[kind], weight })
  ));
  const area = (kind) => told[kind].areas.map((rings) => L.polygon(rings.map((steps) => latLng(ring(steps, told.step))), {
    renderer, pane: "backdrop", interactive: false, color: colours[kind], weight: 1, fillColor: colours[kind], fillOpacity: 0.7,
  }));
  L.layerGroup([].concat(area("waters"), line("waters", 2.4), area("roads"), line("roads", 2))).addTo(map);
}
