// The node at one glance: how fast, how far, who takes part.

import { h, fill, panel, table, badge, empty, hash } from "/dom.js";
import { get, follow, path } from "/api.js";
import { problem } from "/app.js";
import { bars, spark } from "/chart.js";
import { number, short, bytes, time, clock, duration } from "/format.js";
import { byDay, lag } from "/activity.js";
import { code, timeOf } from "/ledger.js";

const MINUTES = 10;
const SLOT = 5_000;
const PAGE = 100;

function tile(label) {
  const value = h("div", { class: "value" }, "–");
  const more = h("div", { class: "more" });
  return {
    element: h("div", { class: "tile" }, h("div", { class: "label" }, label), value, more),
    set(text, unit, ...rest) { fill(value, text, unit && h("small", null, unit)); if (rest.length) fill(more, rest); },
    more,
  };
}

export async function show({ main, channel, mirror, signal }) {
  const tiles = { height: tile("Blocks"), rate: tile("Transactions per second"), invalid: tile("Not valid"), delay: tile("From proposal to here"),
    ...(!mirror && { functions: tile("Functions"), logs: tile("Log entries") }) };
  const lost = h("div");
  const chart = h("div");
  const nodes = h("div");
  const blocks = h("div");
  const transactions = h("div");
  const days = channel && byDay(channel, signal);
  const behind = channel && lag(channel, MINUTES * 60_000);
  const live = h("span", { class: "dot", title: "Waits for blocks" });
  fill(main,
    h("div", { class: "head" }, h("h1", null, "Overview"), channel && h("span", { class: "note" }, channel), channel && live, mirror && h("span", { class: "note" }, `mirror of ${mirror.peer}`)), lost,
    h("div", { class: "tiles" }, (channel ? Object.values(tiles) : [tiles.functions, tiles.logs]).map((item) => item.element)),
    channel ? [
      h("div", { class: "columns wide-first" },
        panel([h("h2", null, `Transactions, last ${MINUTES} minutes`), h("span", { class: "end muted" }, `each bar ${SLOT / 1000} s`)], h("div", { class: "body" }, chart)), behind.element),
      days.element,
      h("div", { class: "columns" }, panel("Nodes", nodes), panel([h("h2", null, "Latest blocks"), h("a", { class: "end", href: path`#/channels/${channel}/blocks` }, "All")], blocks)),
      h("div", { style: { marginTop: "12px" } }, panel("Latest transactions", transactions)),
    ] : panel("Ledger", empty("This node takes part in no channel.", "duet up starts a network with one.")));

  const tellLost = (told) => fill(lost, (told?.problems ?? []).map((text) => h("div", { class: "note-box warn", role: "alert" }, text)));
  if (mirror) tellLost(mirror); else { drawFunctions(tiles.functions); drawLogs(tiles.logs); }
  if (!channel) return;

  const base = path`/api/channels/${channel}`;
  const [newest, network] = await Promise.all([get(`${base}/blocks`, { limit: PAGE }, { signal }), get("/api/network", null, { signal })]);
  const seen = { blocks: newest, transactions: [], delays: [], height: (newest[0]?.number ?? -1) + 1, rates: [] };
  const arrivals = newest.filter((block) => block.time).map((block) => ({ at: timeOf(block), good: block.validCount, bad: block.transactionCount - block.validCount }));

  const draw = () => {
    const now = Date.now();
    const end = Math.ceil(now / SLOT) * SLOT;
    const slots = Array.from({ length: MINUTES * 60_000 / SLOT }, (_, index) => ({ start: end - (MINUTES * 60_000 / SLOT - index) * SLOT, good: 0, bad: 0 }));
    for (const arrival of arrivals) {
      const slot = slots[Math.floor((arrival.at - slots[0].start) / SLOT)];
      if (slot) { slot.good += arrival.good; slot.bad += arrival.bad; }
    }
    bars(chart, slots.map((slot) => ({
      label: slot.start % 60_000 ? "" : clock(new Date(slot.start)).slice(0, 5), parts: [[slot.good, "bar-good"], [slot.bad, "bar-bad"]],
      title: `${clock(new Date(slot.start))}: ${slot.good} valid, ${slot.bad} not valid`,
    })), { unit: "transactions" });
    const minute = arrivals.filter((arrival) => arrival.at > now - 60_000);
    const sum = (name) => minute.reduce((total, arrival) => total + arrival[name], 0);
    tiles.rate.set(short((sum("good") + sum("bad")) / 60), "tx/s");
    spark(tiles.rate.more, slots.slice(-36).map((slot) => slot.good + slot.bad), 18);
    const all = arrivals.reduce((total, arrival) => total + arrival.good + arrival.bad, 0);
    const bad = arrivals.reduce((total, arrival) => total + arrival.bad, 0);
    tiles.invalid.set(all ? `${(bad / all * 100).toFixed(bad ? 1 : 0)}` : "–", all && "%", `${number(bad)} of the last ${number(all)}`);
    tiles.height.set(number(seen.height), null, seen.blocks[0] ? `${seen.blocks[0].time ? `last ${time(seen.blocks[0].time)}, ` : ""}${bytes(seen.blocks[0].byteCount)}` : "");
    if (seen.delays.length) {
      const sorted = [...seen.delays].sort((one, other) => one - other);
      tiles.delay.set(duration(sorted[Math.floor(sorted.length / 2)]), "p50", `p95 ${duration(sorted[Math.floor(sorted.length * 0.95)])}, last ${sorted.length}`);
    } else tiles.delay.set("–", null, "measured as blocks arrive");
  };
  const drawLists = (fresh) => {
    fill(blocks, table([
      ["Number", (block) => h("a", { href: path`#/channels/${channel}/blocks/${block.number}` }, number(block.number))],
      ["Time", (block) => time(block.time)],
      ["Transactions", (block) => [number(block.transactionCount), block.validCount < block.transactionCount && [" ", badge(`${block.transactionCount - block.validCount} not valid`, "bad")]]],
      ["Hash", (block) => hash(block.hash), "wide-only"],
      ["Size", (block) => bytes(block.byteCount), "right"],
    ], seen.blocks.slice(0, 8), (block) => path`#/channels/${channel}/blocks/${block.number}`));
    fill(transactions, seen.transactions.length ? table([
      ["Time", (item) => time(item.time, true), "nowrap"],
      ["Result", (item) => code(item)],
      ["Call", (item) => [item.contract ?? item.type, item.function && h("span", { class: "muted" }, " ", item.function)]],
      ["By", (item) => [item.creator?.name, h("span", { class: "faint wide-only" }, " ", item.creator?.mspId)]],
      ["Event", (item) => item.event ?? "", "wide-only"],
      ["Transaction", (item) => h("a", { href: path`#/channels/${channel}/transactions/${item.transaction || `${item.block}:${item.index}`}` }, hash(item.transaction || "–"))],
    ], seen.transactions.slice(0, 12), (item) => path`#/channels/${channel}/transactions/${`${item.block}:${item.index}`}`)
      : empty("None yet. They appear as they are committed."));
    if (fresh) blocks.querySelector("tbody tr")?.classList.add("fresh");
  };
  const take = (block) => {
    if (block.number < seen.height) return;
    seen.height = block.number + 1;
    seen.blocks = [block, ...seen.blocks].slice(0, PAGE);
    const now = Date.now();
    arrivals.push({ at: now, good: block.validCount, bad: block.transactionCount - block.validCount });
    while (arrivals.length > 20_000) arrivals.shift();
    for (const item of block.transactions ?? []) {
      if (item.time) seen.delays.push(Math.max(0, now - new Date(item.time)));
      seen.transactions.unshift({ ...item, block: block.number });
    }
    seen.delays = seen.delays.slice(-200);
    seen.transactions = seen.transactions.slice(0, 50);
    isStale = true;
  };

  const drawNodes = (list) => fill(nodes, table([
    ["Node", (node) => [node.name, " ", badge(node.kind, node.kind === "peer" ? "info" : ""), h("div", { class: "faint" }, node.organization, " ", node.address)], "wrap"],
    ["Height", (node) => node.kind === "peer" ? number(node.heights?.[channel] ?? 0) : "", "right"],
    ["Behind", (node) => {
      if (node.kind !== "peer") return "";
      const behind = Math.max(...list.map((other) => other.heights?.[channel] ?? 0)) - (node.heights?.[channel] ?? 0);
      return behind ? badge(`${behind}`, "warn") : badge("0", "good");
    }, "right"],
  ], list));

  for (const block of newest.slice(0, 3)) {
    const whole = await get(base + path`/blocks/${block.number}`, null, { signal });
    for (const item of whole.transactions) seen.transactions.push({ ...item, block: whole.number });
  }
  const askTriggers = () => get("/api/triggers/status", null, { signal }).catch((error) => { if (error.status === 404) return []; throw error; });
  drawNodes(nodesOf(network));
  behind.add(network, await askTriggers());
  draw();
  drawLists(false);

  // Beside what is live, not before it.
  days.ask().catch((error) => { if (error.name !== "AbortError") fill(days.element, problem(error)); });

  let isStale = false;
  follow(`${base}/events`, { from: seen.height }, ["block"], take, (state) => {
    live.className = `dot ${state === "open" ? "good" : "warn"}`;
    live.title = state === "open" ? "Live" : "The connection broke; it is made again";
  }, signal);
  // Drawn at a pace that eyes and processors can follow, however fast blocks come.
  const drawing = setInterval(() => { if (document.hidden) return; if (isStale) drawLists(true); isStale = false; draw(); }, 1000);
  const asking = setInterval(async () => {
    if (document.hidden) return;
    try {
      const [now, triggers] = await Promise.all([get("/api/network", null, { signal }), askTriggers()]);
      drawNodes(nodesOf(now));
      tellLost(now.mirror);
      behind.add(now, triggers);
    } catch { /* The dot beside the title tells it. */ }
  }, 3000);
  signal.addEventListener("abort", () => { clearInterval(drawing); clearInterval(asking); });
}

const nodesOf = (network) => network.organizations.flatMap(({ mspId, orderers, peers }) => [
  ...orderers.map((node) => ({ ...node, kind: "orderer", organization: mspId })),
  ...peers.map((node) => ({ ...node, kind: "peer", organization: mspId }))]);

async function drawFunctions(tile) {
  const functions = await get("/api/functions");
  const running = functions.reduce((sum, item) => sum + (item.instanceCount ?? 0), 0);
  tile.set(number(functions.length), null, h("a", { href: "#/functions" }, `${running} instance${running === 1 ? "" : "s"} warm`));
}

async function drawLogs(tile) {
  const projects = await get("/api/logs/projects");
  const stores = (await Promise.all(projects.map((project) => get(path`/api/logs/projects/${project.name}/stores`)))).flat();
  const sum = (name) => stores.reduce((total, store) => total + store[name], 0);
  tile.set(short(sum("entryCount")), null, h("a", { href: "#/logs" }, `${bytes(sum("fileByteCount"))} in ${stores.length} stores`));
}
