// The organisation's functions, and what they used.

import { h, fill, panel, table, badge, empty } from "/dom.js";
import { get, path } from "/api.js";
import { number, bytes, ago } from "/format.js";

export async function show({ main, signal }) {
  const month = new Date().toISOString().slice(0, 7);
  const [functions, usage] = await Promise.all([get("/api/functions", null, { signal }), get("/api/usage", { month }, { signal })]);
  const used = (item) => usage.find((record) => record.service === item.service && record.function === item.function);
  const sum = (name) => usage.reduce((total, record) => total + (record[name] ?? 0), 0);
  fill(main,
    h("div", { class: "head" }, h("h1", null, "Functions"), h("span", { class: "note" }, `${number(functions.length)}, ${number(sum("invocations"))} calls this month, ${amount(sum("gigabyteSeconds"))} GB·s, ${bytes(sum("bytesOut"))} out`),
      h("div", { class: "end" }, h("a", { class: "button", href: "#/deploy" }, "Deploy a template"))),
    panel(null, functions.length ? table([
      ["Function", (item) => [h("a", { href: path`#/functions/${item.service}/${item.function}` }, item.function), h("div", { class: "faint" }, item.service)]],
      ["Runtime", (item) => [item.runtime, h("div", { class: "faint" }, item.handler)]],
      ["Triggers", (item) => (item.triggerTypes ?? []).map((kind) => [badge(kind, "info"), " "])],
      ["Warm", (item) => item.instanceCount ? badge(String(item.instanceCount), "good") : h("span", { class: "faint" }, "0"), "right"],
      ["Calls", (item) => number(used(item)?.invocations ?? 0), "right"],
      ["Errors", (item) => used(item)?.errors ? h("span", { class: "bad-text" }, number(used(item).errors)) : h("span", { class: "faint" }, "0"), "right"],
      ["GB·s", (item) => amount(used(item)?.gigabyteSeconds ?? 0), "right wide-only"],
      ["Memory", (item) => `${item.memoryMegabytes} MB`, "right wide-only"],
      ["Changed", (item) => ago(item.modifiedAt), "nowrap wide-only"],
    ], functions, (item) => path`#/functions/${item.service}/${item.function}`)
      : empty("No function is deployed yet.", h("p", null, h("code", null, "duet init"), " makes a first one, ", h("code", null, "duet deploy"), " puts it here."))));
}

const amount = (value) => value === 0 ? "0" : value < 0.01 ? value.toPrecision(1) : value < 100 ? value.toFixed(2) : number(Math.round(value));
