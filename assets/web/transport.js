// Play, pause, step and scrub one recorded timeline; all charts of the page follow.
import { element, icon } from "./dom.js";

const ICONS = {
  first: "M3 3h2v10H3zM13 3v10L6 8z",
  back: "M11 3v10L4 8z",
  play: "M4 2.5v11L13 8z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  forth: "M5 3v10l7-5z",
  last: "M11 3h2v10h-2zM3 3v10l7-5z",
};
const WHOLE = 5000; // milliseconds for the whole timeline at normal speed

export class Transport {
  constructor(show) {
    this.show = show;
    this.steps = [];
    this.index = 0;
    this.timer = null;
    this.touched = false;
    this.first = button("first", "To the start (Home)", () => this.seek(0));
    this.back = button("back", "One step back (←)", () => this.seek(this.index - 1));
    this.playing = button("play", "Play or pause (Space)", () => this.toggle());
    this.forth = button("forth", "One step forward (→)", () => this.seek(this.index + 1));
    this.last = button("last", "To the end (End)", () => this.seek(this.steps.length - 1));
    this.scrub = element("input", { type: "range", min: 0, step: 1, class: "nv-scrub", "aria-label": "Moment of training" });
    this.scrub.oninput = () => this.seek(Number(this.scrub.value), false);
    this.scrub.onchange = () => this.show(this.index, true);
    this.speed = element("select", { class: "nv-speed", "aria-label": "Speed" });
    for (const [value, label] of [[0.25, "×¼"], [0.5, "×½"], [1, "×1"], [2, "×2"], [4, "×4"]]) this.speed.append(element("option", { value, selected: value === 1 }, label));
    this.caption = element("output", { class: "nv-caption" });
    const buttons = element("div", { class: "nv-buttons" }, this.first, this.back, this.playing, this.forth, this.last);
    this.root = element("div", { class: "nv-transport", role: "group", "aria-label": "Timeline", hidden: true }, buttons, this.scrub, this.caption, this.speed);
  }

  // Where a new timeline is entered, as a share of the whole: where the learner or the playing stands, or at the end; on a
  // projector the first one waits at its start.
  get share() {
    if (this.waits && !this.begun) return 0;
    const stands = this.touched || this.timer !== null;
    return stands && this.steps.length > 1 ? this.index / (this.steps.length - 1) : 1;
  }

  // Where it stands, as a share of the whole.
  get place() {
    return this.steps.length > 1 ? this.index / (this.steps.length - 1) : 1;
  }

  // Take a new timeline; returns the frame to show.
  load(steps, unit, captions) {
    const { share } = this;
    this.steps = steps ?? [];
    this.unit = unit;
    this.captions = captions;
    this.root.hidden = this.steps.length < 2;
    this.scrub.max = Math.max(0, this.steps.length - 1);
    this.index = Math.round(share * Math.max(0, this.steps.length - 1));
    if (this.wanted) { // a shared link names a moment
      this.index = Math.min(Number(this.wanted), Math.max(0, this.steps.length - 1));
      this.touched = true;
      this.wanted = "";
    }
    this.label();
    return this.index;
  }

  // On the very first picture, play once, unless a class waits or the learner asked the system for less motion.
  begin() {
    if (this.begun) return;
    this.begun = true;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!calm && !this.waits && this.steps.length > 1) {
      this.index = 0;
      this.play();
    }
  }

  seek(index, settled = true) {
    this.pause();
    this.touched = true;
    this.go(index, settled);
    this.touched = this.index < this.steps.length - 1;
  }

  go(index, settled) {
    this.index = Math.min(Math.max(index, 0), Math.max(0, this.steps.length - 1));
    this.label();
    this.show(this.index, settled);
  }

  toggle() {
    if (this.timer) this.pause();
    else {
      if (this.index >= this.steps.length - 1) this.index = 0;
      this.play();
    }
  }

  play() {
    this.label(true);
    const from = this.index;
    const began = performance.now();
    const tick = (now) => {
      if (this.index >= this.steps.length - 1) { // a frame later, so that the last picture is not kept waiting
        this.pause();
        this.touched = false;
        return;
      }
      const passed = ((now - began) * Number(this.speed.value) * (this.steps.length - 1)) / WHOLE;
      const index = Math.min(from + Math.floor(passed), this.steps.length - 1);
      if (index !== this.index || passed === 0) this.go(index, false);
      if (this.timer) this.timer = requestAnimationFrame(tick);
    };
    this.timer = requestAnimationFrame(tick);
  }

  pause() {
    if (!this.timer) return;
    cancelAnimationFrame(this.timer);
    this.timer = null;
    this.touched = true;
    this.label();
    this.show(this.index, true);
  }

  label(playing = this.timer !== null) {
    this.scrub.value = this.index;
    const step = this.steps[this.index] ?? 0;
    const text = this.captions?.[this.index] ?? "";
    this.caption.textContent = `${this.unit} ${step}${text ? ` · ${text}` : ""}`;
    this.scrub.setAttribute("aria-valuetext", this.caption.textContent);
    this.playing.replaceChildren(icon(playing ? ICONS.pause : ICONS.play));
    this.playing.setAttribute("aria-label", playing ? "Pause" : "Play");
  }

  // Keys act unless the learner is in a control that uses them itself.
  key(event) {
    if (this.root.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const inside = this.root.contains(event.target);
    const slider = event.key === " " && event.target.matches?.("input[type=range], .nv-number"); // a space means nothing to them
    const typing = !slider && event.target.closest?.("input, select, textarea, [contenteditable], [role=tab], [role=radio]");
    const pressing = event.target.closest?.("button, summary, a");
    if ((typing && !inside) || (pressing && !inside && event.key === " ")) return;
    const acts = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.seek(this.index - 1),
      ArrowRight: () => this.seek(this.index + 1),
      Home: () => this.seek(0),
      End: () => this.seek(this.steps.length - 1),
    };
    if (!(event.key in acts) || event.target === this.speed) return;
    event.preventDefault();
    acts[event.key]();
  }
}

function button(name, label, act) {
  const node = element("button", { type: "button", "aria-label": label, title: label }, icon(ICONS[name]));
  node.onclick = act;
  return node;
}
