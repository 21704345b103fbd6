// The house rule: a function that peers ask before they endorse. Edited here, in force a moment later.

import { announce, byID, iconButton, make, showPanel } from "../dom.js";
import { ask, post } from "../stream.js";
import { say } from "../words.js";

const beginning = (text) => `'use strict';
// ${text}
// United Marbles' peers ask this before they endorse that a marble is made or given away.

module.exports.handler = async (event, context) => {
  const { function: name, args, creator } = JSON.parse(event.toString());
`;
const ending = `  return { allow: true };
};
`;

// A new marble: id, colour, size, owner, company. A given one: id, new owner, company.
// Of a given marble the ledger knows the colour; there are two ways to write black.
const colour = `  let color = args[1];
  if (name === 'set_owner') {
    const answer = await context.ledger.evaluate({ contract: 'marbles-strict', function: 'read', args: [args[0]] });
    color = JSON.parse(answer.toString() || '{}').color ?? '';
  }
  const isBlack = ['black', '#000', '#000000'].includes(color.trim().toLowerCase());
`;
const presets = {
  presetOpen: beginning("Anything goes.") + ending,
  presetBlack: beginning("No black marbles.") + colour + `  if (isBlack) {
    return { allow: false, message: 'No black marbles in this house.' };
  }
` + ending,
  presetEvening: beginning("No black marbles after six.") + colour + `  if (isBlack && new Date().getHours() >= 18) {
    return { allow: false, message: 'It is past six: no more black marbles today.' };
  }
` + ending,
  presetFive: beginning("At most five marbles for each owner.") + `  const owner = name === 'init_marble' ? args[3] : args[1];
  const answer = await context.ledger.evaluate({ contract: 'marbles-strict', function: 'read_everything' });
  const held = (JSON.parse(answer.toString()).marbles ?? []).filter((marble) => marble.owner.id === owner);
  if (held.length >= 5) {
    return { allow: false, message: held[0].owner.username + ' has ' + held.length + ' marbles; five are the most.' };
  }
` + ending,
};

export class RulePanel {
  #place = byID("rule");
  #opener = byID("open-rule");
  #rule = null;

  constructor() {
    this.#opener.addEventListener("click", () => this.open());
    this.#place.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  /** Offers the rule where there is one. */
  async look() {
    try {
      this.#rule = await ask("rule");
      this.#opener.hidden = false;
    } catch {
      // Without the template there is no rule to edit, and nothing to say about it.
      this.#opener.hidden = true;
    }
  }

  /** Somebody deployed a rule, perhaps this page. */
  take(rule) {
    const isNews = rule.source !== this.#rule?.source;
    this.#rule = rule;
    if (!isNews) return;
    announce(say("ruleByOther"));
    if (!this.#place.hidden) this.#say(say("ruleByOther"));
  }

  async open() {
    await this.look();
    if (!this.#rule) return;
    this.editor = make("textarea", { class: "rule-editor", id: "rule-source", spellcheck: "false", autocomplete: "off", autocapitalize: "off", value: this.#rule.source ?? presets.presetOpen });
    this.status = make("p", { class: "quiet", role: "status" });
    this.button = make("button", { type: "button", class: "button button-main", onclick: () => this.#deploy() }, say("ruleDeploy"));
    this.#place.replaceChildren(
      make("div", { class: "panel-head" },
        make("div", {}, make("h2", { id: "rule-title" }, say("ruleTitle")), make("p", { class: "mono" }, `${this.#rule.service} / ${this.#rule.function}`)),
        iconButton("close", say("close"), () => this.close())),
      make("p", { class: "quiet" }, say("ruleText", { company: this.#rule.company })),
      make("h3", { id: "presets-title" }, say("rulePresets")),
      make("div", { class: "presets", role: "group", "aria-labelledby": "presets-title" },
        Object.entries(presets).map(([name, source]) => make("button", { type: "button", class: "button", onclick: () => { this.editor.value = source; } }, say(name)))),
      make("label", { class: "hidden", for: "rule-source" }, say("ruleSource")), this.editor,
      make("div", { class: "panel-actions" }, this.button, this.status));
    showPanel(this.#place);
    this.#place.querySelector("button").focus();
  }

  close() {
    if (this.#place.hidden) return;
    this.#place.hidden = true;
    this.#opener.focus();
  }

  #say(text) {
    this.status.textContent = text;
  }

  async #deploy() {
    const source = this.editor.value;
    this.button.disabled = true;
    this.#say(say("ruleDeploying"));
    try {
      // Known before the server tells everybody, so that our own rule is no news to us.
      this.#rule = { ...this.#rule, source };
      const rule = await post("rule", { source });
      this.#say(say("ruleDeployed", { ms: Math.round(rule.milliseconds) }));
    } catch (error) {
      this.#say(error.message);
    } finally {
      this.button.disabled = false;
    }
  }
}
