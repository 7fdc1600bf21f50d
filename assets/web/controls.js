// Controls made from a page's parameters. Every value is a text, written as it stands in the URL.
import { element } from "./dom.js";
import { curve, drawing, points } from "./editors.js";

const MAKERS = { range, select, toggle, pills, vector, text };
const EDITORS = { drawing, choice, points, curve };

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

// The nearest value that a control takes.
export function fit(number, spec) {
  return tidy(Math.min(Math.max(number, spec.minimum), spec.maximum), spec);
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
  const text = () => fit(number(Number(slider.value)), spec);
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
