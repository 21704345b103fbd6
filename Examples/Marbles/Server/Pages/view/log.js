// What functions write, as they write it, and found again by search.

import { byID, iconButton, make, showPanel } from "../dom.js";
import { ask } from "../stream.js";
import { say } from "../words.js";
import { groupRuns, runView } from "./runs.js";

const shownCount = 60;
const pauseMilliseconds = 350;

export class LogPanel {
  #place = byID("log");
  #opener = byID("open-log");
  #returns = null;
  #ledger;
  #openBlock;
  #soon = null;

  constructor(ledger, openBlock) {
    this.#ledger = ledger;
    this.#openBlock = openBlock;
    this.#opener.addEventListener("click", () => this.open(""));
    this.#place.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    ledger.addEventListener("run", () => !this.#place.hidden && this.#look());
  }

  open(query) {
    if (!this.#place.contains(document.activeElement)) this.#returns = document.activeElement;
    this.input = make("input", { type: "search", id: "log-query", value: query, autocomplete: "off", spellcheck: "false", placeholder: say("logPlaceholder"), oninput: () => this.#look() });
    this.status = make("p", { class: "quiet", role: "status" }, say("loading"));
    this.list = make("div", { class: "runs" });
    this.#place.replaceChildren(
      make("div", { class: "panel-head" }, make("div", {}, make("h2", { id: "log-title" }, say("logTitle")), make("p", {}, say("logText"))), iconButton("close", say("close"), () => this.close())),
      make("label", { class: "field" }, make("span", { class: "hidden" }, say("logSearch")), this.input),
      this.status, this.list);
    showPanel(this.#place);
    this.input.focus();
    this.#load();
  }

  close() {
    this.#place.hidden = true;
    clearTimeout(this.#soon);
    this.#soon = null;
    if (this.#returns?.isConnected) this.#returns.focus();
  }

  /** New lines come in crowds, and words letter by letter: the node is asked now and then. */
  #look() {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      if (!this.#place.hidden) this.#load();
    }, pauseMilliseconds);
  }

  async #load() {
    const query = this.input.value.trim();
    let answer;
    try {
      answer = await ask(`runs?query=${encodeURIComponent(query)}`);
    } catch (error) {
      this.status.textContent = error.message;
      return;
    }
    if (query !== this.input.value.trim()) return this.#look();
    const runs = groupRuns(answer.runs).reverse().slice(0, shownCount);
    this.status.textContent = runs.length ? say(query ? "logFound" : "logLive", { count: runs.length }) : say("logEmpty");
    this.list.replaceChildren(...runs.map((run) => runView(run, { openBlock: this.#openBlock, place: this.#ledger.places.get(run.transaction) })));
    return null;
  }
}
