// Companies side by side with their owners' cards. Follows the ledger by differences: nothing is drawn anew that stays.

import { byID, calm, icon, make } from "../dom.js";
import { say } from "../words.js";
import { Card } from "./card.js";

const crowd = 1500;
const flightCountMax = 40;

export class Board {
  #place = byID("board");
  #companies = new Map();
  cards = new Map();

  /** ledgers: all that context.ledger may be; only what happens in the one that is shown is followed. */
  constructor(context, ledgers) {
    this.context = context;
    this.context.pins = new Pins(() => this.filter());
    for (const ledger of ledgers) {
      ledger.addEventListener("reset", () => ledger === context.ledger && this.draw());
      ledger.addEventListener("blocks", ({ detail }) => ledger === context.ledger && this.#follow(detail.changes));
    }
    this.search = byID("search");
    this.search.addEventListener("input", () => this.filter());
    this.#place.addEventListener("keydown", (event) => this.#walk(event));
  }

  /** Everything anew: at the beginning, and when the language changes. */
  draw() {
    const { ledger } = this.context;
    this.#place.classList.toggle("is-crowded", ledger.marbles.size > crowd);
    this.cards.clear();
    this.#companies.clear();
    const names = new Set([...(ledger.settings?.companies.map((company) => company.name) ?? []), ...[...ledger.owners.values()].map((owner) => owner.company)]);
    this.#place.replaceChildren(...[...names].map((name) => this.#company(name)));
    for (const owner of ledger.owners.values()) if (owner.isEnabled) this.#addCard(owner);
    this.filter();
  }

  refresh() {
    for (const card of this.cards.values()) card.refresh();
    this.filter();
  }

  #company(name) {
    const facts = this.context.ledger.settings?.companies.find((company) => company.name === name);
    const count = make("p", { class: "company-count" });
    const cards = make("div", { class: "cards" });
    const id = `company-${this.#companies.size}`;
    const section = make("section", { class: "company", "aria-labelledby": id },
      make("div", { class: "company-head" },
        make("span", { class: "company-mark", "aria-hidden": "true" }),
        make("div", { class: "company-title" }, make("h2", { id }, name), make("p", {}, facts ? facts.peer : "")),
        count,
        facts && make("button", { type: "button", class: "tool add-owner", "aria-label": say("addOwnerTo", { company: name }), onclick: () => this.context.addOwner(name) }, icon("plus"), make("span", {}, say("addOwner")))),
      cards);
    this.#companies.set(name, { section, cards, count });
    return section;
  }

  #addCard(owner) {
    if (!this.#companies.has(owner.company)) this.#place.append(this.#company(owner.company));
    const card = new Card(owner, this.context);
    this.cards.set(owner.id, card);
    this.#companies.get(owner.company).cards.append(card.element);
    return card;
  }

  #follow(changes) {
    const { ledger } = this.context;
    const touched = new Set();
    const flights = [];
    // A crowd that moves at once is seen better without each one's way.
    const moves = !calm() && changes.length <= flightCountMax;
    for (const change of changes) {
      if (change.kind === "ownerGone") {
        if (this.cards.has(change.id)) this.#removeCard(this.cards.get(change.id));
        continue;
      }
      if (change.kind === "owner") {
        const owner = ledger.owner(change.id);
        const card = this.cards.get(change.id);
        if (!owner) continue;
        if (!card && owner.isEnabled) this.#addCard(owner);
        else if (card && !owner.isEnabled) this.#removeCard(card);
        else card?.refresh();
        continue;
      }
      const from = this.cards.get(change.from);
      const to = this.cards.get(change.to);
      const element = from?.marbleElement(change.id);
      if (element && moves) flights.push({ change, from: element.getBoundingClientRect(), element });
      if (element && document.activeElement === element) this.#keepFocus = change.id;
      if (from) touched.add(from);
      if (to) touched.add(to);
    }
    for (const card of touched) card.fill();
    if (moves) this.#fly(changes, flights);
    if (this.#keepFocus) {
      const marble = ledger.marbles.get(this.#keepFocus);
      (this.cards.get(marble?.owner)?.marbleElement(marble.id) ?? byID("board")).focus({ preventScroll: true });
      this.#keepFocus = null;
    }
    if (touched.size || changes.some((change) => change.kind !== "marble")) this.filter();
  }

  #keepFocus = null;

  #removeCard(card) {
    this.cards.delete(card.id);
    // Whoever has just retired this owner goes on from another card.
    if (card.element.contains(document.activeElement)) ([...this.cards.values()][0]?.plus ?? byID("board")).focus({ preventScroll: true });
    card.element.classList.add("is-fading");
    setTimeout(() => card.element.remove(), calm() ? 0 : 350);
  }

  /** Lets marbles roll from where they were to where they are. */
  #fly(changes, flights) {
    for (const { change, from, element } of flights) {
      const landed = this.cards.get(change.to)?.marbleElement(change.id);
      if (landed && landed !== element) {
        const to = landed.getBoundingClientRect();
        const [x, y] = [from.left - to.left, from.top - to.top];
        if (Math.abs(x) + Math.abs(y) < 4) continue;
        landed.animate([{ transform: `translate(${x}px, ${y}px) rotate(${x > 0 ? 200 : -200}deg)`, zIndex: 5 }, { transform: "none", zIndex: 5 }], { duration: 520, easing: "cubic-bezier(.2,.8,.2,1)" });
      } else if (!landed && change.kind === "gone") {
        const copy = element.cloneNode(true);
        copy.classList.add("marble-lifted");
        document.body.append(copy);
        copy.animate([{ transform: `translate(${from.left}px, ${from.top}px)` }, { transform: `translate(${from.left}px, ${from.top}px) scale(0)`, opacity: 0 }], { duration: 320, easing: "ease-in" }).finished.finally(() => copy.remove());
      }
    }
    for (const change of changes) {
      if (change.kind !== "marble" || change.from) continue;
      this.cards.get(change.to)?.marbleElement(change.id)?.animate([{ transform: "scale(0)" }, { transform: "scale(1.12)", offset: 0.7 }, { transform: "none" }], { duration: 420, easing: "ease-out" });
    }
  }

  /** Comma-separated words; a card stays if one of them occurs on it, or if it is pinned. */
  filter() {
    const words = this.search.value.toLowerCase().split(",").map((word) => word.trim()).filter(Boolean);
    let shown = 0;
    const counts = new Map();
    for (const card of this.cards.values()) {
      const text = words.length ? card.searchText : "";
      const isShown = !words.length || this.context.pins.has(card.id) || words.some((word) => text.includes(word));
      card.element.hidden = !isShown;
      const count = counts.get(card.owner.company) ?? { shown: 0, all: 0 };
      count.all += 1;
      if (isShown) {
        count.shown += 1;
        shown += 1;
      }
      counts.set(card.owner.company, count);
    }
    for (const [name, company] of this.#companies) {
      const count = counts.get(name) ?? { shown: 0, all: 0 };
      company.count.textContent = say("owners", count);
      company.section.hidden = words.length > 0 && count.shown === 0;
    }
    // So many that their glass would cost more than it gives.
    this.#place.classList.toggle("is-crowded", this.context.ledger.marbles.size > crowd);
    byID("found").textContent = say("found", { shown, all: this.cards.size });
    byID("found").setAttribute("aria-label", say("foundWords", { shown, all: this.cards.size }));
  }

  #walk(event) {
    const button = event.target.closest?.(".marble[data-marble]");
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!button || !step || this.context.isCarrying()) return;
    event.preventDefault();
    this.cards.get(button.closest(".card").dataset.owner)?.move(button, step);
  }
}

/** Owners that stay in view while others are filtered out; remembered by the browser. */
class Pins {
  #ids = new Set(JSON.parse(localStorage.getItem("marbles.pins") ?? "[]"));
  #changed;

  constructor(changed) {
    this.#changed = changed;
  }

  has(id) {
    return this.#ids.has(id);
  }

  toggle(id) {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    localStorage.setItem("marbles.pins", JSON.stringify([...this.#ids]));
    this.#changed();
  }
}
