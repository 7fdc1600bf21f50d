// The line to the live route, with back-pressure: one request is under way at a time, and only the latest wish waits.
// While the browser draws one picture, the server already computes the next.
export class Link {
  constructor(slug, receiver) {
    this.slug = slug;
    this.receiver = receiver;
    this.current = null; // {stage, controller}
    this.next = null; // {stage, settings}
    this.drawing = Promise.resolve();
  }

  // A picture drawn now is not the one that was asked for last.
  get outdated() {
    return this.current !== null || this.next !== null;
  }

  ask(stage, settings) {
    this.next = { stage, settings: { ...settings } };
    if (!this.current) this.start();
    else if (stage === "full" || this.current.stage === "full") this.current.controller.abort();
  }

  stop() {
    this.next = null;
    this.current?.controller.abort();
  }

  async start() {
    const { stage, settings } = this.next;
    this.next = null;
    const controller = new AbortController();
    this.current = { stage, controller };
    try {
      const headers = { "x-known": this.receiver.known().join(","), "x-moment": String(this.receiver.moment()) };
      const answer = await read(this.slug, stage, settings, { signal: controller.signal, headers }, (line) => this.receiver.progress(line));
      await this.drawing;
      if (answer && !controller.signal.aborted) {
        this.current = null; // before the picture is drawn, which may take no time at all
        this.drawing = this.receive(answer, stage);
      }
    } catch (error) {
      if (error.name !== "AbortError") this.receiver.error("The server does not answer. Your settings are kept; it is asked again when you change one.");
    }
    this.current = null;
    if (this.next) this.start();
  }

  async receive(answer, stage) {
    if (answer.error) this.receiver.error(answer.error);
    else await this.receiver.view(answer, stage).catch(() => this.receiver.error("The picture could not be drawn. Your settings are kept."));
  }
}

// Words on progress are passed on as they come; returns the answer, the last line, without waiting for the end behind it.
export async function read(slug, stage, settings, { signal, headers }, progress = () => {}) {
  const response = await fetch(`/live/${slug}/${stage}?${new URLSearchParams(settings)}`, { signal, headers });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    const lines = (rest + (value ?? "")).split("\n");
    rest = done ? "" : lines.pop();
    for (const line of lines.filter(Boolean).map((text) => JSON.parse(text))) {
      if (line.charts || line.error) {
        reader.read().catch(() => {}); // the end
        return line;
      }
      if (!signal?.aborted) progress(line);
    }
    if (done) return null;
  }
}
