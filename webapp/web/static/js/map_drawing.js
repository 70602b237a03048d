/* The cells on the map's canvas. Colours and hatching come from the swatches of the legend. */

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
