// The row of blocks, and under each the runs of the functions it set off.

import { byID, make } from "../dom.js";
import { ask } from "../stream.js";
import { say } from "../words.js";

/** Blocks of the row while nobody looks further back. */
const shownCount = 40;
const edgePixels = 200;

export class Chain {
  #row = byID("chain");
  #items = new Map();
  #ledger;
  #open;

  /** open: shows a block's details. */
  constructor(ledger, open) {
    this.#ledger = ledger;
    this.#open = open;
    ledger.addEventListener("reset", () => this.draw());
    ledger.addEventListener("blocks", ({ detail }) => this.#follow(detail.blocks));
    ledger.addEventListener("run", ({ detail }) => this.#addRun(detail.run));
    this.#row.addEventListener("keydown", (event) => this.#walk(event));
    this.#row.addEventListener("scroll", () => this.#row.scrollLeft < edgePixels && this.#loadEarlier(), { passive: true });
    this.#row.addEventListener("wheel", (event) => {
      // A wheel that goes up and down moves the row along.
      if (event.deltaX || !event.deltaY) return;
      event.preventDefault();
      this.#row.scrollLeft += event.deltaY;
    }, { passive: false });
  }

  #follow(blocks) {
    const isAtEnd = this.#isAtEnd();
    // Of a flood the last ones are seen; the rest is there for who looks back.
    for (const block of isAtEnd ? blocks.slice(-shownCount) : blocks) this.#add(block, blocks.length < 4);
    if (isAtEnd) {
      while (this.#items.size > shownCount) {
        const [number, oldest] = this.#items.entries().next().value;
        oldest.item.remove();
        this.#items.delete(number);
      }
      this.#row.scrollLeft = this.#row.scrollWidth;
    }
    byID("height").textContent = String(this.#ledger.height);
    this.#oneTabStop();
    this.mark(this.#marked);
  }

  #isAtEnd() {
    return this.#row.scrollLeft + this.#row.clientWidth > this.#row.scrollWidth - 80;
  }

  #isLoading = false;

  /** Blocks from before the first one of the row. */
  async #loadEarlier() {
    const first = this.#items.keys().next().value;
    if (this.#isLoading || !first) return;
    this.#isLoading = true;
    try {
      let earlier = this.#ledger.blocks.filter((block) => block.number < first).slice(-shownCount);
      if (!earlier.length) earlier = this.#ledger.takeEarlier((await ask(`blocks?before=${first}`)).blocks);
      const width = this.#row.scrollWidth;
      const known = [...this.#items];
      this.#items.clear();
      const front = document.createDocumentFragment();
      for (const block of earlier) front.append(this.#make(block, false).item);
      for (const [number, record] of known) this.#items.set(number, record);
      this.#row.prepend(front);
      this.#row.scrollLeft += this.#row.scrollWidth - width;
      this.mark(this.#marked);
    } catch {
      // The row stays as it is; the next look back tries again.
    }
    this.#isLoading = false;
  }

  #marked = null;

  /** Marks the block whose moment is shown; null for now. */
  mark(number) {
    const wasMarked = this.#marked !== null;
    this.#marked = number;
    for (const [other, { item }] of this.#items) {
      item.classList.toggle("is-shown", other === number);
      item.classList.toggle("is-later", number !== null && other > number);
    }
    if (wasMarked && number === null) this.#row.scrollLeft = this.#row.scrollWidth;
    if (number !== null) this.#items.get(number)?.item.scrollIntoView({ block: "nearest", inline: "center" });
  }

  draw() {
    this.#items.clear();
    this.#row.replaceChildren();
    for (const block of this.#ledger.blocks.slice(-shownCount)) this.#add(block, false);
    byID("height").textContent = String(this.#ledger.height);
    this.#oneTabStop();
    this.#row.scrollLeft = this.#row.scrollWidth;
  }

  #add(block, isNew) {
    this.#row.append(this.#make(block, isNew).item);
  }

  #make(block, isNew) {
    const isInvalid = block.transactions.some((transaction) => !transaction.isValid);
    const text = String(block.number).padStart(3, "0");
    const face = make("button", { type: "button", class: `block-face${text.length > 4 ? " is-wide" : ""}`, tabindex: "-1", onclick: () => this.#open(block.number) }, text);
    const lane = make("span", { class: "lane", "aria-hidden": "true" });
    const item = make("li", { class: `block${isNew ? " is-new" : ""}${isInvalid ? " is-invalid" : ""}` }, face, lane);
    const record = { block, item, face, lane, requests: new Set() };
    this.#items.set(block.number, record);
    for (const run of this.#ledger.runsOfBlock(block)) this.#count(record, run);
    this.#label(record);
    return record;
  }

  #addRun(run) {
    const record = this.#items.get(this.#ledger.places.get(run.transaction));
    if (record && this.#count(record, run)) this.#label(record);
  }

  /** One mark for each invocation, however many lines it wrote. */
  #count(record, run) {
    if (record.requests.has(run.request)) return false;
    record.requests.add(run.request);
    if (record.lane.childElementCount < 4) record.lane.append(make("span", { class: `run-dot${run.error ? " is-error" : ""}` }));
    return true;
  }

  #label({ block, face, requests }) {
    const isValid = block.transactions.every((transaction) => transaction.isValid);
    let label = say("blockLabel", { number: block.number, count: block.transactions.length, code: say(isValid ? "blockValid" : "blockInvalid") });
    if (requests.size) label += ", " + say("runs", { count: requests.size });
    face.setAttribute("aria-label", label);
    face.title = label;
  }

  #oneTabStop() {
    const faces = [...this.#row.querySelectorAll(".block-face")];
    const current = faces.find((face) => face === document.activeElement) ?? faces.at(-1);
    for (const face of faces) face.tabIndex = face === current ? 0 : -1;
  }

  #walk(event) {
    const faces = [...this.#row.querySelectorAll(".block-face")];
    const index = faces.indexOf(event.target);
    const next = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: faces.length - 1 }[event.key];
    if (index === -1 || next === undefined) return;
    event.preventDefault();
    if (next < 0) return this.#loadEarlier();
    const face = faces[Math.max(0, Math.min(faces.length - 1, next))];
    for (const other of faces) other.tabIndex = other === face ? 0 : -1;
    face.focus();
  }
}
