// Carrying a marble to somebody or to the bin: with mouse or pen, with a finger after a moment's hold, or with the keyboard.

import { announce, byID, make } from "../dom.js";
import { describeMarble, say, titleCase } from "../words.js";
import { marblePicture } from "./marble.js";

const dragDistance = 6;
const holdMilliseconds = 220;

export class Carry {
  #held = null; // { marble, all, button, picture?, target }; all: the marbles that go with it
  #press = null;

  /** context: { board, ledger, isPast(), together(marble), drop(marbles, target) } where target is a card or "bin". */
  constructor(context) {
    this.context = context;
    const board = byID("board");
    board.addEventListener("pointerdown", (event) => this.#down(event));
    board.addEventListener("keydown", (event) => this.#key(event));
    board.addEventListener("contextmenu", (event) => this.#press?.type === "touch" && event.preventDefault());
    addEventListener("pointermove", (event) => this.#move(event));
    addEventListener("pointerup", (event) => this.#up(event));
    addEventListener("pointercancel", () => this.#cancelPress());
    // A lifted marble must not scroll the page under it; a touch that has lifted none may.
    addEventListener("touchmove", (event) => this.#held?.picture && event.preventDefault(), { passive: false });
  }

  get isCarrying() {
    return this.#held !== null;
  }

  // Pointer

  #down(event) {
    const button = event.target.closest(".marble[data-marble]");
    if (!button || event.button !== 0 || event.ctrlKey || event.metaKey || this.#held || this.context.isPast()) return;
    const marble = this.context.ledger.marbles.get(button.dataset.marble);
    if (!marble) return;
    const press = { marble, button, x: event.clientX, y: event.clientY, type: event.pointerType, id: event.pointerId };
    this.#press = press;
    if (press.type === "touch") press.timer = setTimeout(() => this.#press === press && this.#lift(press.x, press.y), holdMilliseconds);
  }

  #move(event) {
    const press = this.#press;
    if (!press || event.pointerId !== press.id) return;
    if (!this.#held) {
      const distance = Math.hypot(event.clientX - press.x, event.clientY - press.y);
      if (distance < dragDistance) return;
      if (press.type === "touch") return this.#cancelPress();
      this.#lift(event.clientX, event.clientY);
    }
    this.#follow(event.clientX, event.clientY);
  }

  #up(event) {
    const press = this.#press;
    if (!press || event.pointerId !== press.id) return;
    const { all, target } = this.#held ?? {};
    this.#cancelPress();
    if (!all) return;
    // The click that may follow a drag is none.
    const swallow = (click) => {
      click.stopPropagation();
      click.preventDefault();
    };
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    if (target) this.context.drop(all, target);
  }

  #lift(x, y) {
    const { marble, button } = this.#press;
    const picture = marblePicture(marble);
    picture.classList.add("marble-lifted");
    const { length } = this.context.together(marble);
    if (length > 1) picture.append(make("span", { class: "marble-count" }, String(length)));
    document.body.append(picture);
    this.#take(marble, button, picture);
    navigator.vibrate?.(12);
    this.#follow(x, y);
  }

  #follow(x, y) {
    const { picture } = this.#held;
    picture.style.transform = `translate(${x - picture.offsetWidth / 2}px, ${y - picture.offsetHeight / 2}px) scale(1.12)`;
    const under = document.elementFromPoint(x, y);
    const card = under?.closest(".card");
    if (under?.closest("#bin")) this.#aim("bin");
    else if (card && card.dataset.owner !== this.#held.marble.owner) this.#aim(this.context.board.cards.get(card.dataset.owner));
    else this.#aim(null);
    // Near the edge the page comes along.
    const edge = 70;
    const bottom = innerHeight - byID("dock").offsetHeight;
    if (y < edge + 60) scrollBy(0, -12);
    else if (y > bottom - edge) scrollBy(0, 12);
  }

  #cancelPress() {
    clearTimeout(this.#press?.timer);
    this.#press = null;
    if (this.#held?.picture) this.#release();
  }

  // Keyboard

  #key(event) {
    const button = event.target.closest?.(".marble[data-marble]");
    if (!this.#held) {
      if (!button || event.key !== " " || event.ctrlKey || this.context.isPast()) return;
      event.preventDefault();
      const marble = this.context.ledger.marbles.get(button.dataset.marble);
      if (!marble) return;
      this.#take(marble, button, null);
      announce(say("picked", { marble: this.#name() }));
      return;
    }
    if (this.#held.picture) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.#step(step);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      const { all, target } = this.#held;
      const name = this.#name();
      this.#release();
      if (target) this.context.drop(all, target);
      else announce(say("released", { marble: name }));
    } else if (event.key === "Escape" || event.key === "Tab") {
      const name = this.#name();
      this.#release();
      announce(say("released", { marble: name }));
    }
  }

  /** What is held, in words. */
  #name() {
    const { all, marble } = this.#held;
    return all.length > 1 ? say("marbles", { count: all.length }) : describeMarble(marble);
  }

  #step(step) {
    const targets = [...document.querySelectorAll(".card:not([hidden])")]
      .map((card) => this.context.board.cards.get(card.dataset.owner)).filter((card) => card && card.id !== this.#held.marble.owner);
    targets.push("bin");
    const index = targets.indexOf(this.#held.target);
    const next = (index === -1 ? (step > 0 ? 0 : targets.length - 1) : index + step + targets.length) % targets.length;
    const target = targets[next];
    this.#aim(target);
    const element = target === "bin" ? byID("bin") : target.element;
    element.scrollIntoView({ block: "nearest" });
    const place = { index: next + 1, count: targets.length };
    announce(target === "bin" ? say("overBin", place) : say("over", { name: titleCase(target.owner.name), company: target.owner.company, ...place }));
  }

  // Both

  #take(marble, button, picture) {
    const all = this.context.together(marble);
    this.#held = { marble, all, button, picture, target: null };
    for (const { id } of all) document.querySelector(`.card [data-marble="${CSS.escape(id)}"]`)?.classList.add("is-carried");
    button.closest(".card").classList.add("is-source");
    document.documentElement.classList.add("dragging");
  }

  #aim(target) {
    if (this.#held.target === target) return;
    this.#held.target = target;
    for (const element of document.querySelectorAll(".is-over")) element.classList.remove("is-over");
    if (target) (target === "bin" ? byID("bin") : target.element).classList.add("is-over");
  }

  #release() {
    const { picture } = this.#held;
    this.#aim(null);
    this.#held = null;
    picture?.remove();
    for (const marble of document.querySelectorAll(".card .is-carried")) marble.classList.remove("is-carried");
    for (const card of document.querySelectorAll(".is-source")) card.classList.remove("is-source");
    document.documentElement.classList.remove("dragging");
  }
}
