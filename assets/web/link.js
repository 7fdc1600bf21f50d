// The line to the live route, with back-pressure: one request is under way at a time, and only the latest wish waits.
export class Link {
  constructor(slug, receiver) {
    this.slug = slug;
    this.receiver = receiver;
    this.current = null; // {stage, controller}
    this.next = null; // {stage, settings}
  }

  get outdated() {
    return this.next !== null;
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
      await this.read(stage, settings, controller.signal);
    } catch (error) {
      if (error.name !== "AbortError") this.receiver.error("The server does not answer. Your settings are kept; it is asked again when you change one.");
    }
    this.current = null;
    if (this.next) this.start();
  }

  async read(stage, settings, signal) {
    const query = new URLSearchParams(settings);
    const headers = { "x-known": this.receiver.known().join(",") };
    const response = await fetch(`/live/${this.slug}/${stage}?${query}`, { signal, headers });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      rest += value ?? "";
      const lines = rest.split("\n");
      rest = done ? "" : lines.pop();
      for (const line of lines) if (line && !signal.aborted) await this.receive(JSON.parse(line), stage);
      if (done) return;
    }
  }

  async receive(line, stage) {
    if (line.error) this.receiver.error(line.error);
    else if (line.charts) await this.receiver.view(line, stage);
    else this.receiver.progress(line);
  }
}
