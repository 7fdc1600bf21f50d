// The concept map: a column a chapter, an arrow from what a page builds on; a page under the hand shows its own arrows.
import { element } from "./dom.js";

const SPACE = "http://www.w3.org/2000/svg";
const WIDE = 150;
const HIGH = 30;
const GAP = 34;

export function conceptMap(chapters, go) {
  const height = 40 + Math.max(...chapters.map(({ pages }) => pages.length)) * (HIGH + 14);
  const width = chapters.length * (WIDE + GAP) - GAP;
  const picture = shape("svg", { viewBox: `-4 0 ${width + 8} ${height}`, role: "group", "aria-label": "Concept map: arrows lead from what a page builds on" });
  const places = new Map();
  chapters.forEach(({ pages }, column) => pages.forEach((page, row) => places.set(page.slug, { page, x: column * (WIDE + GAP), y: 40 + row * (HIGH + 14) })));
  const arrows = [...places.values()].flatMap(({ page }) => page.before.map((slug) => arrow(places.get(slug), places.get(page.slug))));
  const nodes = [...places.values()].map((place) => node(place, go));
  const follow = (slug) => {
    for (const { root, from, to } of arrows) root.classList.toggle("nv-lit", from === slug || to === slug);
    const near = new Set(arrows.filter(({ from, to }) => from === slug || to === slug).flatMap(({ from, to }) => [from, to]));
    for (const one of nodes) one.root.classList.toggle("nv-dim", slug !== null && slug !== one.slug && !near.has(one.slug));
  };
  for (const { root, slug } of nodes) {
    root.onpointerenter = root.onfocus = () => follow(slug);
    root.onpointerleave = root.onblur = () => follow(null);
  }
  chapters.forEach(({ title }, column) => picture.append(words(column * (WIDE + GAP), 16, `${column + 1} · ${title}`, "nv-column")));
  picture.append(...arrows.map(({ root }) => root), ...nodes.map(({ root }) => root));
  return element("div", { class: "nv-concepts" }, picture);
}

function node({ page, x, y }, go) {
  const root = shape("a", page.exists ? { href: `/${page.slug}`, class: "nv-node", tabindex: 0 } : { class: "nv-node nv-absent", "aria-disabled": "true" });
  const title = shape("title", {});
  title.textContent = `${page.title}: ${page.summary}${page.exists ? "" : " (coming)"}`;
  root.append(title, shape("rect", { x, y, width: WIDE, height: HIGH, rx: 6 }), words(x + 8, y + 19, short(page.title), ""));
  root.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (page.exists) go(page.slug);
  };
  return { root, slug: page.slug };
}

function arrow(from, to) {
  const forward = to.x > from.x;
  const sameColumn = to.x === from.x;
  const [x1, y1] = [sameColumn ? from.x : from.x + (forward ? WIDE : 0), from.y + HIGH / 2];
  const [x2, y2] = [sameColumn || forward ? to.x : to.x + WIDE, to.y + HIGH / 2];
  const bend = sameColumn ? -16 : (forward ? 1 : -1) * Math.max(20, Math.abs(x2 - x1) / 2);
  const path = sameColumn ? `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 + bend} ${y2} ${x2} ${y2}` : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  const root = shape("g", { class: "nv-arrow" });
  root.append(shape("path", { d: path }), shape("circle", { cx: x2, cy: y2, r: 2.5 }));
  return { root, from: from.page.slug, to: to.page.slug };
}

function short(title) {
  return title.length > 22 ? `${title.slice(0, 21)}…` : title;
}

function words(x, y, text, name) {
  const node = shape("text", { x, y, class: name });
  node.textContent = text;
  return node;
}

function shape(tag, attributes) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
