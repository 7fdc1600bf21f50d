// The stage of a page: its controls, its charts, one transport, one sentence. Streamlit mounts it; a moving hand is
// answered by the live route; settings are handed to Streamlit only when the hand lets go.
import { ChartBox, plotly, themeMode } from "./chart.js";
import { fit, makeControl, showWhen } from "./controls.js";
import { element } from "./dom.js";
import { Link } from "./link.js";
import { MOST, Pins, align } from "./pins.js";
import { Transport } from "./transport.js";

const OTHERS = 150; // milliseconds for which the charts below the hero may lag behind a hand that goes on moving

const stages = new WeakMap();
let early = null; // the stage that stands before Streamlit does

// Before Streamlit has started; what is to be told to it waits. Resolves when the hero is seen, or why not yet.
export function open(data, parent) {
  const waiting = [];
  const stage = new Stage(parent, data);
  early = stage;
  return new Promise((resolve) => {
    Object.assign(stage, { cover: parent, waiting, answered: resolve });
    stage.update(data, (...change) => waiting.push(change));
  });
}

export function render({ data, parentElement, setStateValue }) {
  let stage = stages.get(parentElement);
  if (!stage) {
    stage = takenOver(data.slug, parentElement, setStateValue) ?? new Stage(parentElement, data);
    stages.set(parentElement, stage);
  }
  stage.update(data, setStateValue);
  return () => {
    stage.close();
    stages.delete(parentElement);
  };
}

// Streamlit's page is there: the stage that stood over it goes on in it.
function takenOver(slug, parent, send) {
  const stage = early;
  early = null;
  const cover = document.querySelector(".nv-early");
  const fits = stage?.slug === slug && cover;
  if (fits) stage.moveTo(parent, send);
  else stage?.close();
  cover?.remove();
  return fits ? stage : null;
}

class Stage {
  constructor(parent, data) {
    this.slug = data.slug;
    this.settings = { ...data.settings };
    this.told = data.settings; // what Python knows; settings of its own that differ come from elsewhere
    this.charts = new Map();
    this.commits = 0;
    this.pinnings = 0;
    this.echoed = true;
    this.painted = false;
    this.answered = () => {};
    this.whole = 0; // when all charts were last drawn
    this.link = new Link(data.slug, {
      progress: (line) => this.progress(line),
      view: (line, stage) => this.show(line, stage),
      error: (message) => this.fail(message),
      known: () => [...this.charts.values()].map((box) => box.fingerprint).filter(Boolean),
      moment: () => this.transport.share,
    });
    this.root = element("section", { class: "nv-stage", "data-status": "running", "data-slug": data.slug });
    this.notes = element("div", { class: "nv-notes", role: "status" });
    this.panel = element("div", { class: "nv-controls" });
    this.hero = element("div", { class: "nv-hero" });
    this.wait = element("div", { class: "nv-wait", hidden: true, role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 });
    this.transport = new Transport((frame, settled) => this.frame(frame, settled));
    this.sentence = element("p", { class: "nv-sentence", "aria-live": "polite" });
    this.findings = element("ul", { class: "nv-findings", "aria-label": "What the diagnosis found" });
    this.rest = element("div", { class: "nv-charts" });
    this.pins = new Pins(data.slug, {
      changed: (list) => this.send("pinned", { number: (this.pinnings += 1), pins: list }),
      open: (settings) => this.chosen(settings),
      share: () => this.transport.place,
      drawn: () => this.align(),
    });
    const picture = element("div", { class: "nv-picture" }, this.hero, this.wait, this.transport.root);
    const words = element("div", { class: "nv-words" }, this.sentence, this.findings);
    const body = element("div", { class: "nv-body" }, this.panel, picture, words);
    this.root.append(this.notes, body, this.pins.root, this.rest);
    parent.querySelector(".nv-mount").append(this.root);
    this.onKey = (event) => this.transport.key(event) || this.turn(event);
    document.addEventListener("keydown", this.onKey);
    this.transport.begun = data.frame !== "";
    this.transport.wanted = data.frame;
    this.transport.waits = data.teach; // a class predicts before it sees
    this.buildControls(data);
    this.ask("full");
    plotly(); // loads while the server computes; a failure is told when the first chart is drawn
  }

  moveTo(parent, send) {
    const mount = parent.querySelector(".nv-mount");
    if (mount.moveBefore) mount.moveBefore(this.root, null); // a hand that holds a slider goes on holding it
    else mount.append(this.root);
    this.cover = null;
    for (const change of this.waiting) send(...change);
    for (const box of this.charts.values()) box.fit();
  }

  close() {
    document.removeEventListener("keydown", this.onKey);
    this.link.stop();
    this.transport.pause();
    for (const box of this.charts.values()) box.close();
  }

  // Python has run again: take over settings that came from elsewhere (back, forward, a shared link, a widget).
  update(data, setStateValue) {
    this.send = setStateValue;
    this.colours = data.colours;
    this.teach = data.teach;
    if (data.teach && !this.cover && !this.entered) this.enter();
    this.root.classList.toggle("nv-teach", data.teach);
    if (data.echo >= this.commits) {
      this.echoed = !this.unsure;
      const elsewhere = Object.keys(data.settings).some((name) => data.settings[name] !== this.told[name]);
      if (elsewhere) this.take(data.settings);
      if (!this.unsure) this.showNotes(data.notes);
    }
    const mode = themeMode(this.root);
    if (mode !== this.mode) {
      this.mode = mode;
      for (const box of this.charts.values()) box.restyle(this.colours, mode);
      this.pins.restyle(this.colours, mode);
    }
    this.pins.take(data.pins, this.colours, mode);
    this.pinning.disabled = data.pins.length >= MOST;
    this.settle();
  }

  // On a projector: the keys of a presenter's remote control follow the links to the next page and the one before, V (an
  // arrow down) shows the charts below, Q the questions and the picture again, a digit answers the question on screen.
  turn(event) {
    if (!this.teach || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest?.("input:not([type=range], [type=radio], [type=checkbox]), textarea");
    const act = { q: () => this.questions(), v: () => this.below() }[event.key.toLowerCase()];
    if (act && (!typing || typing.matches(".nv-number"))) { // a number has no q and no v
      event.preventDefault();
      act();
    } else if (/^[1-9]$/.test(event.key) && !typing) answer(Number(event.key));
    const name = { PageDown: "onward", PageUp: "back" }[event.key];
    const link = name && document.querySelector(`.st-key-${name} a`);
    if (!link) return;
    event.preventDefault();
    link.click();
  }

  questions() {
    const tabs = document.querySelector("[data-testid=stTabs]");
    const away = (tabs?.getBoundingClientRect().top ?? 0) > innerHeight / 2;
    const predict = away && [...tabs.querySelectorAll("[role=tab]")].find((tab) => tab.textContent === "Predict");
    if (predict) {
      predict.click();
      predict.focus({ preventScroll: true });
    } else this.enter();
    requestAnimationFrame(() => setTimeout(() => (away ? tabs : document.querySelector("h1"))?.scrollIntoView())); // after the tab has come into view by itself
  }

  // The first chart that is not wholly on screen comes to the top; after the last the large picture is there again.
  below() {
    const charts = [...this.root.querySelectorAll(".nv-pin, .nv-charts > *")].map((one) => [one, one.getBoundingClientRect()]);
    const next = charts.find(([, box]) => box.bottom > innerHeight && box.top > 1);
    (next?.[0] ?? document.querySelector("h1")).scrollIntoView();
  }

  // The next Tab goes to the first control, not through all that stands above the stage; Space still plays.
  enter() {
    this.entered = true;
    this.panel.tabIndex = -1;
    this.panel.focus({ preventScroll: true });
  }

  take(settings) {
    this.unsure = false;
    this.told = settings;
    this.settings = { ...settings };
    for (const control of this.controls) control.set(this.settings[control.spec.name]);
    showWhen(this.controls, this.settings);
    this.ask("full");
  }

  buildControls(data) {
    const visible = data.controls.filter((spec) => spec.editor !== "hidden" && !data.hide.includes(spec.name));
    const hooks = {
      moved: (name, text) => this.moved(name, text),
      chosen: (name, text) => this.chosen({ [name]: text }),
    };
    this.specs = data.controls;
    this.writes = data.controls.some((spec) => spec.kind === "text" && !spec.editor);
    this.controls = visible.map((spec) => makeControl(spec, this.settings[spec.name], hooks));
    const first = this.controls.filter((control) => !control.spec.more);
    const others = this.controls.filter((control) => control.spec.more);
    this.panel.append(...first.map((control) => control.root));
    if (others.length) this.panel.append(fold("More", others.map((control) => control.root)));
    if (data.presets.length) this.panel.append(fold("Break it", data.presets.map((preset) => this.presetButton(preset))));
    const reset = element("button", { type: "button", class: "nv-quiet", title: "Back to the settings the page opened with" }, "Reset");
    reset.onclick = () => this.chosen(Object.fromEntries(data.controls.map((spec) => [spec.name, spec.default])));
    const share = element("button", { type: "button", class: "nv-quiet", title: "The address holds every setting: whoever opens it sees this run" }, "Copy link");
    share.onclick = async () => {
      if (!navigator.clipboard) return void window.prompt("Copy this link:", this.address()); // plain HTTP from another machine
      await navigator.clipboard.writeText(this.address());
      share.textContent = "Copied";
      setTimeout(() => { share.textContent = "Copy link"; }, 1500);
    };
    this.pinning = element("button", { type: "button", class: "nv-quiet", "data-act": "pin", title: "Keep this run beside the next one, on the same axes (at most four)" }, "Pin");
    this.pinning.onclick = () => this.pins.add(this.describe(), this.settings);
    const actions = element("div", { class: "nv-actions" }, reset, share, this.pinning);
    if (data.asks) {
      const predict = element("button", { type: "button", class: "nv-quiet", "data-act": "predict", title: "What do you expect? To the page's questions" }, "Predict");
      predict.onclick = () => this.questions();
      actions.append(predict);
    }
    if (data.reseed) {
      const anew = element("button", { type: "button", class: "nv-quiet", "data-act": "new-weights", title: "Draw other weights from the next seed; Rewind in the timeline keeps them" }, "New weights");
      const spec = data.controls.find(({ name }) => name === data.reseed);
      anew.onclick = () => this.chosen({ [spec.name]: String((Number(this.settings[spec.name]) + 1) % (spec.maximum + 1)) });
      actions.append(anew);
    }
    this.panel.append(actions);
    this.defaults = Object.fromEntries(data.controls.map((spec) => [spec.name, spec.default]));
    showWhen(this.controls, this.settings);
  }

  // The link of all that is seen: settings, pins and tab are in the address bar already, the moment is added.
  address() {
    const address = new URL(location.href);
    if (this.transport.place < 1) address.searchParams.set("frame", this.transport.index);
    else address.searchParams.delete("frame");
    return address.href;
  }

  // What a pinned run is called: what was changed, or that nothing was.
  describe() {
    const changed = this.controls.filter(({ spec }) => this.settings[spec.name] !== this.defaults[spec.name]);
    const words = changed.map(({ spec }) => `${spec.title} ${spec.options.find(([value]) => value === this.settings[spec.name])?.[1] ?? this.settings[spec.name]}`);
    return (words.join(", ") || "Defaults").slice(0, 40);
  }

  align() {
    const hero = [...this.charts.values()].find((box) => box.root.parentElement === this.hero);
    if (hero?.drawn && this.pins.boxes.length) align([hero, ...this.pins.boxes]);
  }

  presetButton(preset) {
    const button = element("button", { type: "button", class: "nv-preset", "data-preset": preset.name }, preset.name);
    const watch = element("span", { class: "nv-watch" }, preset.watch);
    button.onclick = () => this.chosen({ ...this.defaults, ...preset.values });
    return element("div", {}, button, watch);
  }

  // The hand is moving.
  moved(name, text) {
    this.settings[name] = text;
    showWhen(this.controls, this.settings);
    this.ask("preview");
  }

  // The hand moves something in a picture: numbers by the names of their settings.
  dragged(numbers, settled) {
    const specs = this.specs.filter(({ name }) => name in numbers);
    const changes = Object.fromEntries(specs.map((spec) => [spec.name, fit(numbers[spec.name], spec)]));
    if (settled) return void this.chosen(changes);
    if (Object.entries(changes).every(([name, text]) => this.settings[name] === text)) return;
    Object.assign(this.settings, changes);
    for (const control of this.controls) if (control.spec.name in changes) control.set(changes[control.spec.name]);
    this.ask("preview");
  }

  // The hand has let go, or something was chosen: run in full, and tell Streamlit (URL, words, history).
  chosen(changes) {
    Object.assign(this.settings, changes);
    for (const control of this.controls) {
      if (control.spec.name in changes) control.set(this.settings[control.spec.name]);
    }
    showWhen(this.controls, this.settings);
    this.ask("full");
    this.echoed = false;
    if (this.writes) this.unsure = true; // a text may be refused: it goes into the address when its picture is there
    else this.commit();
  }

  commit() {
    this.unsure = false;
    this.commits += 1;
    this.told = { ...this.settings };
    this.send("committed", { number: this.commits, settings: { ...this.settings } });
  }

  ask(stage) {
    this.root.dataset.status = "running";
    this.painted = false;
    this.link.ask(stage, this.settings);
  }

  progress(line) {
    this.answered();
    this.wait.hidden = false;
    const percent = Math.round(100 * line.progress);
    this.wait.setAttribute("aria-valuenow", percent);
    this.wait.style.setProperty("--done", `${percent}%`);
    this.wait.textContent = `${line.what || "Computing"} · ${percent} %`;
    if (line.partial) this.show(line.partial, "partial");
  }

  async show(line, stage) {
    if (stage !== "partial") this.wait.hidden = true;
    this.mode ??= themeMode(this.root);
    this.place(line.charts, stage);
    const { sentence, findings, steps, unit, captions } = line.view;
    const frame = this.transport.load(steps, unit, captions);
    const drawn = [];
    for (const chart of line.charts) {
      const box = this.charts.get(chart.name);
      if (chart.body) box.take(chart, this.colours, this.mode);
      box.setFrame(frame);
      box.stale ||= box.hasty && stage === "full";
      if (box.stale && (stage === "full" || box.visible || !box.drawn)) drawn.push(box);
    }
    const words = () => { // after the hero, which reads its place: with new words above it the browser would lay out the page first
      this.sentence.textContent = sentence;
      this.findings.replaceChildren(...findings.map(findingItem));
    };
    if (drawn.length === 0) words();
    for (const [index, box] of drawn.entries()) {
      if (index === 1) { // the first, the hero, is seen before the others are drawn
        await nextFrame();
        this.answered();
        if (stage === "preview" && this.link.outdated && performance.now() - this.whole < OTHERS) break; // they stay stale
      }
      await box.draw(stage !== "full");
      if (index === 0) words();
      if (index === drawn.length - 1) this.whole = performance.now();
    }
    this.answered();
    this.align();
    if (this.unsure && stage === "full") {
      this.showNotes([]);
      this.commit();
    }
    this.painted = stage === "full" && !this.link.outdated;
    if (stage === "full") this.transport.begin();
    this.settle();
  }

  // Keep chart elements in the order of the view; those no longer in it go, but below the hero only when the run is whole:
  // what a preview leaves out comes back, and the page does not jump meanwhile.
  place(charts, stage) {
    const names = charts.map((chart) => chart.name);
    for (const [name, box] of this.charts) {
      if (!names.includes(name) && (stage === "full" || box.root.parentElement === this.hero)) {
        box.close();
        this.charts.delete(name);
      }
    }
    charts.forEach((chart, index) => {
      let box = this.charts.get(chart.name);
      if (!box) {
        box = new ChartBox(chart.name, (changes) => this.chosen(changes), (numbers, settled) => this.dragged(numbers, settled));
        this.charts.set(chart.name, box);
      }
      const home = index === 0 ? this.hero : this.rest;
      if (box.root.parentElement === home) return;
      home.append(box.root);
      box.stale ||= box.drawn; // its new place has another size
    });
    if (stage !== "full") return;
    names.slice(1).forEach((name, index) => {
      const [{ root }, there] = [this.charts.get(name), this.rest.children[index]];
      if (root !== there) this.rest.insertBefore(root, there);
    });
  }

  frame(frame, settled) {
    for (const box of this.charts.values()) {
      if (!box.moves) continue;
      box.setFrame(frame);
      if (settled && (box.visible || !box.drawn)) box.draw();
      else if (settled || box.visible) box.play();
    }
    this.pins.frame(settled);
  }

  settle() {
    if (this.painted && this.echoed && !this.cover) this.root.dataset.status = "idle";
  }

  fail(message) {
    this.answered();
    this.wait.hidden = true;
    this.showNotes([message]);
    this.root.dataset.status = "error";
  }

  showNotes(notes) {
    this.notes.replaceChildren(...notes.map((note) => element("p", {}, note)));
  }
}

// After the browser has painted; soon in any case, for a window that nobody sees paints nothing.
function nextFrame() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 50);
  });
}

// Answer the open question that has the focus, or the first on screen: arrow keys would answer with every choice on their way.
function answer(number) {
  const groups = [...document.querySelectorAll("[data-testid=stTabs] [role=radiogroup]")];
  const onScreen = (group) => group.getBoundingClientRect().top >= 0 && group.getBoundingClientRect().bottom <= innerHeight;
  const open = groups.filter((one) => !one.querySelector(":checked"));
  const group = open.find((one) => one.contains(document.activeElement)) ?? open.find(onScreen);
  const choice = group?.querySelectorAll("input")[number - 1];
  if (!choice) return;
  choice.focus({ preventScroll: true }); // Tab goes on to "Show this run above"
  choice.click();
  group.scrollIntoView(); // its grade and the next question come below it
}

function findingItem(finding) {
  const sign = { note: "i", warning: "!", failure: "✗" }[finding.severity];
  return element("li", { class: `nv-${finding.severity}` }, element("b", { "aria-label": finding.severity }, sign), " ", finding.text);
}

function fold(title, children) {
  return element("details", { class: "nv-fold" }, element("summary", {}, title), ...children);
}
