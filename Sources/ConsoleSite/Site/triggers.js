// What sets functions off: the clock, requests, and positions in ledgers.

import { h, fill, panel, table, badge, empty } from "/dom.js";
import { get, path } from "/api.js";
import { number, time } from "/format.js";
import { conditions, every } from "/trigger.js";

export async function show({ main, signal }) {
  const ledger = h("div");
  const triggers = (await get("/api/triggers", null, { signal }));
  const note = h("span", { class: "note" });
  let drawn = "";
  const draw = async () => {
    // A node without a network has no ledgers to read.
    const states = await get("/api/triggers/status", null, { signal }).catch((error) => { if (error.status === 404) return []; throw error; });
    const told = JSON.stringify(states);
    if (signal.aborted || told === drawn) return;
    drawn = told;
    const own = new Set(states.map((item) => `${item.service}/${item.function}/${item.trigger}`));
    const others = triggers.filter((item) => !own.has(`${item.service}/${item.function}/${item.triggerName}`));
    fill(note, `${states.length} on ledgers, ${others.length} others`);
    fill(ledger,
      panel("On ledgers", states.length ? table([
        ["Trigger", (item) => [h("a", { href: path`#/triggers/${item.service}/${item.function}/${item.trigger}` }, item.trigger), h("div", { class: "faint" }, `${item.service}/${item.function}`)]],
        ["Reads", (item) => [badge(item.triggerType, "info"), " ", item.channel]],
        ["", (item) => [badge(item.condition, conditions[item.condition]), item.reason && h("div", { class: "faint" }, item.reason)], "wrap"],
        ["Position", (item) => item.position ?? "–", "right nowrap"],
        ["Behind", (item) => item.lagBlocks === undefined ? "–" : item.lagBlocks ? badge(`${number(item.lagBlocks)} blocks`, "warn") : badge("0", "good"), "right nowrap"],
        ["Handled", (item) => number(item.handledCount ?? 0), "right"],
        ["Failed", (item) => item.failedCount ? h("span", { class: "bad-text" }, number(item.failedCount)) : h("span", { class: "faint" }, "0"), "right"],
      ], states, (item) => path`#/triggers/${item.service}/${item.function}/${item.trigger}`) : empty("No function hangs on a ledger yet.", "An event of type ContractEvent, Transaction or Block in a template makes one do so.")),
      panel("By request and by the clock", others.length ? table([
        ["Trigger", (item) => item.triggerName], ["Kind", (item) => badge(item.triggerType, "info")],
        ["Function", (item) => h("a", { href: path`#/functions/${item.service}/${item.function}` }, `${item.service}/${item.function}`)],
        ["Version", (item) => item.qualifier], ["Settings", (item) => item.path ? h("a", { href: item.path, target: "_blank", rel: "noreferrer" }, item.path) : h("pre", null, JSON.stringify(item.triggerConfig ?? {})), "wrap"],
        ["Changed", (item) => time(item.lastModifiedTime), "nowrap wide-only"],
      ], others) : empty("None.")));
  };
  fill(main, h("div", { class: "head" }, h("h1", null, "Triggers"), note), ledger);
  await draw();
  every(2000, draw, signal);
}
