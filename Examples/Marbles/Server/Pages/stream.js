// The connection to the server: one stream of events that resumes where it broke, and calls that change something.

export class Stream {
  #last = null;
  #source = null;
  #handlers;
  #pause = 500;

  /** Handlers: hello, state, block, story, run, rule, resumed; status with "connecting", "live" or "lost". */
  constructor(handlers) {
    this.#handlers = handlers;
    // A machine that was asleep knows sooner than a time-out that it should look again.
    addEventListener("online", () => this.#reopen());
  }

  open() {
    this.#handlers.status("connecting");
    const after = this.#last ? `?after=${encodeURIComponent(this.#last)}` : "";
    const source = new EventSource(`api/stream${after}`);
    this.#source = source;
    for (const name of ["hello", "state", "block", "story", "run", "rule", "resumed"]) {
      source.addEventListener(name, (event) => {
        if (event.lastEventId) this.#last = event.lastEventId;
        this.#handlers[name]?.(JSON.parse(event.data));
      });
    }
    source.addEventListener("open", () => {
      this.#pause = 500;
      this.#handlers.status("live");
    });
    source.addEventListener("error", () => {
      if (source !== this.#source) return;
      this.#handlers.status("lost");
      // Opened anew by ourselves in every case: the browser gives up after an answer that is no stream.
      source.close();
      setTimeout(() => source === this.#source && this.open(), this.#pause);
      this.#pause = Math.min(this.#pause * 2, 5000);
    });
  }

  #reopen() {
    if (this.#source?.readyState === EventSource.OPEN) return;
    this.#source?.close();
    this.open();
  }
}

export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function answer(response) {
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, body?.error?.code ?? "", body?.error?.message ?? response.statusText);
  return body;
}

export const ask = async (path) => answer(await fetch(`api/${path}`, { headers: { Accept: "application/json" } }));

export const post = async (path, body) =>
  answer(await fetch(`api/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));
