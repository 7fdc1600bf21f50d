// Put into every page before its own scripts: notes when the hero shows a new picture, and what came over the wire.
// One and the same clock for nnviz and for the stock page.
(() => {
  const clock = { received: 0, paints: [], asked: null, hero: null };
  window.benchClock = clock;

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...parts) {
      super(...parts);
      this.addEventListener("message", ({ data }) => { clock.received += data.byteLength ?? data.size ?? data.length; });
    }
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name.includes("/live/")) clock.received += entry.transferSize;
  }).observe({ type: "resource", buffered: true });
  for (const kind of ["input", "pointerup"]) {
    document.addEventListener(kind, (event) => { clock[kind] = event.timeStamp; }, true);
  }

  // A number that differs when what is drawn differs.
  const sum = (values) => {
    let total = 0;
    if (typeof values === "number" && Number.isFinite(values)) return values;
    if (values && typeof values === "object") {
      let weight = 1;
      for (const value of Array.isArray(values) || ArrayBuffer.isView(values) ? values : Object.values(values)) total += (weight += 1e-3) * sum(value);
    } else if (typeof values === "string") for (const letter of values) total = (total * 31 + letter.charCodeAt(0)) % 1e9;
    return total;
  };
  const picture = (plot) => sum(plot.data.map(({ x, y, z, value, marker, line }) => [x, y, z, value, marker?.color, line])) + sum([plot.layout.shapes, plot.layout.annotations]);

  let drawn = false;
  let seen = null;
  let plot = null;
  const look = () => {
    requestAnimationFrame(look); // first: a frame in which a plot is just being replaced must not end the watch
    const now = document.querySelector(".js-plotly-plot");
    if (now !== plot && now?.calcdata) {
      plot = now;
      plot.on("plotly_afterplot", () => { drawn = true; });
      drawn = true;
    }
    if (drawn && plot.data) {
      drawn = false;
      const shown = picture(plot);
      if (shown !== seen) clock.paints.push(performance.now());
      seen = shown;
    }
    clock.title ??= document.querySelector("h1") ? performance.now() : undefined;
    clock.idle ??= document.querySelector("[data-status=idle]") ? performance.now() : undefined;
  };
  requestAnimationFrame(look);
})();
