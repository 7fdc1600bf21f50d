// The map of all questions, with a search that narrows it while you type.
import { conceptMap } from "./concepts.js";
import { element } from "./dom.js";

const maps = new WeakMap();

export function render({ data, parentElement, setTriggerValue }) {
  if (!maps.has(parentElement)) maps.set(parentElement, build(parentElement, data));
  maps.get(parentElement).go = (slug) => setTriggerValue("go", slug);
  return () => maps.delete(parentElement);
}

function build(parent, data) {
  const state = { go: () => {} };
  const search = element("input", { type: "search", class: "nv-search", placeholder: "Search: a question, a word, a symptom (“loss is NaN”)", "aria-label": "Search all pages", maxlength: 60 });
  const cards = data.chapters.flatMap((chapter) => chapter.pages.map((page) => card(page, state)));
  const chapters = data.chapters.map((chapter, index) => {
    const own = cards.filter(({ page }) => chapter.pages.includes(page));
    const title = element("h3", {}, `${index + 1} · ${chapter.title}`);
    return { own, root: element("section", { class: "nv-chapter" }, title, ...own.map(({ root }) => root)) };
  });
  const none = element("p", { hidden: true, role: "status" }, "No page answers that yet. Try fewer or other words.");
  search.oninput = () => {
    if (search.getBoundingClientRect().top > innerHeight / 2) search.scrollIntoView(); // what is found stands below it
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of cards) one.root.hidden = !words.every((word) => one.text.includes(word));
    for (const { own, root } of chapters) root.hidden = own.every((one) => one.root.hidden);
    none.hidden = cards.some((one) => !one.root.hidden);
  };
  search.onkeydown = (event) => {
    const hit = cards.find((one) => !one.root.hidden && one.page.exists);
    if (event.key === "Enter" && hit && search.value.trim()) state.go(hit.page.slug);
  };
  const grid = element("div", { class: "nv-chapters" }, ...chapters.map(({ root }) => root));
  const drawing = conceptMap(data.chapters, (slug) => state.go(slug));
  drawing.hidden = true;
  const toggle = element("button", { type: "button", class: "nv-quiet", "aria-pressed": "false", "data-act": "concept-map" }, "What builds on what");
  toggle.onclick = () => {
    drawing.hidden = !drawing.hidden;
    grid.hidden = !drawing.hidden;
    toggle.setAttribute("aria-pressed", String(!drawing.hidden));
  };
  const bar = element("div", { class: "nv-find" }, search, toggle);
  parent.querySelector(".nv-mount").append(element("div", { class: "nv-map" }, bar, none, drawing, grid));
  return state;
}

function card(page, state) {
  const number = element("span", { class: "nv-q" }, page.questions.map((question) => `Q${question}`).join(" "));
  const body = [element("b", {}, page.title), " ", number, element("span", { class: "nv-about" }, page.summary)];
  const text = [page.title, page.summary, ...page.names, ...page.symptoms, number.textContent].join(" ").toLowerCase();
  if (!page.exists) {
    body.push(element("span", { class: "nv-coming" }, "coming"));
    return { page, text, root: element("div", { class: "nv-card nv-absent" }, ...body) };
  }
  const root = element("a", { class: "nv-card", href: `/${page.slug}` }, ...body);
  root.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    state.go(page.slug);
  };
  return { page, text, root };
}
