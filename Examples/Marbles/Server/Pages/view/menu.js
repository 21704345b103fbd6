// The menu of a marble: whatever dragging does, and its history.

import { byID, icon, make } from "../dom.js";
import { describeMarble, say, titleCase } from "../words.js";

export class MarbleMenu {
  #element = null;
  #opener = null;
  #top = 0;

  /** context: { ledger, isPast(), chosen, together(marble), choose(marble), give(marbles, owner), remove(marbles), showHistory(id) } */
  constructor(context) {
    this.context = context;
    const board = byID("board");
    board.addEventListener("click", (event) => this.#maybeOpen(event));
    board.addEventListener("contextmenu", (event) => {
      const button = event.target.closest(".marble[data-marble]");
      if (!button) return;
      event.preventDefault();
      context.showHistory(button.dataset.marble);
    });
    addEventListener("pointerdown", (event) => this.#element && !this.#element.contains(event.target) && this.close());
    // A page that still comes to rest is no reason; one that is scrolled away is.
    addEventListener("scroll", () => this.#element && Math.abs(this.#opener.getBoundingClientRect().top - this.#top) > 48 && this.close(), { passive: true });
    addEventListener("resize", () => this.close());
  }

  #maybeOpen(event) {
    const button = event.target.closest(".marble[data-marble]");
    const marble = button && this.context.ledger.marbles.get(button.dataset.marble);
    if (!marble) return;
    if ((event.ctrlKey || event.metaKey) && !this.context.isPast()) this.context.choose(marble);
    else this.open(marble, button);
  }

  open(marble, opener) {
    this.close();
    this.#opener = opener;
    opener.classList.add("is-selected");
    const { context } = this;
    const all = context.together(marble);
    const title = make("p", { class: "menu-title" }, make("b", {}, nameOf(all)), all.length > 1 ? say("together") : marble.id);
    const history = this.#item("history", say("history"), () => this.#do(() => context.showHistory(marble.id)));
    if (context.isPast()) return this.#show(title, history);
    this.#show(title,
      this.#item("give", say("give"), () => this.#chooseOwner(all)),
      history,
      this.#item("check", say(context.chosen.has(marble.id) ? "unchoose" : "choose"), () => this.#do(() => context.choose(marble))),
      this.#item("bin", say("menuDelete"), () => this.#do(() => context.remove(all)), "is-bad"));
  }

  #chooseOwner(all) {
    const { ledger } = this.context;
    const from = all.length === 1 ? all[0].owner : null;
    const groups = Map.groupBy([...ledger.owners.values()].filter((owner) => owner.isEnabled && owner.id !== from), (owner) => owner.company);
    const items = [...groups].flatMap(([company, owners]) => [
      make("p", { class: "menu-group" }, company),
      ...owners.map((owner) => this.#item("person", titleCase(owner.name), () => this.#do(() => this.context.give(all, owner)))),
    ]);
    this.#show(make("p", { class: "menu-title" }, make("b", {}, say("give")), nameOf(all)), ...items);
  }

  #item(symbol, text, onclick, style) {
    return make("button", { type: "button", role: "menuitem", tabindex: "-1", class: style, onclick }, icon(symbol), text);
  }

  #do(action) {
    this.close(true);
    action();
  }

  #show(...children) {
    this.#element?.remove();
    const menu = make("div", { class: "menu", role: "menu", "aria-label": this.#opener.getAttribute("aria-label") }, ...children);
    menu.addEventListener("keydown", (event) => this.#key(event));
    byID("menu-place").append(menu);
    this.#element = menu;
    this.#top = this.#opener.getBoundingClientRect().top;
    const [opener, box] = [this.#opener.getBoundingClientRect(), menu.getBoundingClientRect()];
    const room = innerHeight - byID("dock").offsetHeight - 8;
    const below = opener.bottom + 10;
    menu.style.left = `${Math.max(8, Math.min(innerWidth - box.width - 8, opener.left + opener.width / 2 - box.width / 2))}px`;
    menu.style.top = `${below + box.height <= room ? below : Math.max(8, opener.top - box.height - 10)}px`;
    menu.querySelector("[role=menuitem]")?.focus();
  }

  #key(event) {
    const items = [...this.#element.querySelectorAll("[role=menuitem]")];
    const index = items.indexOf(document.activeElement);
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      items[(next + items.length) % items.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      this.close(true);
    }
  }

  close(returnsFocus = false) {
    if (!this.#element) return;
    this.#element.remove();
    this.#element = null;
    this.#opener.classList.remove("is-selected");
    if (returnsFocus) this.#opener.focus();
  }
}

const nameOf = (marbles) => (marbles.length > 1 ? say("marbles", { count: marbles.length }) : describeMarble(marbles[0]));
