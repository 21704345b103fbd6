// A transaction's story: the four stages with the times they really took, played slowly enough to be seen.

import { byID, calm, icon, iconButton, make } from "../dom.js";
import { figure, say } from "../words.js";
import { hasSucceeded } from "../actions.js";
import { reasonOf } from "./note.js";

const stages = [
  { name: "proposal", symbol: "proposal", stage: "proposed" },
  { name: "endorsement", symbol: "endorse", stage: "endorsed" },
  { name: "ordering", symbol: "order", stage: "ordered" },
  { name: "commit", symbol: "commit", stage: "committed" },
];
const pauseMilliseconds = 420;
const restMilliseconds = 9000;

export class StoryView {
  #place = byID("story");
  #action = null;
  #shown = -1;
  #attempt = 0;
  #timer = null;

  /** describe: an action as a sentence; picture: an action's marble, or null. */
  constructor(actions, { describe, picture }) {
    this.describe = describe;
    this.picture = picture;
    actions.addEventListener("sent", ({ detail }) => this.#begin(detail, detail.isOneOfMany));
    for (const type of ["step", "settled", "lost"]) {
      actions.addEventListener(type, ({ detail }) => detail === this.#action && this.#advance());
    }
  }

  #begin(action, isOneOfMany) {
    // Of many that are sent at once one is told.
    if (isOneOfMany && this.#action?.isOneOfMany) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#action = action;
    this.#shown = -1;
    this.#attempt = 0;
    this.facts = stages.map(() => make("span", { class: "stage-fact" }));
    this.items = stages.map(({ name, symbol }, index) =>
      make("li", { class: "stage" }, make("span", { class: "stage-icon" }, icon(symbol)), make("span", { class: "stage-name" }, say(name)), this.facts[index]));
    this.note = make("span", { class: "story-note" });
    this.refusal = make("p", { class: "story-refusal", hidden: true });
    this.again = make("p", { class: "story-again", hidden: true });
    const picture = this.picture(action);
    picture?.style.setProperty("--d", "26px");
    this.#place.replaceChildren(
      make("h2", { class: "hidden", id: "story-title" }, say("story")),
      make("div", { class: "story-head" }, picture, make("p", { class: "story-what" }, this.describe(action)), this.note, iconButton("close", say("close"), () => this.close())),
      make("ol", { class: "stages" }, this.items), this.again, this.refusal);
    this.#place.hidden = false;
    this.items[0].classList.add("is-now");
    this.#measure();
  }

  /** Shows the next stage that was reached; the pause between two is ours, the figures are the network's. */
  #advance() {
    if (this.#timer) return;
    const story = this.#action.story;
    const { earlier } = story;
    if (earlier.length > this.#attempt) {
      // Another transaction was faster: the same wish as a new transaction, from the first stage on.
      this.#attempt = earlier.length;
      this.#shown = -1;
      for (const [index, item] of this.items.entries()) {
        item.className = index === 0 ? "stage is-now" : "stage";
        this.facts[index].textContent = "";
      }
      this.again.textContent = say("again", { attempt: earlier.length + 1, reason: earlier.at(-1).reason });
      this.again.hidden = false;
      this.#measure();
    }
    const reached = stages.findIndex(({ stage }) => stage === (story.failedAfter ?? story.stage));
    if (this.#shown < reached) {
      this.#shown += 1;
      this.#done(this.#shown, story);
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#advance();
      }, calm() ? 0 : pauseMilliseconds);
      return;
    }
    if (story.stage === "refused" || story.stage === "unknown" || (story.stage === "committed" && !hasSucceeded(story))) this.#failed(story);
    else if (story.stage !== "committed") return;
    const total = story.milliseconds?.[story.stage];
    this.note.textContent = total === undefined ? "" : `${say("total", { ms: figure(total) })} · ${say("slowed")}`;
    this.#timer = setTimeout(() => this.close(), restMilliseconds);
  }

  #done(index, story) {
    this.items[index].classList.remove("is-now");
    this.items[index].classList.add("is-done");
    this.items[index + 1]?.classList.add("is-now");
    const { stage } = stages[index];
    const before = index ? story.milliseconds[stages[index - 1].stage] : 0;
    const ms = figure(story.milliseconds[stage] - before);
    if (stage === "endorsed") {
      this.facts[index].replaceChildren(...story.endorsers.map((endorser) => make("span", { class: "chip", title: endorser.name }, endorser.company)), say("ms", { ms }));
    } else if (stage === "committed") {
      this.facts[index].textContent = say("inBlock", { block: story.block, ms });
    } else {
      this.facts[index].textContent = say("ms", { ms });
    }
  }

  #failed(story) {
    const index = story.stage === "committed" ? 3 : Math.min(3, this.#shown + 1);
    for (const item of this.items) item.classList.remove("is-now");
    this.items[index].classList.remove("is-done");
    this.items[index].classList.add("is-failed");
    this.refusal.hidden = false;
    this.refusal.textContent = reasonOf(story);
    this.#measure();
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#action = null;
    this.#place.hidden = true;
    this.#measure();
  }

  /** The page leaves room for the dock, however high it is. */
  #measure() {
    document.documentElement.style.setProperty("--dock", `${byID("dock").offsetHeight}px`);
  }
}
