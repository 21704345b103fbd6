// Going back: the board as it was after any block, moved along by a slider, step by step, or played.

import { announce, byID, iconButton, make } from "../dom.js";
import { Ledger } from "../ledger.js";
import { ask } from "../stream.js";
import { clockTime, say } from "../words.js";

const beatMilliseconds = 900;

export class Replay extends EventTarget {
  /** The ledger as it was; what is drawn while the replay is on. */
  past = new Ledger();
  isOn = false;
  #live;
  #place = byID("replay");
  #opener = byID("open-replay");
  #number = 0;
  #wish = 0;
  #beat = null;

  constructor(live) {
    super();
    this.#live = live;
    this.#opener.addEventListener("click", () => (this.isOn ? this.close() : this.open(this.#live.height - 1)));
    this.#place.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    live.addEventListener("blocks", () => this.isOn && this.#drawBar());
    // An address names a moment: it can be kept, sent and come back to.
    addEventListener("hashchange", () => this.followAddress());
  }

  get shown() {
    return this.isOn ? this.past : this.#live;
  }

  followAddress() {
    const number = /^#block=(\d{1,15})$/.exec(location.hash)?.[1];
    if (number !== undefined && !(this.isOn && this.#number === Number(number))) this.open(Math.min(Number(number), this.#live.height - 1));
  }

  /** Shows the moment after a block. */
  async open(number) {
    if (number < 0) return;
    if (!this.isOn) {
      const state = await this.#ask(number);
      if (!state) return;
      this.isOn = true;
      this.past.settings = this.#live.settings;
      this.#build();
      this.past.reset({ ...state, blocks: [], runs: [] });
      this.#opener.setAttribute("aria-pressed", "true");
      document.documentElement.classList.add("is-past");
      this.slider.focus();
      this.#arrive(number);
    } else {
      await this.#move(number);
    }
  }

  close() {
    if (!this.isOn) return;
    this.#pause();
    this.#wish += 1;
    this.isOn = false;
    this.#place.hidden = true;
    this.#opener.setAttribute("aria-pressed", "false");
    document.documentElement.classList.remove("is-past");
    history.replaceState(null, "", location.pathname + location.search);
    this.#opener.focus();
    this.#tell(null);
    announce(say("backNow"));
  }

  async #ask(number) {
    this.#wish += 1;
    const wish = this.#wish;
    try {
      const state = await ask(`past/${number}`);
      return wish === this.#wish ? state : null;
    } catch (error) {
      if (wish === this.#wish) announce(error.message);
      return null;
    }
  }

  /** One block on is known here, and is shown as it happened; anything else is asked for. */
  async #move(number) {
    const next = number === this.#number + 1 ? this.#live.block(number) : null;
    if (next?.number === number) {
      this.#wish += 1;
      this.past.take([next]);
      return this.#arrive(number);
    }
    const state = await this.#ask(number);
    if (!state || !this.isOn) return;
    this.past.become(state);
    this.#arrive(number);
  }

  #arrive(number) {
    this.#number = number;
    this.#drawBar();
    history.replaceState(null, "", `#block=${number}`);
    this.#tell(number);
  }

  #step(by) {
    const number = this.#number + by;
    if (number >= 0 && number < this.#live.height) return this.#move(number);
    this.#pause();
    return null;
  }

  #play() {
    if (this.#beat) return this.#pause();
    // From the end it begins anew.
    if (this.#number === this.#live.height - 1) this.#move(0);
    this.#beat = setInterval(() => this.#step(1), beatMilliseconds);
    this.#drawBar();
    return null;
  }

  #pause() {
    clearInterval(this.#beat);
    this.#beat = null;
    if (this.isOn) this.#drawBar();
  }

  #build() {
    this.slider = make("input", {
      type: "range", min: "0", class: "replay-slider", "aria-label": say("replaySlider"),
      oninput: () => {
        const number = Number(this.slider.value);
        this.#pause();
        this.#move(number);
      },
    });
    this.player = iconButton("play", say("play"), () => this.#play());
    this.where = make("p", { class: "replay-where", "aria-live": "off" });
    this.#place.replaceChildren(
      make("h2", { class: "hidden", id: "replay-title" }, say("replay")),
      make("div", { class: "replay-buttons" }, iconButton("before", say("stepBack"), () => { this.#pause(); this.#step(-1); }), this.player,
        iconButton("after", say("stepOn"), () => { this.#pause(); this.#step(1); })),
      this.slider, this.where,
      make("button", { type: "button", class: "replay-now", onclick: () => this.close() }, say("toNow")));
    this.#place.hidden = false;
  }

  #drawBar() {
    const last = this.#live.height - 1;
    const time = this.#live.block(this.#number)?.transactions.find((transaction) => transaction.time)?.time;
    this.slider.max = String(last);
    this.slider.value = String(this.#number);
    const text = say("replayWhere", { number: this.#number, last }) + (time ? ` · ${clockTime(time)}` : "");
    this.slider.setAttribute("aria-valuetext", text);
    this.where.textContent = text;
    this.player.replaceChildren(...iconButton(this.#beat ? "pause" : "play", "", null).childNodes);
    this.player.setAttribute("aria-label", say(this.#beat ? "pause" : "play"));
    this.player.title = say(this.#beat ? "pause" : "play");
  }

  /** The language has changed. */
  redraw() {
    if (!this.isOn) return;
    this.#build();
    this.#drawBar();
  }

  #tell(number) {
    this.dispatchEvent(new CustomEvent("moved", { detail: { number } }));
  }
}
