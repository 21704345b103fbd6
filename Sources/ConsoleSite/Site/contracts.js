// What a channel's organisations agreed on: the definitions of its contracts, and who approved them.

import { h, fill, panel, facts, badge, empty } from "/dom.js";
import { get, path } from "/api.js";
import { methods } from "/call.js";

export async function show({ main, parts: [channel], signal }) {
  const [definitions, details] = await Promise.all([
    get(path`/api/channels/${channel}/definitions`, null, { signal }), get(path`/api/channels/${channel}`, null, { signal })]);
  const linked = await get("/api/contracts", null, { signal }).catch((error) => { if (error.status === 404) return []; throw error; });
  fill(main, h("div", { class: "head" }, h("h1", null, "Contracts"), h("span", { class: "note" }, `on ${channel}`)),
    definitions.length ? definitions.map((item) => panel([
      h("strong", null, item.name), item.version && badge(item.version), item.sequence !== undefined && h("span", { class: "muted" }, `sequence ${item.sequence}`),
      h("span", { class: "end" }, h("a", { href: path`#/channels/${channel}/state/${item.name}` }, "State"))],
      h("div", { class: "body" }, item.problem && h("div", { class: "note-box bad" }, item.problem), facts(
        ["Endorsement", item.endorsementPolicy && h("code", null, item.endorsementPolicy)],
        ["Approved by", Object.entries(item.approvals ?? {}).map(([name, isApproved]) => [badge(`${isApproved ? "✓" : "–"} ${name}`, isApproved ? "good" : ""), " "])],
        ["Collections", (item.collections ?? []).join(", ")],
        ["Init", item.isInitRequired ? "required" : undefined],
        ["Plug-ins", `${item.endorsementPlugin}, ${item.validationPlugin}`])),
      methods(channel, linked.find((contract) => contract.name === item.name))))
      : empty("No contract is committed on this channel."),
    h("div", { style: { marginTop: "12px" } }, panel("Rules of the channel", h("div", { class: "body" }, facts(
      ...Object.entries(details.policies ?? {}).map(([name, rule]) => [name, h("code", null, rule)]),
      ["Members", details.organizations.join(", ")], ["Orderers", (details.ordererAddresses ?? []).join(", ")],
      ["Consensus", `${details.ordering.consensus}, at most ${details.ordering.maxMessageCount} transactions or ${details.ordering.batchTimeout} a block`],
      ["Capabilities", Object.entries(details.capabilities).map(([name, level]) => `${name} ${level}`).join(", ")])))));
}
