// What the visitor wants done: sent, watched, and settled by the ledger's own word.

import { post, Refusal } from "./stream.js";

/** Actions of this page that are not settled yet, by request. */
export class Actions extends EventTarget {
  #open = new Map();
  actor = null;

  constructor(ledger) {
    super();
    // Where the answer got lost, the block that holds the transaction still settles it.
    const settle = (block) => {
      for (const action of this.#open.values()) {
        if (!action.isLost) continue;
        const transaction = block.transactions.find((other) => other.id === action.story?.transaction);
        if (transaction) this.#settle(action, { ...action.story, stage: "committed", code: transaction.code, block: block.number });
      }
    };
    ledger.addEventListener("blocks", ({ detail }) => detail.blocks.forEach(settle));
    ledger.addEventListener("reset", () => ledger.blocks.forEach(settle));
  }

  /** Sends several wishes, a few at a time; answers with how many came true. */
  async sendAll(wishes) {
    const waiting = [...wishes];
    let count = 0;
    const work = async () => {
      for (let wish = waiting.shift(); wish; wish = waiting.shift()) {
        const { story } = await this.send(wish, { isOneOfMany: wishes.length > 1 });
        if (hasSucceeded(story)) count += 1;
      }
    };
    await Promise.all(Array.from({ length: Math.min(sentAtOnce, wishes.length) }, work));
    return count;
  }

  /** wish: { kind, marble, owner, color, size, name, company } */
  async send(wish, { isOneOfMany = false } = {}) {
    const action = { wish: { ...wish, request: newRequest(), actor: this.actor ?? undefined }, story: null, isOneOfMany };
    this.#open.set(action.wish.request, action);
    this.#tell("sent", action);
    if (!navigator.onLine) {
      // Nothing left this machine, so nothing is open.
      this.#settle(action, { stage: "refused", isUnsent: true, refusals: [], milliseconds: {}, endorsers: [], earlier: [] });
      return action;
    }
    try {
      this.#settle(action, await post("actions", action.wish));
    } catch (error) {
      if (error instanceof Refusal) {
        this.#settle(action, { stage: "refused", message: error.message, refusals: [], milliseconds: {}, endorsers: [], earlier: [] });
      } else {
        // The server is gone, the transaction perhaps not: it stays open until a block tells.
        action.isLost = true;
        action.story = { refusals: [], endorsers: [], milliseconds: {}, earlier: [], failedAfter: action.story?.stage, ...action.story, stage: "unknown" };
        this.#tell("lost", action);
      }
    }
    return action;
  }

  /** A step that the server tells of, of anybody's action. */
  takeStory(story) {
    const action = this.#open.get(story.request);
    if (!action || rank(story) < rank(action.story)) return;
    action.story = story;
    this.#tell("step", action);
  }

  #settle(action, story) {
    if (!this.#open.delete(action.wish.request)) return;
    action.story = story;
    this.#tell("settled", action);
  }

  #tell(type, action) {
    this.dispatchEvent(new CustomEvent(type, { detail: action }));
  }
}

export const hasSucceeded = (story) => story?.stage === "committed" && story.code === "VALID";

const order = ["proposed", "endorsed", "ordered", "committed", "refused", "unknown"];
/** Later attempts come after all stages of earlier ones. */
const rank = (story) => (story?.earlier?.length ?? 0) * order.length + order.indexOf(story?.stage);
const sentAtOnce = 8;

const newRequest = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
