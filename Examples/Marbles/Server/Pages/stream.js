// The connection to the server: one stream of events that resumes where it broke, and calls that change something.

/** The server gives a sign of life every ten seconds. */
const silenceMilliseconds = 25_000;

export class Stream {
  #last = null;
  #source = null;
  #handlers;
  #pause = 500;
  #watch = null;
  #actor;
  #page = [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  /**
   * Handlers: hello, state, blocks, story, run, rule, presence, ledger, resumed; status with "connecting", "live" or "lost".
   * actor: answers whom this page acts as.
   */
  constructor(handlers, actor) {
    this.#handlers = handlers;
    this.#actor = actor;
    // A machine that was asleep knows sooner than a time-out that it should look again.
    addEventListener("online", () => this.#reopen());
  }

  open() {
    this.#handlers.status("connecting");
    const facts = new URLSearchParams({ page: this.#page });
    if (this.#actor()) facts.set("actor", this.#actor());
    if (this.#last) facts.set("after", this.#last);
    const source = new EventSource(`api/stream?${facts}`);
    this.#source = source;
    const lose = () => {
      if (source !== this.#source) return;
      clearTimeout(this.#watch);
      this.#handlers.status("lost");
      // Opened anew by ourselves in every case: the browser gives up after an answer that is no stream.
      source.close();
      setTimeout(() => source === this.#source && this.open(), this.#pause);
      this.#pause = Math.min(this.#pause * 2, 5000);
    };
    // A server that hangs, or a connection of which only this end is left, breaks nothing: it falls silent.
    const expectMore = () => {
      if (source !== this.#source) return;
      clearTimeout(this.#watch);
      this.#watch = setTimeout(lose, silenceMilliseconds);
    };
    expectMore();
    for (const name of ["hello", "state", "block", "story", "run", "rule", "presence", "ledger", "resumed", "alive"]) {
      source.addEventListener(name, (event) => {
        expectMore();
        if (event.lastEventId) this.#last = event.lastEventId;
        const value = JSON.parse(event.data);
        if (name === "block") return this.#gather(value);
        if (name === "state" || name === "resumed") this.#flush();
        this.#handlers[name]?.(value);
      });
    }
    source.addEventListener("open", () => {
      this.#pause = 500;
      this.#handlers.status("live");
    });
    source.addEventListener("error", lose);
  }

  /** Whom this page acts as has changed. */
  tellActor() {
    // Nobody waits for it: the next connection tells it again.
    post("presence", { page: this.#page, actor: this.#actor() }).catch(() => {});
  }

  #blocks = [];
  #frame = null;

  /** Blocks of one frame are shown together. Pages that nobody looks at have no frames. */
  #gather(block) {
    this.#blocks.push(block);
    this.#frame ??= document.hidden ? setTimeout(() => this.#flush(), 200) : requestAnimationFrame(() => this.#flush());
  }

  #flush() {
    const blocks = this.#blocks;
    this.#frame = null;
    if (!blocks.length) return;
    this.#blocks = [];
    this.#handlers.blocks(blocks);
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
