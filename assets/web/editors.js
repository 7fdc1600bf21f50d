// Ways to put in data of one's own by hand: a digit, points in the plane, a curve. Every value is a text that fits the URL.
import { element } from "./dom.js";

const SIGNS = ["circle", "diamond", "square", "cross", "triangle", "x"]; // as the charts have them: never colour alone
const SHADES = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"];
const REACH = 2.5; // the plane shows −2.5 to 2.5 on both axes
const MOST = 400; // points

// Points of up to six classes: click to add, drag to move, double-click or Delete to take away.
export function points(spec, hooks) {
  let all = []; // [x, y, class]
  let label = 0;
  let held = null;
  const cursor = { x: 0, y: 0, shown: false };
  const canvas = element("canvas", { class: "nv-plane", width: 480, height: 480, tabindex: 0, role: "application",
    "aria-label": "Plane of your points: click to add one, drag to move it, double-click to remove it; arrow keys move a cursor, Space adds, Delete removes" });
  const kinds = spec.options.length || SHADES.length;
  const classes = SHADES.slice(0, kinds).map((shade, index) => {
    const node = element("button", { type: "button", class: "nv-class", title: `Add points of class ${index}`, "aria-pressed": index === 0 ? "true" : "false", style: `--shade: ${shade}` }, spec.options[index]?.[1] ?? String(index));
    node.onclick = () => {
      label = index;
      classes.forEach((one, number) => one.setAttribute("aria-pressed", String(number === index)));
    };
    return node;
  });
  const clear = element("button", { type: "button", class: "nv-quiet" }, "Remove all");
  const tally = element("span", { class: "nv-tally" });
  const write = () => all.map(([x, y, kind]) => `${x.toFixed(2)},${y.toFixed(2)},${kind}`).join(";");
  const send = () => { paint(); hooks.chosen(spec.name, write()); };
  const screen = ([x, y]) => [((x + REACH) / (2 * REACH)) * canvas.width, ((REACH - y) / (2 * REACH)) * canvas.height];
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * 2 * REACH - REACH, REACH - ((event.clientY - box.top) / box.height) * 2 * REACH];
  };
  const nearest = ([x, y], reach = 0.15) => {
    const found = all.map(([px, py], index) => [Math.hypot(px - x, py - y), index]).sort((a, b) => a[0] - b[0])[0];
    return found && found[0] < reach ? found[1] : null;
  };
  const paint = () => {
    const context = canvas.getContext("2d");
    const style = getComputedStyle(canvas);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.lineWidth = 1;
    context.strokeStyle = style.getPropertyValue("--line");
    for (let tick = -2; tick <= 2; tick += 1) {
      const [x, y] = screen([tick, tick]);
      context.beginPath();
      context.moveTo(x, 0); context.lineTo(x, canvas.height);
      context.moveTo(0, y); context.lineTo(canvas.width, y);
      context.stroke();
    }
    for (const [x, y, kind] of all) sign(context, SIGNS[kind], SHADES[kind], screen([x, y]));
    if (cursor.shown) {
      const [x, y] = screen([cursor.x, cursor.y]);
      context.strokeStyle = style.color;
      context.lineWidth = 2;
      context.strokeRect(x - 12, y - 12, 24, 24);
    }
    tally.textContent = all.length ? `${all.length} points` : "no points yet: click the plane";
  };
  const add = ([x, y]) => {
    if (all.length >= MOST) return;
    all.push([x, y, label]);
    held = all.length - 1;
  };
  const remove = (index) => { if (index !== null) { all.splice(index, 1); send(); } };
  canvas.onpointerdown = (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    held = nearest(place(event));
    if (held === null) add(place(event));
    paint();
  };
  canvas.onpointermove = (event) => {
    if (held === null || !canvas.hasPointerCapture(event.pointerId)) return;
    const [x, y] = place(event).map((value) => Math.min(Math.max(value, -REACH), REACH));
    all[held] = [x, y, all[held][2]];
    paint();
    if (spec.live) hooks.moved(spec.name, write());
  };
  canvas.onpointerup = () => { if (held !== null) send(); held = null; };
  canvas.ondblclick = (event) => remove(nearest(place(event)));
  canvas.onfocus = () => { cursor.shown = canvas.matches(":focus-visible"); paint(); };
  canvas.onblur = () => { cursor.shown = false; paint(); };
  canvas.onkeydown = (event) => {
    const move = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
    if (!move && ![" ", "Delete", "Backspace"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    cursor.shown = true;
    if (move) [cursor.x, cursor.y] = [cursor.x + move[0], cursor.y + move[1]].map((value) => Math.min(Math.max(value, -REACH), REACH));
    if (event.key === " ") { add([cursor.x, cursor.y]); held = null; send(); }
    if (["Delete", "Backspace"].includes(event.key)) remove(nearest([cursor.x, cursor.y]));
    paint();
  };
  clear.onclick = () => { all = []; send(); };
  const set = (value) => {
    if (value !== write()) all = value.split(";").filter(Boolean).map((entry) => entry.split(",").map(Number));
    requestAnimationFrame(paint); // once it stands in the page and has its colours
  };
  const bar = element("div", { class: "nv-classes", role: "group", "aria-label": "Class of the next point" }, ...classes, clear);
  return { nodes: [canvas, bar, tally], set };
}

function sign(context, name, shade, [x, y]) {
  const size = 8;
  context.fillStyle = shade;
  context.strokeStyle = shade;
  context.lineWidth = 4;
  context.beginPath();
  if (name === "circle") context.arc(x, y, size, 0, 2 * Math.PI);
  else if (name === "square") context.rect(x - size, y - size, 2 * size, 2 * size);
  else if (name === "diamond") polygon(context, [[x, y - size - 2], [x + size + 2, y], [x, y + size + 2], [x - size - 2, y]]);
  else if (name === "triangle") polygon(context, [[x, y - size - 1], [x + size + 1, y + size], [x - size - 1, y + size]]);
  else {
    const [across, down] = name === "x" ? [size, size] : [size, 0];
    context.moveTo(x - across, y - down); context.lineTo(x + across, y + down);
    context.moveTo(x - down, y + across); context.lineTo(x + down, y - across);
  }
  if (name === "cross" || name === "x") context.stroke();
  else context.fill();
}

function polygon(context, corners) {
  corners.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}

// A curve of sixteen heights from −1 to 1: draw it with the pointer; arrow keys choose a place and raise or lower it.
export function curve(spec, hooks) {
  const COUNT = 16;
  let heights = Array(COUNT).fill(0);
  let down = false;
  let last = null;
  const cursor = { place: 0, shown: false };
  const canvas = element("canvas", { class: "nv-curve", width: 480, height: 200, tabindex: 0, role: "application",
    "aria-label": "Draw a curve with the pointer; arrow keys left and right choose a place, up and down change its height" });
  const clear = element("button", { type: "button", class: "nv-quiet" }, "Flat");
  const x = (index) => ((index + 0.5) / COUNT) * canvas.width;
  const y = (height) => ((1 - height) / 2) * (canvas.height - 12) + 6;
  const write = () => (heights.some(Boolean) ? heights.map((height) => String(Number(height.toFixed(2)))).join(",") : "");
  const send = () => hooks.chosen(spec.name, write());
  const paint = () => {
    const context = canvas.getContext("2d");
    const style = getComputedStyle(canvas);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.strokeStyle = style.getPropertyValue("--line");
    context.beginPath();
    context.moveTo(0, y(0)); context.lineTo(canvas.width, y(0));
    context.stroke();
    context.strokeStyle = style.color;
    context.fillStyle = style.color;
    context.lineWidth = 3;
    context.beginPath();
    heights.forEach((height, index) => (index ? context.lineTo(x(index), y(height)) : context.moveTo(x(index), y(height))));
    context.stroke();
    if (cursor.shown) context.fillRect(x(cursor.place) - 6, y(heights[cursor.place]) - 6, 12, 12);
  };
  const stroke = (event) => {
    const box = canvas.getBoundingClientRect();
    const index = Math.min(Math.max(Math.floor(((event.clientX - box.left) / box.width) * COUNT), 0), COUNT - 1);
    const height = Math.min(Math.max(1 - (2 * ((event.clientY - box.top) / box.height) * canvas.height - 12) / (canvas.height - 12), -1), 1);
    const from = last ?? { index, height };
    const way = Math.max(1, Math.abs(index - from.index));
    for (let step = 0; step <= way; step += 1) {
      heights[Math.round(from.index + ((index - from.index) * step) / way)] = from.height + ((height - from.height) * step) / way;
    }
    last = { index, height };
    paint();
    if (spec.live) hooks.moved(spec.name, write());
  };
  canvas.onpointerdown = (event) => { down = true; last = null; canvas.setPointerCapture(event.pointerId); stroke(event); };
  canvas.onpointermove = (event) => { if (down) stroke(event); };
  canvas.onpointerup = () => { if (down) send(); down = false; };
  canvas.onfocus = () => { cursor.shown = canvas.matches(":focus-visible"); paint(); };
  canvas.onblur = () => { cursor.shown = false; paint(); };
  canvas.onkeydown = (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    cursor.shown = true;
    cursor.place = Math.min(Math.max(cursor.place + move[0], 0), COUNT - 1);
    heights[cursor.place] = Math.min(Math.max(heights[cursor.place] + move[1], -1), 1);
    paint();
    if (move[1]) send();
  };
  clear.onclick = () => { heights.fill(0); paint(); send(); };
  const set = (value) => {
    const parts = value.split(",").map(Number);
    heights = Array.from({ length: COUNT }, (_, index) => (value && Number.isFinite(parts[index]) ? parts[index] : 0));
    requestAnimationFrame(paint);
  };
  return { nodes: [canvas, clear], set };
}

// Sixty-four cells to draw a digit in; the text has one letter a cell, 0 to g for 0 to 16 of ink.
export function drawing(spec, hooks) {
  const side = 8;
  const letters = "0123456789abcdefg";
  const ink = new Uint8Array(side * side);
  const canvas = element("canvas", { class: "nv-drawing", width: 160, height: 160, tabindex: 0, role: "img", "aria-label": "Draw a digit with the pointer; arrow keys move, Space inks" });
  const clear = element("button", { type: "button", class: "nv-quiet" }, "Clear");
  const cursor = { column: 3, row: 3, shown: false };
  const paint = () => {
    const context = canvas.getContext("2d");
    const cell = canvas.width / side;
    ink.forEach((value, index) => {
      context.fillStyle = `rgb(${Array(3).fill(Math.round((255 * value) / 16)).join(",")})`;
      context.fillRect((index % side) * cell, Math.floor(index / side) * cell, cell, cell);
    });
    context.strokeStyle = "#E69F00";
    if (cursor.shown) context.strokeRect(cursor.column * cell + 1, cursor.row * cell + 1, cell - 2, cell - 2);
  };
  const stroke = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * side - 0.5;
    const y = ((event.clientY - box.top) / box.height) * side - 0.5;
    ink.forEach((value, index) => {
      const distance = Math.hypot((index % side) - x, Math.floor(index / side) - y);
      ink[index] = Math.max(value, Math.round(16 * Math.max(0, 1 - Math.max(0, distance - 0.45) / 0.7)));
    });
    paint();
  };
  const send = () => hooks.chosen(spec.name, ink.some(Boolean) ? Array.from(ink, (value) => letters[value]).join("") : "");
  let down = false;
  canvas.onpointerdown = (event) => { down = true; canvas.setPointerCapture(event.pointerId); stroke(event); };
  canvas.onpointermove = (event) => { if (down) stroke(event); };
  canvas.onpointerup = () => { if (down) send(); down = false; };
  canvas.onfocus = () => { cursor.shown = true; paint(); };
  canvas.onblur = () => { cursor.shown = false; paint(); };
  canvas.onkeydown = (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (move) {
      cursor.column = Math.min(Math.max(cursor.column + move[0], 0), side - 1);
      cursor.row = Math.min(Math.max(cursor.row + move[1], 0), side - 1);
    } else {
      const index = cursor.row * side + cursor.column;
      ink[index] = ink[index] ? 0 : 16;
      send();
    }
    paint();
  };
  clear.onclick = () => { ink.fill(0); paint(); send(); };
  const set = (value) => { ink.forEach((_, index) => { ink[index] = Math.max(0, letters.indexOf(value[index] ?? "0")); }); paint(); };
  return { nodes: [canvas, clear], set };
}
