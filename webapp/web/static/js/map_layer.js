/* The layer of outlines as it is sent (gis/layer.py), made into the features that Leaflet draws. */

/* A ring, or a line, which does not come back to its beginning. */
export function ring(steps, size, isLine) {
  const points = [];
  let x = 0;
  let y = 0;
  for (let i = 0; i < steps.length; i += 2) {
    x += steps[i];
    y += steps[i + 1];
    points.push([x * size, y * size]);
  }
  if (!isLine) points.push(points[0]);
  return points;
}

function geometry(polygons, size) {
  return polygons && { type: "MultiPolygon", coordinates: polygons.map((rings) => rings.map((steps) => ring(steps, size))) };
}

/* A layer written before this form is a FeatureCollection already. */
export function unpacked(layer) {
  if (!layer.step) return layer;
  const features = layer.features.map((row) => (
    { type: "Feature", id: row.id, properties: row.properties, geometry: geometry(row.polygons, layer.step) }
  ));
  return { type: "FeatureCollection", features };
}
