// One transaction: what it was asked, what it read and wrote, who vouched for it, and, if it failed, why.

import { h, fill, panel, table, facts, badge, copyButton, json, empty } from "/dom.js";
import { get, path } from "/api.js";
import { problem } from "/app.js";
import { number, time } from "/format.js";
import { showTrace } from "/trace.js";
import { code, value, keyLink, placeLink, identity } from "/ledger.js";

/** Logstores that are asked for lines. */
const STORES_MAX = 20;

export async function show({ main, parts: [channel, id], signal }) {
  const item = await get(path`/api/channels/${channel}/transactions/${id}`, null, { signal });
  const raw = h("div");
  const trace = h("div");
  const lines = h("div");
  const reads = item.reads ?? [];
  const writes = item.writes ?? [];
  fill(main,
    h("div", { class: "head" }, h("a", { class: "crumb", href: path`#/channels/${channel}/blocks` }, "Blocks"),
      h("a", { class: "crumb", href: path`#/channels/${channel}/blocks/${item.block}` }, `Block ${number(item.block)}`),
      h("h1", null, `Transaction ${item.index}`), code(item)),
      item.explanation && explanation(channel, item.explanation),
    h("div", { class: "stack" },
      panel(null, h("div", { class: "body" }, facts(
        ["Id", item.transaction && [h("code", null, item.transaction), copyButton(item.transaction)]],
        ["Time", item.time && time(item.time, true)], ["Type", item.contract ? undefined : item.type],
        ["Contract", item.contract && h("a", { href: path`#/channels/${channel}/contracts` }, item.contract)],
        ["Function", item.function && h("code", null, item.function)],
        ["Arguments", (item.arguments ?? []).length > 0 && h("ol", { class: "plain-list" }, item.arguments.map((argument) => h("li", null, value(argument))))],
        ["Answer", item.response && [badge(String(item.response.status), item.response.status < 400 ? "good" : "bad"), " ", item.response.message, value(item.response, "payload")]],
        ["Event", item.event && [badge(item.event, "info"), item.eventPayload && value(item.eventPayload)]],
        ["Creator", identity(item.creator)],
        ["Endorsers", (item.endorsers ?? []).length > 0 && item.endorsers.map(identity)]))),
      (reads.length > 0 || writes.length > 0) && h("div", { class: "columns" },
        panel(`${reads.length} read${reads.length === 1 ? "" : "s"}`, reads.length ? table([
          ["Contract", (read) => read.namespace, "muted"],
          ["Key", (read) => read.rangeStart !== undefined || read.rangeStartBase64 !== undefined
            ? [badge("range"), " ", value(read, "rangeStart"), " to ", value(read, "rangeEnd")]
            : [read.collection && badge(read.collection), " ", keyLink(channel, read)], "wrap"],
          ["Version", (read) => "version" in read ? placeLink(channel, read.version) : ""],
        ], reads) : empty("It read nothing.")),
        panel(`${writes.length} write${writes.length === 1 ? "" : "s"}`, writes.length ? table([
          ["Contract", (write) => write.namespace, "muted"],
          ["Key", (write) => [write.collection && badge(write.collection), " ", keyLink(channel, write)], "wrap"],
          ["Value", (write) => write.isDelete ? badge("deleted", "warn") : write.keyHash ? h("span", { class: "faint" }, "private") : value(write), "wrap"],
        ], writes) : empty("It wrote nothing."))),
      trace, lines,
      panel([h("h2", null, "As JSON"), h("button", { class: "end plain", onclick: (event) => { event.target.remove(); fill(raw, h("div", { class: "body" }, json(item))); } }, "Show")], raw)));
  // Beside the ledger, not before it: without it the page is whole, too.
  const beside = (holder, load) => load().catch((error) => { if (error.name !== "AbortError") fill(holder, problem(error)); });
  if (!item.transaction) return;
  beside(trace, () => showTrace(channel, item.transaction, trace, signal));
  beside(lines, () => showLines(item, lines, signal));
}

/** What functions said that ran because of it, from all logstores of the organisation. */
async function showLines(item, holder, signal) {
  // A mirror has no logs.
  const projects = await get("/api/logs/projects", null, { signal }).catch((error) => { if (error.status === 404) return []; throw error; });
  const stores = (await Promise.all(projects.map(({ name }) => get(path`/api/logs/projects/${name}/stores`, null, { signal })))).flat()
    .filter((store) => store.fields.includes("txId"));
  const query = `txId: ${item.transaction}`;
  for (const store of stores.slice(0, STORES_MAX)) {
    const { entries } = await get(path`/api/logs/projects/${store.project}/stores/${store.name}/entries`, { query, since: "30d", limit: 20, order: "oldest" }, { signal });
    if (!entries.length) continue;
    holder.append(panel([h("h2", null, "Log lines"), h("a", { class: "end", href: path`#/logs/${store.project}/${store.name}` + `?${new URLSearchParams({ query, since: "30d" })}` }, `${store.project}/${store.name}`)],
      table([["Time", (entry) => time(entry.time, true), "nowrap"], ["Function", (entry) => entry.fields.functionName ?? ""], ["", (entry) => h("code", null, entry.fields.message ?? entry.fields.operation ?? ""), "wrap"]], entries)));
  }
}

function explanation(channel, told) {
  const conflict = told.conflict;
  return h("div", { class: "note-box bad" }, h("strong", null, "Not valid. "), told.message,
    told.missingOrganizations?.length > 0 && h("div", null, "No valid endorsement of: ", told.missingOrganizations.join(", ")),
    conflict && facts(
      ["Key", keyLink(channel, conflict)],
      ["It had read version", "readVersion" in conflict && placeLink(channel, conflict.readVersion)],
      ["Overtaken by", conflict.winner && [placeLink(channel, conflict.winner), conflict.winner.transaction
        && [" ", h("a", { class: "mono", href: path`#/channels/${channel}/transactions/${conflict.winner.transaction}` }, conflict.winner.transaction)]]]));
}
