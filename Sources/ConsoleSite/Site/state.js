// What a contract keeps: its keys, their values, and the history of each.

import { h, fill, panel, table, badge, empty, hash } from "/dom.js";
import { get, path } from "/api.js";
import { keepQuery, attempt } from "/app.js";
import { number, time } from "/format.js";
import { value, keyLink, placeLink, visible } from "/ledger.js";

const PAGE = 100;

export async function show({ main, parts: [channel, contract], query, signal }) {
  const base = path`/api/channels/${channel}`;
  const definitions = await get(`${base}/definitions`, null, { signal });
  const names = [...definitions.map((item) => item.name), "_lifecycle"];
  contract ??= names[0];
  const choice = h("select", { "aria-label": "Contract", onchange: () => { location.hash = path`#/channels/${channel}/state/${choice.value}`; } },
    [...new Set([contract, ...names])].map((name) => h("option", { value: name, selected: name === contract }, name)));
  const prefix = h("input", { type: "search", class: "grow mono", placeholder: "Keys that begin with …", "aria-label": "Prefix", value: query.get("prefix") ?? "", spellcheck: "false" });
  const body = h("div");
  fill(main, h("div", { class: "head" }, h("h1", null, "State"), choice,
    h("form", { class: "row-of grow", onsubmit: (event) => { event.preventDefault(); keepQuery({ prefix: prefix.value, key: "", keyBase64: "" }); listKeys(); } }, prefix, h("button", null, "Search"))), body);

  async function listKeys() {
    const rows = [];
    const holder = h("div");
    const more = h("button", { onclick: () => attempt(more, load) }, "More");
    const note = h("span", { class: "muted end" });
    fill(body, panel([h("h2", null, "Keys"), note], holder, h("div", { class: "body" }, more)));
    async function load() {
      const last = rows.at(-1);
      const found = await get(base + path`/state/${contract}`, {
        prefix: prefix.value, after: last?.key, afterBase64: last?.keyBase64, limit: PAGE }, { signal });
      rows.push(...found);
      more.hidden = found.length < PAGE;
      fill(note, `${number(rows.length)}${more.hidden ? "" : " so far"}`);
      fill(holder, rows.length ? table([
        ["Key", (row) => keyLink(channel, { ...row, namespace: contract }), "wrap key-column"],
        ["Value", (row) => value(row), "wrap"],
        ["Written by", (row) => placeLink(channel, row.version)],
      ], rows) : empty(prefix.value ? `No key begins with "${prefix.value}".` : "This contract has written nothing."));
    }
    await load();
  }

  async function history(key, keyBase64) {
    const rows = [];
    const holder = h("div");
    const more = h("button", { onclick: () => attempt(more, load) }, "Older");
    fill(body, h("div", { class: "head" }, h("a", { class: "crumb", href: path`#/channels/${channel}/state/${contract}` }, "Keys"),
      h("h1", { class: "mono" }, visible(key ?? keyBase64))),
      panel("History, newest first", holder, h("div", { class: "body" }, more)));
    async function load() {
      const last = rows.at(-1);
      const found = await get(base + path`/history/${contract}`, { key, keyBase64, before: last && `${last.block}:${last.index}`, limit: PAGE }, { signal });
      rows.push(...found);
      more.hidden = found.length < PAGE;
      fill(holder, rows.length ? table([
        ["Written by", (row) => placeLink(channel, row)],
        ["Time", (row) => time(row.time, true), "nowrap"],
        ["Call", (row) => [row.function, h("div", { class: "faint" }, row.creator?.name)]],
        ["Value", (row) => row.isDelete ? badge("deleted", "warn") : value(row), "wrap"],
        ["Transaction", (row) => row.transaction && h("a", { href: path`#/channels/${channel}/transactions/${row.transaction}` }, hash(row.transaction)), "wide-only"],
      ], rows) : empty("Nobody ever wrote this key."));
    }
    await load();
  }

  if (query.has("key") || query.has("keyBase64")) await history(query.get("key") ?? undefined, query.get("keyBase64") ?? undefined);
  else await listKeys();
}
