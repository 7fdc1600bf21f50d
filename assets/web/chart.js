// One chart: decodes what the server sent, wears the theme's colours, updates in place so that zoom and camera stay.
import { element } from "./dom.js";
import { move } from "./moving.js";
import { arraysIn, drawNumbers, onlyNumbers } from "./quick.js";
import { saveMenu } from "./save.js";

const TYPES = { f4: Float32Array, i4: Int32Array, i2: Int16Array, i1: Int8Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };
const CONFIG = { responsive: true, displaylogo: false, scrollZoom: false, modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"] };
const ROOM = 1.15; // width of a 3-D scene over its height that shows it whole
const ASKED = [...CONFIG.modeBarButtonsToRemove, "zoomIn2d", "zoomOut2d", "resetScale2d"]; // where a window is asked for, not enlarged
let library = null;

// plotly.js, once a page.
export function plotly() {
  library ??= window.Plotly
    ? Promise.resolve(window.Plotly)
    : new Promise((resolve, reject) => {
        const source = document.querySelector("[data-plotly]").dataset.plotly;
        const script = element("script", { src: source, async: true });
        script.onload = () => {
          window.Plotly.PlotSchema.findArrayAttributes = (trace) => arraysIn(trace);
          resolve(window.Plotly);
        };
        script.onerror = () => reject(new Error("plotly.js could not be loaded"));
        document.head.append(script);
      });
  return library;
}

// A base64 typed array {dtype, bdata, shape} → typed array, nested in plain arrays where it has more than one axis.
export function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.bdata !== "string") return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]));
  const flat = new TYPES[value.dtype](bytes(value.bdata).buffer);
  const shape = value.shape ? value.shape.split(",").map(Number) : [flat.length];
  return nest(flat, shape);
}

// A plain loop: Uint8Array.from with a function takes ten times as long, and this runs at every move of the hand.
function bytes(text) {
  const letters = atob(text);
  const found = new Uint8Array(letters.length);
  for (let index = 0; index < letters.length; index += 1) found[index] = letters.charCodeAt(index);
  return found;
}

function nest(flat, shape) {
  if (shape.length === 1) return flat;
  const [count, ...inner] = shape;
  const size = inner.reduce((product, length) => product * length, 1);
  return Array.from({ length: count }, (_, index) => nest(flat.subarray(index * size, (index + 1) * size), inner));
}

export function themeMode(node) {
  const probe = getComputedStyle(node).getPropertyValue("--st-background-color") || "#ffffff";
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = probe.trim();
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
}

// "$blue", "$blue/0.2" and "$paper 0 0 3px" → the theme's colour.
function dress(value, colours, mode) {
  if (typeof value === "string") return value.startsWith("$") ? value.replace(/\$[a-z]+(\/[\d.]+)?(?=$| \d)/g, (token) => colour(token, colours, mode)) : value;
  if (Array.isArray(value)) return value.map((item) => dress(item, colours, mode));
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, dress(item, colours, mode)]));
}

function colour(token, colours, mode) {
  const [name, opacity] = token.split("/");
  const code = colours[name]?.[mode];
  if (!code) return token;
  if (!opacity) return code;
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(code.slice(start, start + 2), 16));
  return `rgba(${red},${green},${blue},${opacity})`;
}

// Words with a size of their own, and the discs that hold words, grow on a projector, too.
function enlarge({ annotations = [], legend, ...layout }, data, scale) {
  const titles = scenesOf(layout).flatMap((name) => ["xaxis", "yaxis", "zaxis"].map((axis) => layout[name][axis]?.title ?? {}));
  for (const { font } of [...annotations, legend ?? {}, ...titles]) if (font?.size) font.size *= scale;
  for (const trace of data) {
    const { textfont, marker, mode } = trace;
    if (textfont?.size > 0) trace.textfont = { ...textfont, size: textfont.size * scale };
    if (marker?.size > 0 && mode?.includes("text")) trace.marker = { ...marker, size: marker.size * scale };
  }
}

function scenesOf(layout) {
  return Object.keys(layout).filter((key) => /^scene\d*$/.test(key));
}

// What a 3-D scene shows grows with its height alone: where it is narrow, the eye steps back, so that its sides are not cut.
function stepBack(layout, { clientWidth, clientHeight }) {
  for (const name of scenesOf(layout)) {
    const { domain, camera } = layout[name];
    const [left, right] = domain?.x ?? [0, 1];
    const far = Math.max(1, (ROOM * clientHeight) / (clientWidth * (right - left)));
    for (const axis of Object.keys(camera?.eye ?? {})) camera.eye[axis] *= far;
  }
}

// Several 3-D scenes in one chart are seen from one place: turn one and the others turn along.
function linkScenes(plot, library) {
  const follow = (change, act) => {
    const [key, camera] = Object.entries(change ?? {}).find(([name]) => /^scene\d*\.camera$/.test(name)) ?? [];
    const layout = plot._fullLayout ?? {};
    const others = key ? scenesOf(layout).filter((name) => `${name}.camera` !== key) : [];
    if (others.length && Object.keys(change).length === 1) act(others, camera, layout);
  };
  // While the hand turns one, only the view of the others is set; when it lets go, their layout is.
  plot.on("plotly_relayouting", (change) => follow(change, (others, camera, layout) => {
    for (const name of others) layout[name]._scene?.setViewport({ ...layout[name], camera: { ...layout[name].camera, ...camera } });
  }));
  plot.on("plotly_relayout", (change) => follow(change, (others, camera, layout) => {
    const moved = others.filter((name) => JSON.stringify(layout[name].camera?.eye) !== JSON.stringify(camera.eye));
    if (moved.length) library.relayout(plot, Object.fromEntries(moved.map((name) => [`${name}.camera`, structuredClone(camera)])));
  }));
}

export class ChartBox {
  constructor(name, chosen, dragged = () => {}) {
    this.name = name;
    this.chosen = chosen;
    this.dragged = dragged;
    this.visible = false;
    this.drawn = false;
    this.shared = {}; // axis → range in common with pinned runs
    this.views = {}; // scene → the camera that a hand has left it with
    this.revision = 0; // of the arrays that plotly.js has drawn
    this.caption = element("figcaption");
    this.plot = element("div", { class: "nv-plot", role: "group" });
    this.out = element("button", { type: "button", class: "nv-quiet nv-out", hidden: true, title: "Show more of the plane; a double click on the chart does the same" }, "Zoom out");
    this.out.onclick = () => this.widen();
    this.root = element("figure", { class: "nv-chart", "data-chart": name }, element("div", { class: "nv-title" }, this.caption, this.out, saveMenu(this)), element("div", { class: "nv-scroll" }, this.plot));
    this.watcher = new IntersectionObserver(([entry]) => {
      this.visible = entry.isIntersecting;
      if (this.visible && this.stale) this.draw();
    });
    this.watcher.observe(this.plot);
    for (const kind of ["pointerdown", "mousedown", "touchstart"]) this.plot.addEventListener(kind, (event) => this.pressed(event), true);
  }

  // Words in the picture: larger on a projector, smaller on a phone.
  get scale() {
    if (this.root.closest(".nv-teach")) return 1.25;
    return this.plot.clientWidth < 420 ? 0.85 : 1;
  }

  get moves() {
    return this.frames.length > 0;
  }

  // A rectangle dragged on it sets parameters.
  get zooms() {
    return Object.keys(this.zoom).length > 0;
  }

  take(chart, colours, mode) {
    this.fingerprint = chart.fingerprint;
    const { title, figure, frames, alt, click, drag, zoom, wider, wide, height, least } = chart.body;
    this.source = decode(figure);
    this.frames = Object.entries(decode(frames)).map(([path, values]) => ({ route: path.split("."), values }));
    this.click = click;
    this.zoom = zoom;
    this.wider = wider;
    this.out.hidden = Object.keys(wider).length === 0;
    this.drag = drag;
    this.caption.textContent = title;
    this.plot.setAttribute("aria-label", alt);
    this.root.classList.toggle("nv-wide", wide);
    this.root.classList.toggle("nv-clickable", Object.keys(click).length > 0);
    this.root.classList.toggle("nv-draggable", drag !== "");
    this.plot.style.minWidth = `${least}px`;
    this.root.classList.toggle("nv-zooms", this.zooms);
    this.root.style.setProperty("--height", `${height}px`);
    this.dress(colours, mode);
    this.stale = true;
    this.index = null;
  }

  dress(colours, mode) {
    this.colours = colours;
    this.mode = mode;
    this.figure = dress(this.source, colours, mode);
  }

  // The theme has changed.
  restyle(colours, mode) {
    if (!this.source) return;
    this.dress(colours, mode);
    if (!this.drawn) return;
    const { index } = this;
    this.index = null;
    this.setFrame(index);
    this.draw();
  }

  // Stand at a moment of the timeline; what does not move is not drawn again.
  setFrame(index) {
    if (index === this.index) return;
    this.index = index;
    this.stale ||= this.moves;
    for (const { route, values } of this.frames) {
      let target = this.figure;
      for (const key of route.slice(0, -1)) target = target[key] ??= {};
      const value = values[Math.min(index, values.length - 1)];
      target[route.at(-1)] = ArrayBuffer.isView(value) ? value.slice() : dress(value, this.colours, this.mode);
    }
  }

  // Show the frame it stands at, quickly; hover texts follow when it is drawn: when playing ends, or it is scrolled to.
  play() {
    if (!this.move()) this.draw();
  }

  move() {
    return this.standing === this.figure && move(this.plot, this.frames.map(({ route }) => route), this.figure);
  }

  // For a moving hand it is enough to draw the traces, where nothing else has changed.
  async draw(moving = false) {
    const library = await plotly();
    if (this.closed) return;
    this.stale = false;
    this.move(); // plotly.js leaves alone what is as when it last drew
    const { figure } = this;
    const data = figure.data.map((trace) => ({ ...trace }));
    const layout = structuredClone(figure.layout);
    layout.font.size *= this.scale;
    if (this.scale > 1) enlarge(layout, data, this.scale);
    for (const [axis, range] of Object.entries(this.shared)) layout[axis] = { ...layout[axis], range, autorange: false };
    stepBack(layout, this.plot);
    for (const [scene, camera] of Object.entries(this.views)) if (layout[scene]) layout[scene].camera = structuredClone(camera);
    this.hasty = onlyNumbers(this.plot, data, layout) && moving;
    if (!this.hasty) this.revision += 1; // all is drawn, whether or not it has changed
    layout.datarevision = this.revision;
    if (this.hasty) await drawNumbers(this.plot, data, layout, library);
    else await this.drawAll(library, data, layout);
    this.standing = figure;
    if (!this.drawn) {
      this.plot.on("plotly_click", (event) => this.clicked(event));
      this.plot.on("plotly_relayout", (event) => this.windowed(event));
      this.plot.on("plotly_doubleclick", () => this.widen());
      this.plot.on("plotly_relayout", (event) => this.turned(event));
      linkScenes(this.plot, library);
    }
    this.drawn = true;
  }

  // plotly.js itself keeps only the camera of a scene that was turned by hand, not of those that turned along.
  turned(change) {
    for (const [key, camera] of Object.entries(change ?? {})) {
      if (/^scene\d*\.camera$/.test(key)) this.views[key.replace(".camera", "")] = camera;
    }
  }

  async drawAll(library, data, layout) {
    await library.react(this.plot, data, layout, this.zooms ? { ...CONFIG, doubleClick: false, modeBarButtonsToRemove: ASKED } : CONFIG);
    if (this.misfits) await library.Plots.resize(this.plot); // it has moved to another place
  }

  get misfits() {
    return Math.abs((this.plot._fullLayout?.width ?? 0) - this.plot.clientWidth) > 1;
  }

  // Its surroundings may have another width now.
  fit() {
    if (this.drawn && this.misfits) this.draw();
  }

  // The ranges of the axes that show numbers.
  get ranges() {
    if (this.zooms) return {}; // a window that is its own setting stays as it is beside a pinned one
    const layout = this.plot._fullLayout ?? {};
    const axes = Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key) && layout[key]._id && ["linear", "log"].includes(layout[key].type) && !layout[key].matches);
    return Object.fromEntries(axes.map((key) => [key, [...layout[key].range]]));
  }

  clicked({ points: [point] }) {
    const changes = {};
    const digits = this.zooms ? 12 : 6; // float32 has six; in a narrow window pixels differ later, and an address keeps twelve
    for (const [field, what] of Object.entries(this.click)) {
      const value = point?.[what];
      if (typeof value === "number") changes[field] = String(Number(value.toPrecision(digits)));
      else if (value !== undefined && value !== null) changes[field] = String(value);
    }
    if (Object.keys(changes).length) this.chosen(changes);
  }

  // A press in the picture sets what a click sets, and goes on doing so while the hand moves.
  pressed(event) {
    if (!this.drag || event.target.dataset?.subplot !== this.drag) return;
    event.stopImmediatePropagation(); // plotly.js would pan
    if (event.type !== "pointerdown") return;
    const [, x, y] = this.drag.match(/^x(\d*)y(\d*)$/);
    const change = (settled) => ({ clientX, clientY }) => {
      const { left, top } = this.plot.getBoundingClientRect();
      const layout = this.plot._fullLayout;
      const [across, down] = [layout[`xaxis${x}`], layout[`yaxis${y}`]];
      const place = { x: across.p2d(clientX - left - across._offset), y: down.p2d(clientY - top - down._offset) };
      const numbers = Object.fromEntries(Object.entries(this.click).map(([field, what]) => [field, place[what]]));
      this.dragged(numbers, settled);
    };
    const [move, end] = [change(false), change(true)];
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", (last) => {
      window.removeEventListener("pointermove", move);
      end(last);
    }, { once: true });
  }

  // The sides of the rectangle that plotly.js has zoomed to become settings. Eleven digits of them: an address keeps twelve.
  windowed(event) {
    const sides = { x0: event["xaxis.range[0]"], x1: event["xaxis.range[1]"], y0: event["yaxis.range[0]"], y1: event["yaxis.range[1]"] };
    const changes = Object.entries(this.zoom).filter(([, side]) => typeof sides[side] === "number").map(([field, side]) => [field, String(Number(sides[side].toFixed(11)))]);
    if (changes.length) this.chosen(Object.fromEntries(changes));
  }

  widen() {
    if (Object.keys(this.wider).length) this.chosen({ ...this.wider });
  }

  close() {
    this.closed = true;
    this.watcher.disconnect();
    if (this.drawn) window.Plotly.purge(this.plot);
    this.root.remove();
  }
}
