/* The cells of the map: tier and size of each, and where a name may stand in it. Shapes in, numbers out; knows no page. */

const ZH = document.documentElement.lang.slice(0, 2) === "zh";
const SPOTS = [0.5, 0.62, 0.38, 0.74, 0.26, 0.86, 0.14]; // shares of a cell's height

function rings(geometry) {
  return geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((part) => part[0]);
}

/* Twice the signed area of a ring; only sizes are compared, so degrees will do. */
function area(ring) {
  let sum = 0;
  for (let i = 1; i < ring.length; i += 1) sum += ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
  return Math.abs(sum);
}

/* A point inside the ring: the middle of the widest stretch of a horizontal line at a share of the height, from below. */
function inside(ring, share) {
  const ys = ring.map((at) => at[1]);
  const low = Math.min.apply(null, ys);
  const y = low + (Math.max.apply(null, ys) - low) * share + 1e-9;
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

/* `at` is the middle; `spots` are the places for a name, the best first. */
function cellOf(feature) {
  const biggest = rings(feature.geometry).reduce((a, b) => (area(b) > area(a) ? b : a));
  const { zh, en } = feature.properties;
  const spots = SPOTS.map((share) => inside(biggest, share));
  return { feature, id: String(feature.id), name: ZH ? zh || en : en || zh, at: spots[0], spots, size: area(biggest) };
}

/* Tiers are read from the parents: how many of a cell's ancestors are in the layer. The deepest cells carry the figures. */
export function read(layer) {
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

function around(ring, at) {
  let is = false;
  for (let i = 1; i < ring.length; i += 1) {
    const [ax, ay] = ring[i - 1];
    const [bx, by] = ring[i];
    if ((ay > at.lat) !== (by > at.lat) && at.lng < ax + ((at.lat - ay) / (by - ay)) * (bx - ax)) is = !is;
  }
  return is;
}

/* Whether a place lies in a cell: in an odd number of a part's rings, so in none of its holes. */
export function holds(cell, at) {
  const { type, coordinates } = cell.feature.geometry;
  const parts = type === "Polygon" ? [coordinates] : coordinates;
  return parts.some((polygon) => polygon.filter((ring) => around(ring, at)).length % 2 === 1);
}
