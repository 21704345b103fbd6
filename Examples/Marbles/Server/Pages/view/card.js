// An owner's card: name, points, pin, and a tray of marbles.

import { calm, icon, iconButton, make } from "../dom.js";
import { say, titleCase } from "../words.js";
import { marbleButton } from "./marble.js";

const shownAtFirst = 24;

export class Card {
  #shown = shownAtFirst;
  #marbles = new Map();

  /** context: { ledger, pins, chosen, actorID(), presentAs(owner), createFor(owner), retire(owner) } */
  constructor(owner, context) {
    this.context = context;
    this.id = owner.id;
    this.name = make("h3", { class: "card-name" });
    this.points = make("p", { class: "card-points" });
    this.here = make("span", { class: "card-here", hidden: true });
    this.pin = iconButton("pin", "", () => this.#togglePin(), { "aria-pressed": "false" });
    this.bin = iconButton("archive", "", () => context.retire(this.owner));
    this.tray = make("ul", { class: "tray", role: "list" });
    this.more = make("button", { type: "button", class: "tray-more", onclick: () => this.#showMore() });
    this.plus = make("button", { type: "button", class: "plus", onclick: () => context.createFor(this.owner) }, icon("plus"));
    this.notes = make("div", { class: "notes" });
    this.element = make("article", { class: "card" }, make("div", { class: "card-head" }, this.name, this.here, this.pin, this.bin), make("div", { class: "table" }, this.tray, this.points), this.notes);
    this.element.dataset.owner = owner.id;
    this.refresh();
    this.fill();
  }

  get owner() {
    return this.context.ledger.owner(this.id);
  }

  get searchText() {
    const colors = new Set(this.context.ledger.marblesOf(this.id).map((marble) => marble.color));
    return `${this.owner.name} ${this.owner.company} ${[...colors].join(" ")}`.toLowerCase();
  }

  /** Name and marks. */
  refresh() {
    const { owner, context } = this;
    const name = titleCase(owner.name);
    const isActor = context.actorID() === owner.id;
    this.name.replaceChildren(name, ...(isActor ? [make("span", { class: "card-you" }, say("you"))] : []));
    this.name.classList.toggle("is-long", owner.name.length > 14);
    this.element.classList.toggle("is-actor", isActor);
    this.points.hidden = !owner.points;
    this.points.replaceChildren(icon("star"), make("span", { "aria-hidden": "true" }, String(owner.points)), make("span", { class: "hidden" }, say("points", { count: owner.points })));
    for (const [button, word] of [[this.pin, "pin"], [this.bin, "retire"]]) {
      button.setAttribute("aria-label", say(word, { name }));
      button.title = say(word, { name });
    }
    this.pin.setAttribute("aria-pressed", String(context.pins.has(this.id)));
    this.bin.hidden = context.ledger.owner(context.actorID())?.company !== owner.company;
    this.plus.setAttribute("aria-label", say("plus", { name }));
    this.plus.title = say("plus", { name });
    this.tray.setAttribute("aria-label", say("tray", { name }));
    this.drawPresence();
  }

  /** How many others act as this owner now. */
  drawPresence() {
    const count = this.context.presentAs(this.id);
    this.here.hidden = count === 0;
    if (!count) return;
    const text = say(count === 1 ? "hereOne" : "hereMany", { count });
    this.here.replaceChildren(icon("person"), make("span", { "aria-hidden": "true" }, String(count)), make("span", { class: "hidden" }, text));
    this.here.title = text;
  }

  /** Marks the marbles that are chosen to move together. */
  drawChosen() {
    for (const [id, item] of this.#marbles) item.firstElementChild.classList.toggle("is-chosen", this.context.chosen.has(id));
  }

  /** Brings the tray in line with the ledger; what stays keeps its element, its focus and its place. */
  fill() {
    const marbles = this.context.ledger.marblesOf(this.id).reverse();
    const shown = marbles.slice(0, this.#shown);
    const wanted = new Set(shown.map((marble) => marble.id));
    for (const [id, item] of this.#marbles) {
      if (wanted.has(id)) continue;
      item.remove();
      this.#marbles.delete(id);
    }
    let before = [this.tailMore, this.tail, this.empty].find((item) => item?.parentNode) ?? null;
    for (const marble of [...shown].reverse()) {
      let item = this.#marbles.get(marble.id);
      if (!item) {
        item = make("li", {}, marbleButton(marble, this.owner));
        if (this.context.chosen.has(marble.id)) item.firstElementChild.classList.add("is-chosen");
        this.#marbles.set(marble.id, item);
      }
      if (item.nextElementSibling !== before || item.parentNode !== this.tray) this.tray.insertBefore(item, before);
      before = item;
    }
    const rest = marbles.length - shown.length;
    this.more.textContent = say("more", { count: rest });
    this.empty ??= make("li", { class: "tray-empty" });
    this.empty.textContent = say("empty");
    this.tail ??= make("li", { class: "tray-tail" }, this.plus);
    this.tailMore ??= make("li", {}, this.more);
    // What is in its place is not touched: moving an element takes the focus from it.
    let last = null;
    for (const [item, isShown] of [[this.empty, marbles.length === 0], [this.tail, true], [this.tailMore, rest > 0]]) {
      if (!isShown) {
        item.remove();
        continue;
      }
      if (item.parentNode !== this.tray) this.tray.insertBefore(item, last);
      last = item;
    }
    this.#oneTabStop();
  }

  marbleElement(id) {
    return this.#marbles.get(id)?.firstElementChild ?? null;
  }

  /** A marble that may come here, once the ledger says so. */
  addGhost(picture) {
    const item = make("li", { "aria-hidden": "true" }, picture);
    picture.classList.add("is-ghost");
    this.tray.prepend(item);
    return item;
  }

  addNote(note) {
    this.notes.prepend(note);
    while (this.notes.childElementCount > 3) this.notes.lastElementChild.remove();
  }

  /** Of all marbles on the card one can be reached with Tab; arrows lead to the others. */
  #oneTabStop() {
    const buttons = [...this.tray.querySelectorAll(".marble[data-marble]")];
    const current = buttons.find((button) => button === document.activeElement) ?? buttons.find((button) => button.tabIndex === 0) ?? buttons[0];
    for (const button of buttons) button.tabIndex = button === current ? 0 : -1;
  }

  move(button, step) {
    const buttons = [...this.tray.querySelectorAll(".marble[data-marble]")];
    const next = buttons[(buttons.indexOf(button) + step + buttons.length) % buttons.length];
    for (const other of buttons) other.tabIndex = other === next ? 0 : -1;
    next?.focus();
  }

  #showMore() {
    this.#shown += 200;
    this.fill();
    if (!calm()) this.more.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  #togglePin() {
    this.context.pins.toggle(this.id);
    this.pin.setAttribute("aria-pressed", String(this.context.pins.has(this.id)));
  }
}
