// Controls made from a page's parameters. Every value is a text, written as it stands in the URL.
import { element } from "./dom.js";

const MAKERS = { range, select, toggle, pills, vector, text };
const EDITORS = { drawing, choice };

export function makeControl(spec, value, hooks) {
  const body = (EDITORS[spec.editor] ?? MAKERS[spec.kind])(spec, hooks);
  const help = element("button", { type: "button", class: "nv-help", "aria-label": `Help: ${spec.help}`, "data-tip": spec.help }, "?");
  const label = element("label", { for: body.target ?? null }, spec.title);
  const head = element("div", { class: "nv-head" }, label, help, ...(body.head ?? []));
  const message = element("p", { class: "nv-message", role: "alert", hidden: true });
  const root = element("div", { class: `nv-control nv-${spec.kind}`, "data-param": spec.name }, head, ...body.nodes, message);
  body.refuse = (refused) => {
    message.hidden = !refused;
    message.textContent = refused ? `${spec.title} takes ${spec.accepted}.` : "";
  };
  body.set(value);
  return { spec, root, set: (text) => { body.refuse(false); body.set(text); } };
}

// Show a control only while the settings it depends on have one of the named values.
export function showWhen(controls, settings) {
  for (const { spec, root } of controls) {
    root.hidden = !Object.entries(spec.when).every(([name, allowed]) => allowed.includes(settings[name]));
  }
}

let count = 0;
const identity = () => `nv-${(count += 1)}`;

function tidy(number, spec) {
  if (spec.log && !spec.whole) return String(Number(number.toPrecision(3)));
  if (!spec.step) return String(Number(number.toPrecision(6)));
  const decimals = Math.max(0, Math.ceil(-Math.log10(spec.step)) + 1);
  return String(Number((Math.round(number / spec.step) * spec.step).toFixed(decimals)));
}

// When the hand lets go of a slider, also where it came back to the value it began at (then there is no change event).
function onRelease(slider, act) {
  let moved = false;
  const release = () => {
    if (moved) act();
    moved = false;
  };
  slider.addEventListener("input", () => { moved = true; });
  slider.addEventListener("change", release);
  slider.addEventListener("pointerup", () => setTimeout(release));
  slider.addEventListener("blur", release);
}

// A slider for the hand and a box for the exact number.
function range(spec, hooks) {
  const id = identity();
  const position = (number) => (spec.log ? Math.log10(number) : number);
  const number = (place) => (spec.log ? 10 ** place : place);
  const fallback = (spec.maximum - spec.minimum) / 200;
  const step = spec.log ? (position(spec.maximum) - position(spec.minimum)) / 120 : spec.step ?? fallback;
  const slider = element("input", { type: "range", id, min: position(spec.minimum), max: position(spec.maximum), step: spec.log ? "any" : step });
  const box = element("input", { type: "text", inputmode: "decimal", class: "nv-number", "aria-label": `${spec.title}, exact value`, maxlength: 24 });
  const unit = element("span", { class: "nv-unit" }, spec.unit);
  const clamp = (value) => Math.min(Math.max(value, spec.minimum), spec.maximum);
  const text = () => tidy(clamp(number(Number(slider.value))), spec);
  const body = { nodes: [slider], head: [box, unit], target: id };
  const mark = () => slider.style.setProperty("--fill", `${(100 * (slider.value - slider.min)) / (slider.max - slider.min || 1)}%`);
  body.set = (value) => {
    slider.value = position(Number(value));
    box.value = value;
    slider.setAttribute("aria-valuetext", `${value} ${spec.unit}`.trim());
    mark();
  };
  slider.oninput = () => {
    box.value = text();
    mark();
    body.refuse(false);
    if (spec.live) hooks.moved(spec.name, text());
  };
  onRelease(slider, () => hooks.chosen(spec.name, text()));
  if (spec.log) slider.onkeydown = (event) => {
    const sign = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!sign) return;
    event.preventDefault();
    slider.value = Number(slider.value) + sign * step;
    hooks.chosen(spec.name, text());
  };
  box.onchange = () => {
    const value = Number(box.value.trim().replace(",", "."));
    const onGrid = !spec.step || Math.abs(value / spec.step - Math.round(value / spec.step)) < 1e-6;
    const good = box.value.trim() !== "" && value >= spec.minimum && value <= spec.maximum && onGrid;
    body.refuse(!good);
    if (good) hooks.chosen(spec.name, String(value));
  };
  return body;
}

function select(spec, hooks) {
  const id = identity();
  const node = element("select", { id });
  for (const [value, label] of spec.options) node.append(element("option", { value }, label));
  node.onchange = () => hooks.chosen(spec.name, node.value);
  return { nodes: [node], target: id, set: (value) => { node.value = value; } };
}

// A select that also takes a text it does not offer, such as the name of a learner's own table.
function choice(spec, hooks) {
  const body = select(spec, hooks);
  const [node] = body.nodes;
  body.set = (value) => {
    const offered = Array.from(node.options).some((option) => option.value === value);
    if (!offered) node.append(element("option", { value }, "Your own"));
    node.value = value;
  };
  return body;
}

function toggle(spec, hooks) {
  const id = identity();
  const node = element("input", { type: "checkbox", role: "switch", id });
  node.onchange = () => hooks.chosen(spec.name, node.checked ? "1" : "0");
  return { nodes: [], head: [node], target: id, set: (value) => { node.checked = value === "1"; } };
}

function pills(spec, hooks) {
  const boxes = spec.options.map(([value, label]) => {
    const box = element("input", { type: "checkbox", value });
    return { value, box, root: element("label", { class: "nv-pill" }, box, element("span", {}, label)) };
  });
  const chosen = () => boxes.filter(({ box }) => box.checked).map(({ value }) => value).join(",");
  for (const { box } of boxes) box.onchange = () => hooks.chosen(spec.name, chosen());
  const group = element("div", { class: "nv-group", role: "group", "aria-label": spec.title }, ...boxes.map(({ root }) => root));
  const set = (value) => { for (const one of boxes) one.box.checked = value.split(",").includes(one.value); };
  return { nodes: [group], set };
}

function vector(spec, hooks) {
  const step = spec.step ?? (spec.maximum - spec.minimum) / 200;
  const sliders = Array.from({ length: spec.length }, (_, index) =>
    element("input", { type: "range", min: spec.minimum, max: spec.maximum, step, "aria-label": `${spec.title} ${index + 1}` }));
  const outputs = sliders.map(() => element("output"));
  const text = () => sliders.map((slider) => tidy(Number(slider.value), spec)).join(",");
  const label = () => sliders.forEach((slider, index) => { outputs[index].textContent = tidy(Number(slider.value), spec); });
  for (const slider of sliders) {
    slider.oninput = () => { label(); if (spec.live) hooks.moved(spec.name, text()); };
    onRelease(slider, () => hooks.chosen(spec.name, text()));
  }
  const rows = sliders.map((slider, index) => element("div", { class: "nv-row" }, slider, outputs[index]));
  const set = (value) => { value.split(",").forEach((part, index) => { sliders[index].value = part; }); label(); };
  return { nodes: rows, set };
}

function text(spec, hooks) {
  const id = identity();
  const node = element("input", { type: "text", id, maxlength: 200 });
  node.onchange = () => hooks.chosen(spec.name, node.value);
  return { nodes: [node], target: id, set: (value) => { node.value = value; } };
}

// Sixty-four cells to draw a digit in; the text has one letter a cell, 0 to g for 0 to 16 of ink.
function drawing(spec, hooks) {
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
