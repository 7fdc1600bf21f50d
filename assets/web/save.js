// A chart to take away: its numbers, its picture, or itself as a page that needs no server.
import { element } from "./dom.js";

export function saveMenu(box) {
  const entries = [
    ["CSV", "The numbers of this chart", async () => download(`${box.name}.csv`, "text/csv", table(box.figure.data))],
    ["PNG", "A picture, twice the size on screen", async () => window.Plotly.downloadImage(box.plot, { format: "png", scale: 2, filename: box.name, width: box.plot.clientWidth, height: box.plot.clientHeight })],
    ["HTML", "A page of its own that zooms and hovers, without a server", async () => download(`${box.name}.html`, "text/html", await page(box))],
  ];
  const menu = element("details", { class: "nv-save" }, element("summary", { title: "Save this chart", "aria-label": `Save the chart: ${box.name}` }, "⤓"));
  const list = element("div", { class: "nv-save-list", role: "group", "aria-label": "Save as" });
  for (const [label, title, act] of entries) {
    const button = element("button", { type: "button", class: "nv-quiet", title, "data-save": label.toLowerCase() }, label);
    button.onclick = async () => {
      menu.open = false;
      if (box.drawn) await act();
    };
    list.append(button);
  }
  menu.append(list);
  menu.onkeydown = (event) => { if (event.key === "Escape") menu.open = false; };
  return menu;
}

function download(name, type, content) {
  const link = element("a", { href: URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// One line a point, or a cell of a map; a column for everything that a trace has.
export function table(traces) {
  const lines = traces.flatMap((trace, index) => (trace.z?.[0]?.length ? cells(trace, index) : marks(trace, index)));
  const columns = ["trace", "x", "y", "z", "text"].filter((name) => lines.some((line) => line[name] !== undefined));
  return [columns, ...lines.map((line) => columns.map((name) => line[name] ?? ""))].map((row) => row.map(cell).join(",")).join("\n");
}

function marks(trace, index) {
  const name = trace.name ?? index;
  const count = Math.max(trace.x?.length ?? 0, trace.y?.length ?? 0, trace.z?.length ?? 0);
  return Array.from({ length: count }, (_, row) => ({
    trace: name, x: trace.x?.[row] ?? row, y: trace.y?.[row] ?? row, z: trace.z?.[row], text: Array.isArray(trace.text) ? trace.text[row] : undefined,
  }));
}

function cells(trace, index) {
  const name = trace.name ?? index;
  return Array.from(trace.z).flatMap((row, down) => Array.from(row, (value, across) => ({ trace: name, x: place(trace.x, trace.x0, trace.dx, across), y: place(trace.y, trace.y0, trace.dy, down), z: value })));
}

// Where a column or a row of a map stands: by its list, or by the first place and the step.
function place(list, first, step, index) {
  return list?.[index] ?? (first ?? 0) + (step ?? 1) * index;
}

// Quoted where CSV asks for it; a text that a spreadsheet would run as a formula gets an apostrophe.
function cell(value) {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@]/.test(value) ? `'${value}` : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function page(box) {
  const library = await (await fetch(document.querySelector("[data-plotly]").dataset.plotly)).text();
  const plain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
  const figure = JSON.stringify({ data: box.figure.data, layout: box.figure.layout }, plain).replaceAll("<", "\\u003c");
  const safe = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const paper = getComputedStyle(box.root).getPropertyValue("--st-background-color") || "#ffffff";
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${safe(box.caption.textContent)}</title>
<body style="margin:1rem;background:${paper};color:${box.figure.layout.font?.color ?? "inherit"};font-family:sans-serif"><h1 style="font-size:1.2rem">${safe(box.caption.textContent)}</h1>
<div id="chart" style="height:80vh"></div><script>${library.replaceAll("</script", "<\\/script")}</script>
<script>const figure = ${figure}; Plotly.newPlot("chart", figure.data, figure.layout, { responsive: true, displaylogo: false });</script></body></html>`;
}
