// One ledger trigger: where it stands, what it did, what it set aside, and running history through it again.

import { h, fill, panel, table, facts, badge, empty, confirm, hash, toast } from "/dom.js";
import { get, post, remove, path, session } from "/api.js";
import { attempt, problem } from "/app.js";
import { number, time, ago } from "/format.js";

export const conditions = { caughtUp: "good", running: "info", paused: "warn", disabled: "", waiting: "warn", stopped: "bad" };

const outcomes = { handled: "good", succeeded: "good", failed: "bad", deadLettered: "bad", parked: "warn" };

/** Does something again and again while the page is shown and looked at. */
export function every(milliseconds, action, signal) {
  const timer = setInterval(() => { if (!document.hidden) action().catch(() => { /* Told the next time a person asks. */ }); }, milliseconds);
  signal.addEventListener("abort", () => clearInterval(timer));
}

export async function show({ main, parts: [service, name, trigger], signal }) {
  const base = path`/api/triggers/${service}/${name}/${trigger}`;
  const isAdmin = session.role === "admin";
  const head = h("div", { class: "head" });
  const state = h("div");
  const parked = h("div");
  const replays = h("div");
  const list = h("div");
  const act = (label, kind, action) => {
    const button = h("button", { class: kind, disabled: !isAdmin, onclick: () => attempt(button, async () => { await action(); await draw(); }) }, label);
    return button;
  };

  let drawn = "";
  async function draw() {
    const [item, keys, runs, done] = await Promise.all([get(base, null, { signal }), get(`${base}/parked`, null, { signal }), get(`${base}/replays`, null, { signal }), get(`${base}/outcomes`, { limit: 50 }, { signal })]);
    const block = (text) => text ? h("a", { href: path`#/channels/${item.channel}/blocks/${String(text).split("/")[0]}` }, text) : "–";
    const isHeld = item.condition === "paused" || item.condition === "stopped";
    // What has not changed stays, with the focus and the selection in it.
    const told = JSON.stringify([item, keys, runs, done]);
    if (signal.aborted || told === drawn) return;
    drawn = told;
    fill(head, h("a", { class: "crumb", href: "#/triggers" }, "Triggers"), h("h1", null, trigger), badge(item.condition, conditions[item.condition]), h("a", { href: path`#/functions/${service}/${name}` }, `${service}/${name}`),
      h("div", { class: "end" }, isHeld ? act("Resume", "main", () => post(`${base}/resume`, {})) : act("Pause", "", () => post(`${base}/pause`, {})),
        act("Move …", "", async () => { const to = await ask("Move the position", "EARLIEST, LATEST, a block's number, or block/transaction/event. What lies between is skipped, or delivered once more.", "Move"); if (to) await post(`${base}/seek`, { position: to }); })));
    fill(state, (item.reason || item.lastError) && h("div", { class: `note-box ${item.condition === "stopped" ? "bad" : "warn"}` }, item.reason ?? item.lastError),
      panel(null, h("div", { class: "body" }, facts(
        ["Reads", [badge(item.triggerType, "info"), " ", item.channel]],
        ["Position", [block(item.position), item.savedPosition && item.savedPosition !== item.position && h("span", { class: "faint" }, ` saved ${item.savedPosition}`)]],
        ["Ledger", item.ledgerHeight !== undefined && `${number(item.ledgerHeight)} blocks`],
        ["Behind", item.lagBlocks !== undefined && (item.lagBlocks ? h("span", null, `${number(item.lagBlocks)} blocks`) : badge("0", "good"))],
        ["Waiting", `${number(item.waitingEvents)} events${item.oldestWaiting ? `, the oldest ${ago(item.oldestWaiting)}` : ""}`],
        ["Handled", [number(item.handledCount ?? 0), ", failed ", number(item.failedCount ?? 0), ", passed over ", number(item.passedOverCount ?? 0)]],
        ["Version", item.qualifier], ["When it fails", item.onFailure], ["Order", item.isKeyed ? "per key" : "per channel"], ["Sink", item.sink]))));
    fill(parked, panel([h("h2", null, "Set aside"), h("span", { class: "end" }, keys.length > 0 && act("Deliver all", "", () => post(`${base}/release`, {})))], keys.length ? table([
      ["Key", (key) => h("code", null, key.key)], ["From", (key) => block(key.first)], ["To", (key) => block(key.last)], ["Events", (key) => number(key.eventCount), "right"],
      ["Why", (key) => key.reason, "wrap"], ["", (key) => act("Deliver", "plain", () => post(`${base}/release`, { key: key.key }))],
    ], keys) : empty("No key is parked.")));
    fill(replays, panel("Replays", runs.length ? table([
      ["Blocks", (run) => `${number(run.firstBlock)} – ${number(run.lastBlock)}`, "nowrap"], ["", (run) => [run.isDryRun && badge("dry run", "info"), " ", badge(run.status)]],
      ["Progress", (run) => progress(run)], ["Version", (run) => run.qualifier ?? ""],
      ["Outcome", (run) => run.isDryRun ? `${number(run.equalCount ?? 0)} equal, ${number(run.differentCount ?? 0)} different, ${number(run.newCount ?? 0)} new` : `${number(run.handledCount ?? 0)} handled, ${number(run.failedCount ?? 0)} failed`],
      ["Begun", (run) => time(run.startedAt), "nowrap wide-only"], ["", (run) => run.endedAt ? run.error ?? "" : act("Stop", "plain danger", () => remove(base + path`/replays/${run.id}`)), "wrap"],
    ], [...runs].reverse()) : empty("History was not run through it again yet.")));
    fill(list, panel("Latest events", done.length ? table([
      ["Event", (item) => { const [channel, at, index] = item.eventId.split("/"); return h("a", { class: "mono", href: path`#/channels/${channel}/transactions/${`${at}:${index}`}` }, item.eventId); }],
      ["", (item) => [badge(item.status, outcomes[item.status]), item.error && h("div", { class: "faint" }, item.error)], "wrap"], ["Attempts", (item) => number(item.attemptCount), "right"],
      ["Wrote", (item) => (item.transactionIds ?? []).map((id) => h("div", null, h("a", { href: path`#/channels/${item.eventId.split("/")[0]}/transactions/${id}` }, hash(id))))],
      ["Ended", (item) => time(item.endedAt, true), "nowrap"], ["Request", (item) => h("span", { class: "mono faint" }, item.requestId.slice(0, 8))],
    ], done) : empty("Nothing was delivered yet.")));
  }

  const first = h("input", { type: "number", min: "0", required: true, value: "0", "aria-label": "First block", style: { width: "100px" } });
  const last = h("input", { type: "number", min: "0", placeholder: "newest", "aria-label": "Last block", style: { width: "100px" } });
  const version = h("input", { placeholder: "its own", "aria-label": "Version or alias", style: { width: "110px" } });
  const dry = h("input", { type: "checkbox", checked: true });
  const wrong = h("div");
  const start = h("button", { class: "main", type: "submit", disabled: !isAdmin }, "Replay");
  fill(main, head, h("div", { class: "stack" }, state, h("div", { class: "columns" }, parked, h("div", null, replays, h("form", { class: "panel row-of", style: { padding: "8px 12px", marginTop: "12px" }, onsubmit: (event) => {
    event.preventDefault();
    attempt(start, async () => {
      fill(wrong);
      try {
        await post(`${base}/replays`, { firstBlock: Number(first.value), ...(last.value !== "" && { lastBlock: Number(last.value) }), ...(version.value.trim() && { qualifier: version.value.trim() }), isDryRun: dry.checked });
        toast("The replay runs beside live traffic.");
      } catch (error) { fill(wrong, problem(error)); }
      await draw();
    });
  } }, "Blocks", first, "to", last, "through", version, h("label", { class: "row-of" }, dry, "dry run"), start), wrong)), list));
  await draw();
  every(2000, draw, signal);
}

function progress(run) {
  const span = run.lastBlock - run.firstBlock + 1;
  const at = run.endedAt ? span : Math.max(0, Number(String(run.position ?? run.firstBlock).split("/")[0]) - run.firstBlock);
  return h("progress", { max: String(Math.max(1, span)), value: String(Math.min(span, at)), "aria-label": `${at} of ${span} blocks` });
}

/** Asks for one line. */
function ask(title, text, action) {
  return new Promise((resolve) => {
    const input = h("input", { "aria-label": title, required: true, style: { width: "100%" } });
    const dialog = h("dialog", { onclose: () => { dialog.remove(); resolve(dialog.returnValue === "yes" ? input.value.trim() : null); } },
      h("form", { method: "dialog" }, h("h1", null, title), h("p", null, text), input,
        h("div", { class: "actions" }, h("button", { type: "button", onclick: () => dialog.close("no") }, "Cancel"), h("button", { value: "yes", class: "main" }, action))));
    document.body.append(dialog);
    dialog.showModal();
  });
}
