// What the ledger took in by day, and how far peers and triggers are behind.

import { h, fill, panel } from "/dom.js";
import { get, path } from "/api.js";
import { bars, lines } from "/chart.js";
import { number, bytes, duration } from "/format.js";

const DAYS = 30;
/** Questions in a row while the node still counts the past; each counts 2 000 blocks. */
const QUESTIONS_MAX = 500;

/** Three charts over the last days: transactions, time to commit, what endorsements cost. */
export function byDay(channel, signal) {
  const note = h("span", { class: "end muted" });
  const [transactions, delays, costs] = [h("div"), h("div"), h("div")];
  const element = h("div", { class: "columns three" },
    panel([h("h2", null, "Transactions per day"), note], h("div", { class: "body" }, transactions)),
    panel([h("h2", null, "Time to commit"), h("span", { class: "end muted" }, "half within, 95 % within")], h("div", { class: "body" }, delays)),
    panel([h("h2", null, "Endorsement cost"), h("span", { class: "end muted" }, "bytes per transaction")], h("div", { class: "body" }, costs)));
  const draw = (told) => {
    const known = new Map(told.days.map((item) => [item.day, item]));
    const now = Date.now();
    const days = Array.from({ length: DAYS }, (_, index) => new Date(now - (DAYS - 1 - index) * 86_400_000).toISOString().slice(0, 10))
      .map((name) => known.get(name) ?? { day: name, transactionCount: 0, invalidCount: 0, blockCount: 0, endorsementCount: 0, endorsementByteCount: 0 });
    const label = (item) => item.day.slice(5);
    fill(note, told.isComplete ? `${number(told.days.reduce((sum, item) => sum + item.transactionCount, 0))} in ${DAYS} days` : `counted from block ${number(told.firstBlock)}`);
    bars(transactions, days.map((item) => ({ label: label(item), parts: [[item.transactionCount - item.invalidCount, "bar-good"], [item.invalidCount, "bar-bad"]],
      title: `${item.day} (UTC): ${number(item.transactionCount - item.invalidCount)} valid, ${number(item.invalidCount)} not valid, ${number(item.blockCount)} blocks` })), { height: 96, unit: "transactions" });
    bars(delays, days.map((item) => {
      const time = item.timeToCommit;
      return { label: label(item), parts: time ? [[time.p50Milliseconds, "bar-good"], [time.p95Milliseconds - time.p50Milliseconds, "bar-soft"]] : [],
        title: time ? `${item.day} (UTC): half within ${duration(time.p50Milliseconds)}, 95 % within ${duration(time.p95Milliseconds)}, of ${number(time.count)}` : `${item.day}: not seen by this node` };
    }), { height: 96, unit: "milliseconds", tell: duration });
    bars(costs, days.map((item) => {
      const each = item.transactionCount ? item.endorsementByteCount / item.transactionCount : 0;
      return { label: label(item), parts: [[each, "bar-good"]],
        title: each ? `${item.day} (UTC): ${bytes(Math.round(each))} and ${(item.endorsementCount / item.transactionCount).toFixed(1)} endorsements a transaction` : item.day };
    }), { height: 96, unit: "bytes", tell: (value) => bytes(Math.round(value)) });
  };
  const ask = async () => {
    for (let asked = 0; asked < QUESTIONS_MAX && !signal.aborted; asked += 1) {
      const told = await get(path`/api/channels/${channel}/activity`, { days: DAYS }, { signal });
      draw(told);
      if (told.isComplete) return;
    }
  };
  return { element, ask };
}

/** How many blocks peers and triggers are behind the newest one, over the last minutes. */
export function lag(channel, spanMilliseconds) {
  const chart = h("div");
  const note = h("span", { class: "end muted" }, "peers, triggers");
  const points = [];
  const draw = () => {
    const now = Date.now();
    while (points.length && points[0].at < now - spanMilliseconds) points.shift();
    lines(chart, [["line", "peers"], ["line other", "triggers"]].map(([kind, name]) => ({ kind, points: points.map((point) => [point.at, point[name]]) })),
      { from: now - spanMilliseconds, to: now, unit: "blocks behind" });
  };
  return {
    element: panel([h("h2", null, "Behind, in blocks"), note], h("div", { class: "body" }, chart)),
    /** Takes what the network and the triggers tell now. */
    add(network, triggers) {
      const heights = network.organizations.flatMap(({ peers }) => peers.map((peer) => peer.heights?.[channel] ?? 0));
      const behind = triggers.filter((item) => item.channel === channel).map((item) => item.lagBlocks ?? 0);
      const point = { at: Date.now(), peers: Math.max(...heights, 0) - Math.min(...heights, Infinity), triggers: Math.max(0, ...behind) };
      if (!isFinite(point.peers)) point.peers = 0;
      points.push(point);
      fill(note, h("span", { class: "key" }), `peers ${number(point.peers)}  `, h("span", { class: "key other" }), `triggers ${number(point.triggers)}`);
      draw();
    },
  };
}
