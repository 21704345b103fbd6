// All blocks of a channel, however many, newest first.

import { h, fill, badge, hash, empty } from "/dom.js";
import { get, follow, path } from "/api.js";
import { windowedList } from "/list.js";
import { number, bytes, time } from "/format.js";

export async function show({ main, parts: [channel], signal }) {
  const base = path`/api/channels/${channel}`;
  const { height } = await get(base, null, { signal });
  let count = height;
  /** Blocks that came while somebody reads further down. */
  let waiting = [];
  const list = windowedList({
    label: "Blocks",
    columns: [
      ["Number", "84px", (block) => h("a", { href: path`#/channels/${channel}/blocks/${block.number}` }, number(block.number))],
      ["Time", "136px", (block) => time(block.time)],
      ["Transactions", "minmax(110px, 1fr)", (block) => [number(block.transactionCount), block.isConfig && [" ", badge("config", "info")],
        block.validCount < block.transactionCount && [" ", badge(`${block.transactionCount - block.validCount} not valid`, "bad")]]],
      ["Size", "76px", (block) => bytes(block.byteCount)],
      ["Hash", "minmax(0, 1.4fr)", (block) => h("span", { class: "mono muted" }, block.hash), true],
      ["Orderer", "minmax(0, 1fr)", (block) => h("span", { class: "muted" }, block.orderers?.[0]?.name ?? ""), true],
    ],
    fetch: (first, length) => get(`${base}/blocks`, { from: first, limit: length, order: "oldest" }, { signal }),
    open: (block) => { location.hash = path`#/channels/${channel}/blocks/${block.number}`; },
  });
  const fresh = h("button", { hidden: true, onclick: () => { renew(); list.scrollTo(0); } });
  const go = h("input", { type: "number", min: "0", placeholder: "Number", "aria-label": "Go to block", style: { width: "110px" } });
  const note = h("span", { class: "note" });
  main.className = "full";
  fill(main,
    h("div", { class: "head" }, h("h1", null, "Blocks"), note, fresh,
      h("form", { class: "end", onsubmit: (event) => {
        event.preventDefault();
        if (go.value !== "") list.scrollTo(Math.max(0, count - 1 - Number(go.value)));
        list.focus();
      } }, go, h("button", null, "Go to"))),
    height ? h("section", { class: "panel wl" }, list.element) : empty("This channel has no blocks here yet."));
  const tell = () => fill(note, `${number(count)} of ${channel}`);
  const renew = () => {
    count += waiting.length;
    list.add(waiting);
    waiting = [];
    fresh.hidden = true;
    tell();
  };
  list.set(count);
  tell();
  list.focus();
  let isDue = false;
  follow(`${base}/events`, { from: count }, ["block"], (block) => {
    waiting.push(block);
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      if (signal.aborted) return;
      // Who reads further down is not moved.
      if (list.isAtTop) renew();
      else { fresh.hidden = false; fill(fresh, `${number(waiting.length)} new`); }
    }, 300);
  }, null, signal);
}
