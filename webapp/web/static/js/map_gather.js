/* Marks that would lie over each other become one. Places in, groups out; draws nothing. */

export const GATHERED = 11; // radius of a mark of several, in pixels: room for three digits

/* Groups whose first ones are at least as far apart as `reach(a, b)` says; each joins the first group that it would touch. */
function apart(groups, reach) {
  const kept = [];
  const known = {};
  const size = 2 * GATHERED + 2;
  const near = (spot) => {
    const found = [];
    for (let x = -1; x <= 1; x += 1) for (let y = -1; y <= 1; y += 1) found.push(...(known[(spot.x + x) + " " + (spot.y + y)] || []));
    return found;
  };
  groups.forEach((group) => {
    const at = group[0].point;
    const spot = { x: Math.floor(at.x / size), y: Math.floor(at.y / size) };
    const touched = near(spot).find((other) => other[0].point.distanceTo(at) < reach(other, group));
    if (touched) touched.push(...group);
    else {
      const mine = group.slice();
      const key = spot.x + " " + spot.y;
      kept.push(mine);
      (known[key] = known[key] || []).push(mine);
    }
  });
  return kept;
}

/* First what lies over each other as it is, then what a mark of several, which is bigger, would touch. */
export function gathered(map, items, radius) {
  const single = radius + 1; // its white edge
  const sizeOf = (group) => (group.length > 1 ? GATHERED + 1 : single);
  items.forEach((item) => { item.point = map.project(item.at, map.getZoom()); });
  const first = apart(items.map((item) => [item]), () => 2 * single);
  const bigger = first.slice().sort((a, b) => (b.length > 1) - (a.length > 1));
  return apart(bigger, (a, b) => sizeOf(a) + sizeOf(b)).sort((a, b) => late(b) - late(a));
}

function late(group) {
  return group.some((item) => item.late) ? 1 : 0;
}
