// A picture for a moving hand. plotly.js draws axes, legend and margins anew whenever a number has changed, which is two
// thirds of its time; where nothing else has, its traces alone are drawn.

const TYPES = ["scatter", "heatmap", "bar", "contour"];
const given = new WeakMap(); // plot → what surrounds its traces, as it was last drawn

// Which attributes of a trace are arrays. plotly.js asks for it at every draw, for hover texts, and walks its whole schema,
// which is a quarter of the time of a draw; what the trace holds tells it as well.
export function arraysIn(values, prefix = "", depth = 0) {
  return Object.entries(values).flatMap(([key, value]) => {
    if (key.startsWith("_") || value === null || typeof value !== "object") return [];
    if (isArray(value)) return [prefix + key];
    return depth < 2 ? arraysIn(value, `${prefix}${key}.`, depth + 1) : [];
  });
}

function isArray(value) {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

// Is the picture to be drawn, but for its numbers, marks and notes, the one that stands? Takes note of it.
export function onlyNumbers(plot, data, layout) {
  const before = given.get(plot);
  const { shapes, annotations, ...rest } = layout;
  const now = JSON.stringify([rest, shapes?.length, annotations?.length, data.map(plain)]);
  given.set(plot, now);
  return now === before && simple(plot);
}

// A trace without what is drawn trace by trace; words along an axis are its categories.
function plain({ type, name, xaxis, yaxis, visible, showlegend, x, y }) {
  return [type, name, xaxis, yaxis, visible, showlegend, ...[x, y].map((values) => typeof values?.[0] === "string" && values)];
}

// The chart has kept its size, and nothing beside the traces follows their numbers: no range, no colour bar, no trace
// stacked upon another.
function simple({ _fullLayout: full, _fullData: traces, clientWidth }) {
  const axes = Object.keys(full).filter((key) => /^[xy]axis\d*$/.test(key) && full[key]._id).map((key) => full[key]);
  return Math.abs(full.width - clientWidth) <= 1
    && traces.every(({ type, stackgroup, error_x, error_y, showscale, zauto }) => TYPES.includes(type) && !stackgroup && !error_x?.visible && !error_y?.visible && !(showscale && zauto))
    && axes.every(({ type, autorange }) => type === "category" || !autorange);
}

// Let plotly.js take over a figure of which `onlyNumbers` is true, and draw its traces.
export async function drawNumbers(plot, data, layout, library) {
  data.forEach((trace, index) => handOver(trace, plot._fullData[index]));
  const { calcdata } = plot;
  await library.react(plot, data, layout);
  if (plot.calcdata === calcdata) drawTraces(plot, library); // else plotly.js has found more to do, and done it
}

// New arrays take the place of those that were drawn: plotly.js finds none that has changed.
function handOver(trace, drawn) {
  for (const path of arraysIn(trace)) {
    const route = path.split(".");
    const last = route.pop();
    const [from, to] = [trace, drawn].map((whole) => route.reduce((part, key) => part?.[key], whole));
    if (isArray(to?.[last])) to[last] = from[last];
  }
}

// What plotly.js does with traces when it draws a whole chart.
function drawTraces(plot, { PlotSchema }) {
  const { _fullLayout: full, _fullData: traces } = plot;
  plot.calcdata = traces.map((trace) => {
    Object.assign(trace, { _arrayAttrs: PlotSchema.findArrayAttributes(trace), _extremes: {} });
    const found = trace.visible === true && trace._length !== 0 ? trace._module.calc(plot, trace) : [];
    const cells = found?.[0] ? found : [{ x: undefined, y: undefined }];
    cells[0].t ??= {};
    cells[0].trace = trace;
    return cells;
  });
  for (const across of each(full._visibleModules, "crossTraceCalc")) for (const id of full._subplots.cartesian) across(plot, full._plots[id], id);
  for (const draw of each(full._basePlotModules, "plot")) draw(plot);
  for (const style of each(full._visibleModules, "style")) style(plot);
  plot.emit("plotly_afterplot");
}

function each(modules, name) {
  return new Set(modules.map((module) => module[name]).filter(Boolean));
}
