// Runs that a learner has pinned: each hero stands beside the one on screen, on the same axes and the same timeline.
import { ChartBox } from "./chart.js";
import { element } from "./dom.js";
import { read } from "./link.js";

export const MOST = 4;

export class Pins {
  constructor(slug, hooks) {
    this.slug = slug;
    this.hooks = hooks; // changed(pins), open(settings), share()
    this.all = []; // {name, settings, box, root}
    this.root = element("div", { class: "nv-pins", role: "region", "aria-label": "Pinned runs", hidden: true });
  }

  get list() {
    return this.all.map(({ name, settings }) => ({ name, settings }));
  }

  get boxes() {
    return this.all.map(({ box }) => box).filter((box) => box.drawn);
  }

  add(name, settings) {
    if (this.all.length < MOST) this.hooks.changed([...this.list, { name, settings: { ...settings } }]);
  }

  // Take over the pins that stand in the address bar.
  take(list, colours, mode) {
    const key = (pin) => new URLSearchParams(pin.settings).toString();
    const before = new Map(this.all.map((pin) => [key(pin), pin]));
    this.all = list.map((pin) => {
      const known = before.get(key(pin));
      before.delete(key(pin));
      if (known) known.label.value = known.name = pin.name;
      return known ?? this.make(pin, colours, mode);
    });
    for (const gone of before.values()) {
      gone.box.close();
      gone.root.remove();
    }
    this.root.hidden = this.all.length === 0;
    this.root.append(...this.all.map(({ root }) => root));
  }

  make({ name, settings }, colours, mode) {
    const box = new ChartBox("pinned", () => {});
    const label = element("input", { type: "text", class: "nv-pin-name", value: name, maxlength: 40, "aria-label": "Name of this pinned run" });
    const open = element("button", { type: "button", class: "nv-quiet", title: "Set the controls as this run has them" }, "Open");
    const drop = element("button", { type: "button", class: "nv-quiet", title: "Take this pin away", "aria-label": `Unpin ${name}` }, "✕");
    const root = element("div", { class: "nv-pin" }, element("div", { class: "nv-actions" }, label, open, drop), box.root);
    const pin = { name, settings, box, label, root };
    label.onchange = () => this.hooks.changed(this.all.map((one) => ({ name: one === pin ? label.value : one.name, settings: one.settings })));
    open.onclick = () => this.hooks.open(settings);
    drop.onclick = () => this.hooks.changed(this.list.filter((_, index) => this.all[index] !== pin));
    this.load(pin, colours, mode);
    return pin;
  }

  async load(pin, colours, mode) {
    const answer = await read(this.slug, "full", pin.settings, {}).catch(() => null);
    if (!answer?.charts) {
      pin.box.caption.textContent = answer?.error ?? "The server does not answer.";
      return;
    }
    pin.box.take(answer.charts[0], colours, mode);
    pin.length = answer.view.steps?.length ?? 1;
    pin.box.setFrame(this.frameOf(pin));
    await pin.box.draw();
    this.hooks.drawn();
  }

  frameOf(pin) {
    return Math.round(this.hooks.share() * Math.max(0, pin.length - 1));
  }

  frame(settled) {
    for (const pin of this.all) {
      if (!pin.box.drawn || !pin.box.moves) continue;
      pin.box.setFrame(this.frameOf(pin));
      if (settled) pin.box.draw();
      else pin.box.play();
    }
  }

  restyle(colours, mode) {
    for (const { box } of this.all) box.restyle(colours, mode);
  }
}

// Give charts the ranges that hold them all.
export function align(boxes) {
  const ranges = boxes.map((box) => box.ranges);
  for (const [index, box] of boxes.entries()) {
    let changed = false;
    for (const [axis, own] of Object.entries(ranges[index])) {
      const others = ranges.map((one) => one[axis]).filter(Boolean);
      const falls = own[0] > own[1];
      const ends = [Math.min(...others.map((range) => Math.min(...range))), Math.max(...others.map((range) => Math.max(...range)))];
      const wanted = falls ? ends.reverse() : ends;
      if (Math.abs(wanted[0] - own[0]) + Math.abs(wanted[1] - own[1]) < 1e-9) continue;
      box.shared = { ...box.shared, [axis]: wanted };
      changed = true;
    }
    if (changed) box.draw();
  }
}
