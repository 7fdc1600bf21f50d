// A frame of a playing timeline in a plot that stands. plotly.js draws a whole chart anew whatever has changed; here only
// the picture of a heat map, the path of a line, the place and colour of dots and a straight mark are set.

const STEPS = 1024; // shades of a colour scale
const DIGITS = /^rgba?\((\d+), ?(\d+), ?(\d+)(?:, ?([\d.]+))?\)$/;
const ramps = new WeakMap();
const canvas = document.createElement("canvas");

// Show what `figure` says at `routes` (["data", "4", "z"], …); false, and nothing is done, where plotly.js has to draw.
export function move(plot, routes, figure) {
  const steps = [...parts(routes)].map(([name, fields]) => {
    const [where, index] = name.split(".");
    if (where === "shapes") return mark(plot, figure.layout.shapes[index], index, fields);
    return where === "data" ? trace(plot, figure.data[index], Number(index), fields) : null;
  });
  if (steps.includes(null)) return false;
  for (const step of steps) step();
  plot.emit("plotly_afterplot");
  return true;
}

// Fields that move, by what they belong to.
function parts(routes) {
  const found = new Map();
  for (const route of routes) {
    const [where, index, ...field] = route[0] === "layout" ? route.slice(1) : route;
    const name = `${where}.${index}`;
    found.set(name, [...(found.get(name) ?? []), field.join(".")]);
  }
  return found;
}

function trace(plot, shown, index, fields) {
  const full = plot._fullData[index];
  const [x, y] = [axis(plot, full.xaxis), axis(plot, full.yaxis)];
  if (!full.visible || !x || !y) return null;
  const act = full.type === "heatmap" ? image(plot, full, shown, x, y, fields) : scatter(plot, full, shown, x, y, fields);
  if (!act) return null;
  return () => {
    act();
    for (const field of fields) if (!field.includes(".")) plot.data[index][field] = shown[field];
  };
}

function axis(plot, id) {
  const found = id && plot._fullLayout[`${id[0]}axis${id.slice(1)}`];
  return found && ["linear", "log"].includes(found.type) ? found : null;
}

// What plotly.js has drawn of a trace.
function drawn(plot, full, selector) {
  return [...plot.querySelectorAll(selector)].find((node) => node.__data__?.[0]?.trace?.index === full.index);
}

function image(plot, full, shown, x, y, fields) {
  const node = drawn(plot, full, ".heatmaplayer .hm")?.querySelector("image");
  const plain = node && fields.join() === "z" && !full.zauto && !full.zsmooth && !full.reversescale && !full.texttemplate;
  const shades = plain ? ramp(shown, full.colorscale, full.zmin, full.zmax) : null;
  const across = shades && bricks(node, x, full.x, shown.z[0].length, "x", "width");
  const down = shades && bricks(node, y, full.y, shown.z.length, "y", "height");
  return across && down ? () => node.setAttribute("href", pixels(shown.z, shades, across, down)) : null;
}

// Which brick each pixel of a picture shows, from the left or from above; null where plotly.js decides on that.
function bricks(node, along, edges, count, start, size) {
  if (node.style.imageRendering === "pixelated") { // a pixel a brick
    const turned = (along.range[0] > along.range[1]) !== (edges?.[0] > edges?.at(-1));
    const fromEnd = start === "x" ? turned : !turned;
    return Array.from({ length: count }, (_, index) => (fromEnd ? count - 1 - index : index));
  }
  const places = Array.from(edges ?? [], (edge) => Math.round(along.c2p(edge) - Number(node.getAttribute(start))));
  if (places.length !== count + 1 || places[0] > places[count]) return null;
  const found = new Array(Number(node.getAttribute(size))).fill(-1);
  for (let index = 0; index < count; index += 1) found.fill(index, places[index], places[index + 1]);
  return found;
}

function pixels(rows, shades, across, down) {
  const [width, height] = [across.length, down.length];
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const picture = context.createImageData(width, height);
  const target = new Uint32Array(picture.data.buffer);
  for (let row = 0; row < height; row += 1) {
    const [start, values] = [row * width, rows[down[row]]];
    if (row && down[row] === down[row - 1]) target.copyWithin(start, start - width, start);
    else if (values) for (let column = 0; column < width; column += 1) target[start + column] = shades.of(values[across[column]]);
  }
  context.putImageData(picture, 0, 0);
  return canvas.toDataURL();
}

function scatter(plot, full, shown, x, y, fields) {
  const known = fields.every((field) => ["x", "y", "marker.color"].includes(field));
  const moves = fields.includes("x") || fields.includes("y");
  const plain = full.mode && !full.mode.includes("text") && (full.fill ?? "none") === "none" && !full.error_x?.visible && !full.error_y?.visible;
  if (full.type !== "scatter" || !known || !plain || (moves && (x.autorange || y.autorange))) return null;
  const node = drawn(plot, full, ".scatterlayer .trace");
  if (!node) return null;
  const acts = [];
  if (moves && full.mode.includes("lines")) acts.push(line(node, full, shown, x, y));
  const dots = full.mode.includes("markers") ? [...node.querySelectorAll(".points path.point")] : [];
  if (moves && full.mode.includes("markers")) acts.push(places(dots, full, shown, x, y));
  if (fields.includes("marker.color")) acts.push(fills(dots, full, shown));
  return acts.includes(null) ? null : () => acts.forEach((act) => act());
}

// All pieces of a line in its first path.
function line(node, full, shown, x, y) {
  const [old, ...others] = node.querySelectorAll(".js-line");
  const first = old ?? begun(full);
  if (!first || full.line.shape !== "linear" || full.connectgaps) return null;
  return () => {
    if (!old) node.querySelector(".lines").append(first);
    for (const other of others) other.remove();
    let path = "";
    let pen = "M";
    for (let index = 0; index < shown.x.length; index += 1) {
      const [across, down] = [x.d2p(shown.x[index]), y.d2p(shown.y[index])];
      const there = Number.isFinite(across) && Number.isFinite(down);
      if (there) path += `${pen}${across.toFixed(2)},${down.toFixed(2)}`;
      pen = there ? "L" : "M";
    }
    first.setAttribute("d", path || "M0,0");
  };
}

// The path of a line that had no piece so far, or null.
function begun({ line: { color, width, dash } }) {
  if (!["solid", "dot"].includes(dash)) return null;
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("class", "js-line");
  Object.assign(path.style, { fill: "none", stroke: color, strokeWidth: `${width}px`, vectorEffect: "non-scaling-stroke" });
  if (dash === "dot") path.style.strokeDasharray = `${Math.max(3, width)}px`;
  return path;
}

function places(dots, full, shown, x, y) {
  if (dots.length !== shown.x.length || full.cliponaxis === false) return null;
  const found = dots.map(({ __data__: { i } }) => [x.d2p(shown.x[i]), y.d2p(shown.y[i])]);
  if (!found.flat().every(Number.isFinite)) return null;
  return () => dots.forEach((dot, index) => dot.setAttribute("transform", `translate(${found[index].map((place) => place.toFixed(2)).join()})`));
}

function fills(dots, full, { marker }) {
  const { colorscale, cauto, cmin, cmax } = full.marker;
  const shades = colorscale && !cauto && !full.marker.reversescale && typeof marker.color[0] === "number" ? ramp(marker, colorscale, cmin, cmax) : null;
  if (!shades || dots.some((dot) => dot.style.fill === "none")) return null;
  return () => {
    for (const dot of dots) dot.style.fill = shades.name(marker.color[dot.__data__.i]);
  };
}

// A straight line across the plot.
function mark(plot, shape, index, fields) {
  const node = plot.querySelector(`.shapelayer path[data-index="${index}"]`);
  const ends = node?.getAttribute("d").match(/^M([-\d.]+),([-\d.]+)L([-\d.]+),([-\d.]+)$/)?.slice(1);
  if (!ends) return null;
  for (const field of fields) {
    const place = ["x0", "y0", "x1", "y1"].indexOf(field);
    const along = axis(plot, shape[`${field[0]}ref`] ?? field[0]);
    if (place < 0 || along?.type !== "linear" || along.autorange) return null;
    ends[place] = Math.round(along._offset + along.d2p(shape[field]));
  }
  return () => node.setAttribute("d", `M${ends[0]},${ends[1]}L${ends[2]},${ends[3]}`);
}

// The colours of a scale, kept for as long as what wears it; null where a colour is written in a way not known here.
function ramp(owner, scale, low, high) {
  if (!ramps.has(owner)) ramps.set(owner, makeRamp(scale, low, high));
  return ramps.get(owner);
}

function makeRamp(scale, low, high) {
  const stops = scale.map(([place, text]) => ({ place, colour: channels(text) }));
  if (!stops.every(({ colour }) => colour)) return null;
  const exact = Number.isInteger(high - low) && high - low > 64 && high - low <= STEPS; // codes have each their shade
  const last = exact ? high - low : STEPS;
  const shades = new Uint8ClampedArray(4 * (last + 1));
  for (let index = 0; index <= last; index += 1) shades.set(between(stops, index / last), 4 * index);
  const whole = new Uint32Array(shades.buffer);
  const at = (value) => Math.round(last * Math.min(1, Math.max(0, (value - low) / (high - low))));
  return {
    of: (value) => (Number.isFinite(value) ? whole[at(value)] : 0),
    name: (value) => `rgb(${shades.subarray(4 * at(value), 4 * at(value) + 3).join()})`,
  };
}

function channels(text) {
  if (/^#[0-9a-f]{6}$/i.test(text)) return [1, 3, 5].map((start) => parseInt(text.slice(start, start + 2), 16)).concat(255);
  const found = text.match(DIGITS)?.slice(1);
  return found ? [...found.slice(0, 3).map(Number), 255 * Number(found[3] ?? 1)] : null;
}

function between(stops, place) {
  const after = stops.findIndex((stop) => stop.place >= place);
  if (after <= 0) return (after < 0 ? stops.at(-1) : stops[0]).colour;
  const [left, right] = [stops[after - 1], stops[after]];
  const share = (place - left.place) / (right.place - left.place || 1);
  return left.colour.map((value, index) => value + share * (right.colour[index] - value));
}
