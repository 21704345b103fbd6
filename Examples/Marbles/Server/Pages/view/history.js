// A marble's history, at the left.

import { byID, iconButton, make, showPanel } from "../dom.js";
import { ask } from "../stream.js";
import { clockTime, describeMarble, say, titleCase } from "../words.js";
import { marblePicture } from "./marble.js";

export class HistoryPanel {
  #place = byID("history");
  #id = null;
  #opener = null;

  constructor(ledger, openBlock) {
    this.openBlock = openBlock;
    // While it is open it follows the marble.
    ledger.addEventListener("blocks", ({ detail }) => detail.changes.some((change) => change.id === this.#id) && this.#load());
    this.#place.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  async open(id) {
    this.#opener = document.activeElement;
    this.#id = id;
    showPanel(this.#place);
    this.#place.replaceChildren(this.#head(), make("p", { class: "quiet" }, say("loading")));
    this.#place.querySelector("button").focus();
    await this.#load();
  }

  close() {
    this.#place.hidden = true;
    this.#id = null;
    if (this.#opener?.isConnected) this.#opener.focus();
  }

  #head() {
    return make("div", { class: "panel-head" },
      make("div", {}, make("h2", { id: "history-title" }, say("historyTitle")), make("p", { class: "mono" }, this.#id)),
      iconButton("close", say("close"), () => this.close()));
  }

  async #load() {
    const id = this.#id;
    let entries;
    try {
      entries = await ask(`marbles/${encodeURIComponent(id)}/history`);
    } catch (error) {
      if (this.#id === id) this.#place.replaceChildren(this.#head(), make("p", { class: "quiet", role: "alert" }, error.message));
      return;
    }
    if (this.#id !== id) return;
    const told = [...entries];
    const last = entries.findLast((entry) => entry.marble)?.marble;
    const hadFocus = this.#place.contains(document.activeElement);
    this.#place.replaceChildren(
      this.#head(),
      ...(last ? [make("div", { class: "panel-ball" }, marblePicture(last), make("p", {}, describeMarble(last)))] : []),
      ...(entries.length ? [make("div", { class: "panel-actions" }, say("export"),
        make("button", { type: "button", class: "button", onclick: () => save(`${id}.json`, "application/json", JSON.stringify(told, null, 2)) }, "JSON"),
        make("button", { type: "button", class: "button", onclick: () => save(`${id}.csv`, "text/csv", table(told)) }, "CSV"))] : []),
      entries.length ? make("ol", { class: "timeline" }, entries.reverse().map((entry) => this.#moment(entry))) : make("p", { class: "quiet" }, say("historyEmpty")));
    if (hadFocus) this.#place.querySelector("button").focus();
  }

  #moment(entry) {
    const kind = !entry.marble ? "diddelete" : entry.function === "init_marble" ? "didcreate" : "didtransfer";
    const owner = entry.owner ? `${titleCase(entry.owner.name)} · ${entry.owner.company}` : "";
    const endorsers = entry.endorsers.map((endorser) => endorser.company).join(", ");
    return make("li", { class: `moment${entry.marble ? "" : " is-gone"}` },
      make("p", { class: "moment-what" }, say(kind, { owner })),
      entry.marble && make("p", { class: "moment-facts" }, describeMarble(entry.marble)),
      make("p", { class: "moment-facts" }, clockTime(entry.time), entry.by ? ` · ${say("byWhom", { name: entry.by.name })}` : ""),
      make("p", { class: "moment-facts" }, say("endorsedBy", { names: endorsers })),
      make("button", { type: "button", class: "link moment-facts", onclick: () => this.openBlock(entry.block) }, say("block", { number: entry.block })));
  }
}

const columns = {
  block: (entry) => entry.block, transaction: (entry) => entry.transaction, time: (entry) => (entry.time ? new Date(entry.time).toISOString() : ""),
  function: (entry) => entry.function, by: (entry) => entry.by?.name, color: (entry) => entry.marble?.color, size: (entry) => entry.marble?.size,
  owner: (entry) => entry.owner?.name, company: (entry) => entry.owner?.company, endorsers: (entry) => entry.endorsers.map((endorser) => endorser.name).join(" "),
};

/** RFC 4180. What a spreadsheet would take for a formula is kept from it by an apostrophe. */
function table(entries) {
  const tamed = (value) => (typeof value === "string" ? value.replace(/^[=+\-@\t\r]/, "'$&") : String(value ?? ""));
  const cell = (value) => `"${tamed(value).replaceAll('"', '""')}"`;
  const rows = [Object.keys(columns), ...entries.map((entry) => Object.values(columns).map((column) => column(entry)))];
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
