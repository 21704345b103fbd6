// A block in full, at the right: its header, its transactions, and the functions it set off with what they wrote.

import { byID, iconButton, make, showPanel } from "../dom.js";
import { ask } from "../stream.js";
import { clockTime, say } from "../words.js";
import { checkChain, headerHash } from "../hashes.js";
import { groupRuns, runView } from "./runs.js";

export class DetailsPanel {
  #place = byID("details");
  #number = null;
  #opener = null;
  #ledger;

  /** showPast: shows who owned what after a block; showLog: shows lines by a search. */
  constructor(ledger, { showPast, showLog }) {
    this.#ledger = ledger;
    this.showPast = showPast;
    this.showLog = showLog;
    // Functions may write long after the block: their lines appear as they come.
    ledger.addEventListener("run", ({ detail }) => ledger.places.get(detail.run.transaction) === this.#number && this.#loadSoon());
    this.#place.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  async open(number) {
    if (!this.#place.contains(document.activeElement)) this.#opener = document.activeElement;
    this.#number = number;
    showPanel(this.#place);
    this.#mark();
    this.#place.replaceChildren(this.#head(), make("p", { class: "quiet" }, say("loading")));
    this.#place.querySelector("[data-part=close]").focus();
    await this.#load();
  }

  close() {
    this.#place.hidden = true;
    this.#number = null;
    this.#mark();
    if (this.#opener?.isConnected) this.#opener.focus();
  }

  #soon = null;

  #loadSoon() {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.#number !== null && this.#load(), 300);
  }

  #mark() {
    for (const face of document.querySelectorAll(".block-face")) face.setAttribute("aria-pressed", String(Number(face.textContent) === this.#number));
  }

  #head() {
    const number = this.#number;
    const step = (name, symbol, to) => iconButton(symbol, say(name), () => this.open(to), { disabled: to < 0 || to >= this.#ledger.height, "data-part": name });
    return make("div", { class: "panel-head" },
      make("div", {}, make("h2", { id: "details-title" }, say("blockTitle", { number }))),
      step("blockBefore", "before", number - 1), step("blockAfter", "after", number + 1),
      iconButton("close", say("close"), () => this.close(), { "data-part": "close" }));
  }

  /** The hash as this page works it out from number, previous hash and data hash. */
  async #verify(block, place) {
    const isRight = (await headerHash(block)) === block.hash;
    place.className = `check ${isRight ? "is-good" : "is-bad"}`;
    place.textContent = say(isRight ? "hashRight" : "hashWrong");
  }

  async #checkBack(button, place) {
    button.disabled = true;
    place.className = "check";
    place.textContent = say("loading");
    try {
      const { count, wrong } = await checkChain(this.#number);
      place.className = `check ${wrong === null ? "is-good" : "is-bad"}`;
      place.textContent = wrong === null ? say("chainRight", { count }) : say("chainWrong", { number: wrong });
    } catch (error) {
      place.textContent = error.message;
    }
    button.disabled = false;
    // A button that cannot be pressed has lost the focus.
    if (document.activeElement === document.body) (button.isConnected ? button : this.#place.querySelector("[data-part=chain]"))?.focus();
  }

  async #load() {
    const number = this.#number;
    let answer;
    try {
      answer = await ask(`blocks/${number}`);
    } catch (error) {
      if (this.#number === number) this.#place.replaceChildren(this.#head(), make("p", { class: "quiet", role: "alert" }, error.message));
      return;
    }
    if (this.#number !== number) return;
    const { block } = answer;
    const runs = groupRuns([...answer.runs, ...this.#liveRuns(answer)]);
    const openParts = new Set([...this.#place.querySelectorAll("details[open]")].map((details) => details.dataset.part));
    const focused = document.activeElement?.dataset?.part;
    const hasFocus = this.#place.contains(document.activeElement);
    const check = make("span", { class: "check", role: "status" });
    const chainCheck = make("span", { class: "check", role: "status" });
    const chainButton = make("button", { type: "button", class: "button", "data-part": "chain", onclick: () => this.#checkBack(chainButton, chainCheck) }, say("checkChain"));
    this.#place.replaceChildren(...[
      this.#head(),
      make("dl", { class: "facts" },
        block.time && fact("made", clockTime(Date.parse(block.time))),
        fact("heightAfter", String(block.number + 1)),
        fact("hash", make("span", {}, make("span", { class: "hash" }, block.hash), " ", check)),
        block.previousHash && fact("previous", make("span", { class: "hash" }, block.previousHash)),
        block.commitHash && fact("commitHash", make("span", { class: "hash" }, block.commitHash)),
        fact("sizeBytes", say("bytes", { count: block.byteCount })),
        block.orderers?.length > 0 && fact("orderer", block.orderers.map((orderer) => orderer.name).join(", "))),
      make("div", { class: "panel-actions" },
        make("button", { type: "button", class: "button", "data-part": "past", onclick: () => this.showPast(number) }, say("boardThen")),
        chainButton, chainCheck),
      make("h3", {}, say("transactions")),
      block.transactionCount > answer.transactions.length && make("p", { class: "quiet" }, say("someOf", { shown: answer.transactions.length, all: block.transactionCount })),
      ...answer.transactions.map((transaction) => this.#transaction(transaction)),
      make("h3", {}, say("functions")),
      ...(runs.length ? runs.map((run) => runView(run)) : [make("p", { class: "quiet" }, say("noRuns"))]),
    ].filter(Boolean));
    this.#verify(block, check);
    for (const details of this.#place.querySelectorAll("details")) details.open = openParts.has(details.dataset.part);
    if (hasFocus) (this.#place.querySelector(`[data-part="${CSS.escape(focused ?? "")}"]:not(:disabled)`) ?? this.#place.querySelector("[data-part=close]")).focus({ preventScroll: true });
  }

  #liveRuns(answer) {
    return answer.transactions.flatMap((transaction) => this.#ledger.runs.get(transaction.transaction) ?? []);
  }

  #transaction(transaction) {
    const part = (name, content) =>
      make("details", { "data-part": `${transaction.index}-${name}` }, make("summary", { "data-part": `${transaction.index}-${name}-summary` }, say(name)), content);
    const writes = transaction.writes ?? [];
    const reads = transaction.reads ?? [];
    return make("article", { class: "tx" },
      make("div", { class: "tx-head" },
        make("strong", {}, transaction.function ?? say("config")),
        make("span", { class: `badge ${transaction.isValid ? "badge-good" : "badge-bad"}` }, transaction.code)),
      make("dl", { class: "facts" },
        transaction.creator && fact("by", `${transaction.creator.name ?? ""} (${transaction.creator.mspId})`),
        transaction.endorsers?.length > 0 && fact("endorsers", make("span", {}, transaction.endorsers.map((endorser) => make("span", { class: "endorser" }, `${endorser.name} (${endorser.mspId})`, make("br"))))),
        transaction.contract && fact("contract", transaction.contract),
        transaction.time && fact("made", clockTime(Date.parse(transaction.time))),
        transaction.explanation && fact("why", transaction.explanation.message)),
      transaction.arguments?.length > 0 && part("arguments", make("pre", {}, transaction.arguments.map((argument) => argument.value ?? argument.valueBase64).join("\n"))),
      writes.length > 0 && part("writes", make("pre", {}, writes.map((write) => `${printable(write.key)} ${write.isDelete ? "✕" : "= " + (write.value ?? "")}`).join("\n"))),
      reads.length > 0 && part("reads", make("pre", {}, reads.map((read) => `${printable(read.key ?? `${read.rangeStart} … ${read.rangeEnd}`)}${read.version ? ` @ ${read.version.block}:${read.version.index}` : ""}`).join("\n"))),
      transaction.transaction && part("transaction", make("div", {}, make("p", { class: "hash" }, transaction.transaction),
        make("button", { type: "button", class: "link", onclick: () => this.showLog(`"${transaction.transaction}"`) }, say("itsLines")))));
  }
}

const fact = (name, value) => [make("dt", {}, say(name)), make("dd", {}, value)];

/** Keys of the system have a zero byte in front. */
const printable = (key) => (key ?? "").replace(/[\u0000-\u001f]/g, "·");
