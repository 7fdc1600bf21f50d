// New words in texts that plotly.js has drawn. It draws a text with marks such as <b> and <br> as one text node for each
// piece between two marks; while the marks stay, only those nodes are set.
const MARKS = /(<[^>]*>)/;

// Returns what sets a text, or null where plotly.js has to: other marks, or a node that is not there.
export function write(node, text) {
  if (!node || typeof text !== "string") return null;
  const [old, now] = [node.getAttribute("data-unformatted") ?? "", text].map((one) => one.split(MARKS));
  const same = old.length === now.length && old.every((piece, index) => (index % 2 ? piece === now[index] : !piece === !now[index]));
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const [nodes, before, after] = [[], pieces(old), pieces(now)];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  if (!same || /[&$\n]/.test(text) || nodes.length !== before.length || nodes.some(({ data }, index) => data !== before[index])) return null;
  return () => {
    nodes.forEach((one, index) => { one.data = after[index]; });
    node.setAttribute("data-unformatted", text);
  };
}

function pieces(parts) {
  return parts.filter((piece, index) => piece && index % 2 === 0);
}

// The words beside dots.
export function labels(trace, full, { text }) {
  const places = [...trace.querySelectorAll(".text > .textpoint")];
  if (full.texttemplate || !Array.isArray(text) || places.length !== text.length) return null;
  const acts = text.map((one, index) => {
    const node = places[index].querySelector("text");
    return node || one !== "" ? write(node, one) : () => {};
  });
  return acts.includes(null) ? null : () => acts.forEach((act) => act());
}

// A note without an arrow: its words, and its place on axes whose range is given.
export function note(plot, shown, index, fields, axis) {
  const full = plot._fullLayout.annotations?.[index];
  const root = plot.querySelector(`.annotation[data-index="${index}"]`);
  const [turned, box, back, text] = [".annotation-text-g", ".cursor-pointer", ".bg", "text"].map((selector) => root?.querySelector(selector));
  const plain = text?.getAttribute("text-anchor") === "middle" && !full.showarrow && !full.textangle && !full.width && !full.height && full.visible;
  if (!plain) return null;
  const set = write(text, shown.text);
  const [left, above] = [place(plot, full, shown, "x", fields, axis), place(plot, full, shown, "y", fields, axis)];
  const centre = turned.getAttribute("transform")?.match(/^rotate\(0,([-\d.]+),([-\d.]+)\)$/)?.slice(1).map(Number);
  if (!set || !left || !above || !centre) return null;
  return () => {
    set();
    const border = 2 * Number(back.getAttribute("x"));
    const [width, height] = ["width", "height"].map((side) => Number(back.getAttribute(side)) + border);
    const inset = full.borderpad + full.borderwidth;
    const wide = text.getBoundingClientRect().width;
    const now = Math.round(wide + 2 * inset);
    const [x, y] = [left(centre[0], width, now), above(centre[1], height, height)];
    for (const line of [text, ...text.querySelectorAll(".line")]) line.setAttribute("x", inset + wide / 2);
    back.setAttribute("width", now - border);
    turned.setAttribute("transform", `rotate(0,${x.toFixed(2)},${y.toFixed(2)})`);
    box.setAttribute("transform", `translate(${Math.round(x - now / 2)},${Math.round(y - height / 2)})`);
  };
}

// Where the middle of a note goes, from where it was and its size then and now.
function place(plot, full, shown, letter, fields, axis) {
  const along = axis(plot, full[`${letter}ref`]);
  const named = { left: 0.5, center: 0, right: -0.5, top: 0.5, middle: 0, bottom: -0.5 };
  const share = named[full[`${letter}anchor`]] ?? (along ? 0 : null); // "auto" is the middle, on an axis
  if (share === null) return null;
  if (!fields.includes(letter)) return (centre, before, now) => centre + share * (now - before);
  const there = along && !along.autorange ? along.r2p(shown[letter]) : NaN;
  if (!(there >= 0 && there <= along._length)) return null; // outside, plotly.js shows none
  const shift = letter === "x" ? full.xshift : -full.yshift;
  return (centre, before, now) => along._offset + there + shift + share * now;
}
