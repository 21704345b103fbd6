// One block with its transactions.

import { h, fill, panel, table, facts, badge, hash, copyButton, json } from "/dom.js";
import { get, path } from "/api.js";
import { number, bytes, time } from "/format.js";
import { code, culprit } from "/ledger.js";

export async function show({ main, parts: [channel, id], signal }) {
  const base = path`/api/channels/${channel}`;
  const [block, { height }] = await Promise.all([get(base + path`/blocks/${id}`, null, { signal }), get(base, null, { signal })]);
  const at = (value) => path`#/channels/${channel}/blocks/${value}`;
  const raw = h("div");
  const whole = (text) => [h("code", null, text), copyButton(text)];
  fill(main,
    h("div", { class: "head" }, h("a", { class: "crumb", href: path`#/channels/${channel}/blocks` }, "Blocks"), h("h1", null, `Block ${number(block.number)}`),
      block.isConfig && badge("config", "info"),
      h("div", { class: "end" },
        h("a", { class: "button", "data-key": "[", href: block.number > 0 ? at(block.number - 1) : undefined, "aria-disabled": block.number === 0 ? "true" : undefined }, "← Previous"),
        h("a", { class: "button", "data-key": "]", href: block.number + 1 < height ? at(block.number + 1) : undefined, "aria-disabled": block.number + 1 >= height ? "true" : undefined }, "Next →"))),
    h("div", { class: "stack" },
      panel(null, h("div", { class: "body" }, facts(
        ["Time", block.time && [time(block.time, true), h("span", { class: "faint" }, " as its first transaction claims")]],
        ["Transactions", [number(block.transactionCount), block.validCount < block.transactionCount && h("span", { class: "bad-text" }, `, ${block.transactionCount - block.validCount} not valid`)]],
        ["Size", bytes(block.byteCount)],
        ["Hash", whole(block.hash)],
        ["Hash before", block.number > 0 && [h("a", { class: "mono", href: at(block.number - 1) }, block.previousHash)]],
        ["Data hash", h("code", null, block.dataHash)],
        ["Commit hash", block.commitHash && h("code", null, block.commitHash)],
        ["Orderer", (block.orderers ?? []).map((item) => `${item.name ?? "?"} (${item.mspId})`).join(", ")],
        ["Config of block", block.configBlock !== undefined && h("a", { href: at(block.configBlock) }, block.configBlock)]))),
      panel(`${number(block.transactions.length)} transaction${block.transactions.length === 1 ? "" : "s"}`, table([
        ["#", (item) => item.index],
        ["Result", (item) => [code(item), item.explanation && h("div", null, culprit(channel, item.explanation))], "wrap"],
        ["Call", (item) => [item.contract ?? item.type, item.function && h("span", { class: "muted" }, " ", item.function)]],
        ["By", (item) => [item.creator?.name, h("span", { class: "faint wide-only" }, " ", item.creator?.mspId)]],
        ["Event", (item) => item.event ?? "", "wide-only"],
        ["Time", (item) => time(item.time, true), "nowrap wide-only"],
        ["Transaction", (item) => h("a", { href: path`#/channels/${channel}/transactions/${`${block.number}:${item.index}`}` }, hash(item.transaction || "–", 16))],
      ], block.transactions, (item) => path`#/channels/${channel}/transactions/${`${block.number}:${item.index}`}`)),
      panel([h("h2", null, "As JSON"), h("button", { class: "end plain", onclick: (event) => { event.target.remove(); fill(raw, h("div", { class: "body" }, json(block))); } }, "Show")], raw)));
}
