// Who is here, what happened while one looked, and how fast it went.

import { byID, icon, iconButton, make, showPanel } from "../dom.js";
import { figure, say, titleCase } from "../words.js";

const keptCount = 50;
const measuredCount = 100;
const rateSeconds = 10;

export class ActivityPanel {
  #place = byID("activity");
  #opener = byID("open-activity");
  #ledger;
  #openBlock;
  #events = [];
  #unseen = 0;
  #presence = { pages: 0, actors: {} };
  #stages = { proposed: [], endorsed: [], ordered: [], committed: [] };
  #functions = new Map();
  #times = [];

  constructor(ledger, openBlock) {
    this.#ledger = ledger;
    this.#openBlock = openBlock;
    this.#opener.addEventListener("click", () => (this.#place.hidden ? this.open() : this.close()));
    this.#place.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    ledger.addEventListener("blocks", ({ detail }) => this.#takeBlocks(detail.blocks));
    ledger.addEventListener("run", ({ detail }) => this.#takeRun(detail.run));
    this.#drawOpener();
  }

  open() {
    showPanel(this.#place);
    this.#unseen = 0;
    this.#drawOpener();
    this.draw();
    this.#place.querySelector("button").focus();
  }

  close() {
    if (this.#place.hidden) return;
    this.#place.hidden = true;
    this.#opener.focus();
  }

  takePresence(presence) {
    this.#presence = presence;
    this.#drawOpener();
    this.#drawSoon();
  }

  /** Something that is no transaction: { text, isBad, isGood }. */
  add(event) {
    this.#events.unshift({ time: Date.now(), ...event });
    this.#events.length = Math.min(this.#events.length, keptCount);
    if (this.#place.hidden && event.isBad) this.#unseen += 1;
    this.#drawOpener();
    this.#drawSoon();
  }

  /** How long the stages of an action took. */
  measure(story) {
    let before = 0;
    for (const [stage, times] of Object.entries(this.#stages)) {
      const time = story.milliseconds?.[stage];
      if (time === undefined) return;
      times.push(time - before);
      if (times.length > measuredCount) times.shift();
      before = time;
    }
  }

  #takeBlocks(blocks) {
    const now = Date.now();
    for (const block of blocks) {
      this.#times.push({ now, count: block.transactions.length });
      for (const transaction of block.transactions.slice(0, keptCount)) {
        const text = this.#sentence(transaction);
        if (text) this.add({ text, block: block.number, isBad: !transaction.isValid, isGood: transaction.isValid });
      }
    }
    while (this.#times.length && this.#times[0].now < now - rateSeconds * 1000) this.#times.shift();
  }

  /** What a transaction did, by whom; nothing for what is no affair of marbles. */
  #sentence({ by, function: name, changes, isValid, code }) {
    const actor = titleCase((by?.name ?? "").split("@")[0]);
    const what = { init_marble: "eventcreate", set_owner: "eventtransfer", delete_marble: "eventdelete", init_owner: "eventregister", disable_owner: "eventretire", grant_points: "eventpoints" }[name];
    if (!what) return null;
    if (!isValid) return say("eventinvalid", { actor, function: name, code });
    const owner = changes.find((change) => change.owner)?.owner ?? this.#ledger.owner(changes.find((change) => change.marble)?.marble.owner);
    return say(what, { actor, owner: titleCase(owner?.name ?? ""), company: owner?.company ?? "" });
  }

  #takeRun(run) {
    if (run.milliseconds === undefined || run.milliseconds === null) return;
    const times = this.#functions.get(run.function) ?? [];
    times.push(run.milliseconds);
    if (times.length > measuredCount) times.shift();
    this.#functions.set(run.function, times);
    this.#drawSoon();
  }

  #drawOpener() {
    const { pages } = this.#presence;
    const label = say("activity") + (pages ? `, ${say(pages === 1 ? "pagesOne" : "pagesMany", { count: pages })}` : "") + (this.#unseen ? `, ${say("unseen", { count: this.#unseen })}` : "");
    this.#opener.replaceChildren(icon("people"), make("span", { class: "tool-count", "aria-hidden": "true" }, String(pages || "")), ...(this.#unseen ? [make("span", { class: "tool-mark", "aria-hidden": "true" })] : []));
    this.#opener.setAttribute("aria-label", label);
    this.#opener.title = label;
  }

  #soon = null;

  #drawSoon() {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      if (!this.#place.hidden) this.draw();
    }, 250);
  }

  /** Anew as a whole; the focus stays where it was. */
  draw() {
    this.#drawOpener();
    if (this.#place.hidden) return;
    const focused = [...this.#place.querySelectorAll("button")].indexOf(document.activeElement);
    const { pages, actors } = this.#presence;
    const present = Object.entries(actors).map(([id, count]) => ({ owner: this.#ledger.owner(id), count })).filter(({ owner }) => owner);
    this.#place.replaceChildren(
      make("div", { class: "panel-head" }, make("div", {}, make("h2", { id: "activity-title" }, say("activity"))), iconButton("close", say("close"), () => this.close())),
      make("h3", {}, say("whoIsHere")),
      make("p", { class: "quiet" }, say(pages === 1 ? "pagesOne" : "pagesMany", { count: pages })),
      make("ul", { class: "people" }, present.map(({ owner, count }) =>
        make("li", { class: "person" }, icon("person"), make("b", {}, titleCase(owner.name)), make("span", {}, owner.company), count > 1 && make("span", { class: "badge badge-good" }, `× ${count}`)))),
      make("h3", {}, say("figures")), this.#figures(),
      make("h3", {}, say("happened")),
      this.#events.length ? make("ol", { class: "events" }, this.#events.map((event) => this.#event(event))) : make("p", { class: "quiet" }, say("nothingYet")));
    if (focused >= 0) (this.#place.querySelectorAll("button")[focused] ?? this.#place.querySelector("button")).focus({ preventScroll: true });
  }

  #event({ time, text, block, isBad, isGood }) {
    return make("li", { class: `event${isBad ? " is-bad" : ""}${isGood ? " is-good" : ""}` }, icon(isBad ? "warning" : isGood ? "check" : "history"),
      make("span", { class: "event-text" }, text),
      make("span", { class: "event-facts" }, new Date(time).toLocaleTimeString(document.documentElement.lang),
        block !== undefined && make("button", { type: "button", class: "link", onclick: () => this.#openBlock(block) }, say("block", { number: block }))));
  }

  #figures() {
    const rows = [
      ...Object.entries({ proposed: "proposal", endorsed: "endorsement", ordered: "ordering", committed: "commit" }).map(([stage, name]) => [say(name), this.#stages[stage]]),
      ...[...this.#functions].map(([name, times]) => [name, times]),
    ].filter(([, times]) => times.length);
    const count = this.#times.filter(({ now }) => now > Date.now() - rateSeconds * 1000).reduce((sum, { count }) => sum + count, 0);
    return make("div", {},
      make("p", { class: "quiet" }, say("rate", { rate: (count / rateSeconds).toFixed(1), seconds: rateSeconds })),
      rows.length > 0 && make("table", { class: "figures" },
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, ""), make("th", { scope: "col" }, say("median")), make("th", { scope: "col" }, say("slowest")), make("th", { scope: "col" }, say("measured")))),
        make("tbody", {}, rows.map(([name, times]) => {
          const sorted = [...times].sort((a, b) => a - b);
          return make("tr", {}, make("th", { scope: "row" }, name), ...[sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map((time) => make("td", {}, say("ms", { ms: figure(time) }))), make("td", {}, String(times.length)));
        }))));
  }
}
