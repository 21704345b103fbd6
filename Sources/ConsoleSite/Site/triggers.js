// What sets functions off.

import { h, fill, panel, table, badge, empty } from "/dom.js";
import { get, path } from "/api.js";
import { time } from "/format.js";

export async function show({ main, signal }) {
  const triggers = await get("/api/triggers", null, { signal });
  fill(main, h("div", { class: "head" }, h("h1", null, "Triggers"), h("span", { class: "note" }, `${triggers.length}`)),
    panel(null, triggers.length ? table([
      ["Trigger", (item) => item.triggerName], ["Kind", (item) => badge(item.triggerType, "info")],
      ["Function", (item) => h("a", { href: path`#/functions/${item.service}/${item.function}` }, `${item.service}/${item.function}`)],
      ["Version", (item) => item.qualifier], ["Settings", (item) => item.path ? h("a", { href: item.path, target: "_blank", rel: "noreferrer" }, item.path) : h("pre", null, JSON.stringify(item.triggerConfig ?? {})), "wrap"],
      ["Changed", (item) => time(item.lastModifiedTime), "nowrap wide-only"],
    ], triggers) : empty("No function has a trigger.", "Events of a template make them.")));
}
