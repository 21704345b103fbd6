// The row of blocks, and under each the runs of the functions it set off.

import { byID, make } from "../dom.js";
import { say } from "../words.js";

const shownCount = 40;

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
    ledger.addEventListener("block", ({ detail }) => this.#add(detail.block, true));
    ledger.addEventListener("run", ({ detail }) => this.#addRun(detail.run));
    this.#row.addEventListener("keydown", (event) => this.#walk(event));
  }

  draw() {
    this.#items.clear();
    this.#row.replaceChildren();
    for (const block of this.#ledger.blocks.slice(-shownCount)) this.#add(block, false);
    byID("height").textContent = String(this.#ledger.height);
  }

  #add(block, isNew) {
    const isInvalid = block.transactions.some((transaction) => !transaction.isValid);
    const text = String(block.number).padStart(3, "0");
    const face = make("button", { type: "button", class: `block-face${text.length > 4 ? " is-wide" : ""}`, tabindex: "-1", onclick: () => this.#open(block.number) }, text);
    const lane = make("span", { class: "lane", "aria-hidden": "true" });
    const item = make("li", { class: `block${isNew ? " is-new" : ""}${isInvalid ? " is-invalid" : ""}` }, face, lane);
    const record = { block, item, face, lane, requests: new Set() };
    this.#items.set(block.number, record);
    this.#row.append(item);
    for (const run of this.#ledger.runsOfBlock(block)) this.#count(record, run);
    this.#label(record);
    byID("height").textContent = String(this.#ledger.height);
    while (this.#items.size > shownCount) {
      const [number, oldest] = this.#items.entries().next().value;
      oldest.item.remove();
      this.#items.delete(number);
    }
    this.#oneTabStop();
    this.#row.scrollLeft = this.#row.scrollWidth;
  }

  #addRun(run) {
    const record = this.#items.get(this.#ledger.places.get(run.transaction));
    if (record && this.#count(record, run)) this.#label(record);
  }

  /** One mark for each invocation, however many lines it wrote. */
  #count(record, run) {
    if (record.requests.has(run.request)) return false;
    record.requests.add(run.request);
    if (record.lane.childElementCount < 4) record.lane.append(make("span", { class: `run-dot${run.level === "ERROR" ? " is-error" : ""}` }));
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
    const face = faces[Math.max(0, Math.min(faces.length - 1, next))];
    for (const other of faces) other.tabIndex = other === face ? 0 : -1;
    face.focus();
  }
}
