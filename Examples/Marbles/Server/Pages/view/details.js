// A block in full, at the right: its header, its transactions, and the functions it set off with what they wrote.

import { byID, icon, iconButton, make } from "../dom.js";
import { ask } from "../stream.js";
import { clockTime, say } from "../words.js";

export class DetailsPanel {
  #place = byID("details");
  #number = null;
  #opener = null;
  #ledger;

  constructor(ledger) {
    this.#ledger = ledger;
    // Functions may write long after the block: their lines appear as they come.
    ledger.addEventListener("run", ({ detail }) => ledger.places.get(detail.run.transaction) === this.#number && this.#loadSoon());
    this.#place.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  async open(number) {
    if (!this.#place.contains(document.activeElement)) this.#opener = document.activeElement;
    this.#number = number;
    this.#place.hidden = false;
    this.#mark();
    this.#place.replaceChildren(this.#head(), make("p", { class: "quiet" }, say("loading")));
    this.#place.querySelector("button").focus();
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
    return make("div", { class: "panel-head" },
      make("div", {}, make("h2", { id: "details-title" }, say("blockTitle", { number: this.#number }))),
      iconButton("close", say("close"), () => this.close()));
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
    this.#place.replaceChildren(
      this.#head(),
      make("dl", { class: "facts" },
        fact("hash", make("span", { class: "hash" }, block.hash)),
        block.previousHash && fact("previous", make("span", { class: "hash" }, block.previousHash)),
        block.commitHash && fact("commitHash", make("span", { class: "hash" }, block.commitHash)),
        fact("sizeBytes", say("bytes", { count: block.byteCount })),
        block.orderers?.length > 0 && fact("orderer", block.orderers.map((orderer) => orderer.name).join(", "))),
      make("h3", {}, say("transactions")),
      ...answer.transactions.map((transaction) => this.#transaction(transaction)),
      make("h3", {}, say("functions")),
      ...(runs.length ? runs.map(runView) : [make("p", { class: "quiet" }, say("noRuns"))]));
    for (const details of this.#place.querySelectorAll("details")) details.open = openParts.has(details.dataset.part);
    (this.#place.querySelector(`[data-part="${CSS.escape(focused ?? "")}"]`) ?? this.#place.querySelector("button")).focus({ preventScroll: true });
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
      transaction.transaction && part("transaction", make("p", { class: "hash" }, transaction.transaction)));
  }
}

const fact = (name, value) => [make("dt", {}, say(name)), make("dd", {}, value)];

/** Keys of the system have a zero byte in front. */
const printable = (key) => (key ?? "").replace(/[\u0000-\u001f]/g, "·");

/** Lines by invocation, each line once, in the order of their time. */
function groupRuns(lines) {
  const runs = new Map();
  const seen = new Set();
  for (const line of lines.sort((a, b) => (a.time < b.time ? -1 : 1))) {
    if (seen.has(line.cursor)) continue;
    seen.add(line.cursor);
    const key = line.request || line.cursor;
    if (!runs.has(key)) runs.set(key, { ...line, lines: [] });
    if (line.message) runs.get(key).lines.push(line.message);
  }
  return [...runs.values()];
}

const runView = (run) =>
  make("div", { class: "run" },
    make("p", { class: "run-head" }, icon("function"), make("b", {}, `${run.service} / ${run.function}`), make("span", {}, [run.trigger, clockTime(Date.parse(run.time))].filter(Boolean).join(" · "))),
    run.lines.length > 0 && make("pre", {}, run.lines.join("\n")));
