// A transaction with everything that belongs to it, as a tree: who was asked before it, what it set off, what that wrote.

import { h, fill, panel, badge, hash } from "/dom.js";
import { get, path } from "/api.js";
import { duration, time } from "/format.js";

const kinds = { succeeded: "good", handled: "good", allowed: "good", answered: "good", failed: "bad", refused: "bad", deadLettered: "bad", timedOut: "bad", parked: "warn", waiting: "warn" };

/** Of each invocation; all are found by its link. */
const LINES = 5;

/** Parts of an invocation's time, in the order in which they pass. */
const phases = [["queueMicroseconds", "waiting", "part-a"], ["sandboxMicroseconds", "making the sandbox", "part-a"], ["runtimeStartMicroseconds", "starting the runtime", "part-b"],
  ["codeLoadMicroseconds", "loading code", "part-c"], ["initializerMicroseconds", "the initializer", "part-c"], ["runMicroseconds", "running", "part-d"]];

/**
 * Puts the trace of a transaction into an element; nothing where the node keeps none.
 */
export async function showTrace(channel, id, holder, signal) {
  let trace;
  try {
    trace = await get(path`/api/channels/${channel}/transactions/${id}/trace`, { lines: LINES }, { signal });
  } catch (error) {
    if (error.status === 404) return;
    throw error;
  }
  const nodes = contents(trace);
  if (!nodes.length) return;
  fill(holder, panel([h("h2", null, "What belongs to it"), trace.traceId && h("code", { class: "end faint", title: "Trace" }, trace.traceId)],
    h("div", { class: "body tree" }, h("ul", null, nodes),
      trace.isComplete === false && h("p", { class: "muted" }, "More belongs to it than is shown."))));
}

const node = (title, ...children) => h("li", null, h("div", { class: "row-of" }, title), children.flat(Infinity).filter(Boolean).length > 0 && h("ul", null, children));

const state = (text) => text && badge(text, kinds[text] ?? "info");

const functionLink = (item) => item.service && h("a", { href: path`#/functions/${item.service}/${item.function}` }, `${item.service}/${item.function}`);

const transactionLink = (channel, id, text) => h("a", { class: "mono", href: path`#/channels/${channel}/transactions/${id}` }, text ?? hash(id, 16));

function contents(trace) {
  const cause = trace.cause;
  return [
    cause && node([badge("set off by"), cause.transaction ? transactionLink(cause.channel, cause.transaction, `${cause.block} : ${cause.index}`) : h("code", null, cause.event),
      functionLink(cause), cause.trigger && h("span", { class: "muted" }, `by ${cause.trigger}`)]),
    trace.submittedBy && node([badge("submitted by a function"), h("code", null, trace.submittedBy)]),
    (trace.checks ?? []).map((check) => node([badge("asked before", "info"), functionLink(check), state(check.outcome ?? check.verdict),
      check.message && h("span", { class: "muted" }, check.message)], check.invocation && invocation(check.invocation))),
    (trace.calls ?? []).map((call) => node([badge("asked by the contract", "info"), functionLink(call) ?? h("span", { class: "muted" }, "another organisation's function"), state(call.outcome),
      call.durationMicroseconds !== undefined && h("span", { class: "muted" }, duration(call.durationMicroseconds / 1000)),
      !call.isRecorded && badge("not in the transaction", "warn"), call.message && h("span", { class: "muted" }, call.message)], call.invocation && invocation(call.invocation))),
    (trace.triggers ?? []).map((item) => node([badge(item.triggerType, "info"),
      item.trigger ? h("a", { href: path`#/triggers/${item.service}/${item.function}/${item.trigger}` }, item.trigger) : functionLink(item), state(item.status),
      item.replay && badge("replay"), item.reason && h("span", { class: "muted" }, item.reason), item.error && h("span", { class: "bad-text" }, item.error)],
    (item.invocations ?? []).map(invocation), (item.transactions ?? []).map(written))),
    (trace.invocations ?? []).map(invocation),
  ].flat().filter(Boolean);
}

function invocation(item) {
  const spent = phases.map(([name, text, kind]) => [text, (item.timing?.[name] ?? 0) / 1000, kind]).filter(([, value]) => value > 0);
  const total = (item.timing?.totalMicroseconds ?? 0) / 1000;
  const lines = item.project && path`#/logs/${item.project}/${item.logstore}` + `?${new URLSearchParams({ query: `requestId: ${item.requestId}`, since: "30d" })}`;
  return node([badge(item.kind), functionLink(item), state(item.status), item.attempt > 1 && badge(`attempt ${item.attempt}`, "warn"), h("span", { class: "muted" }, duration(total)),
    h("span", { class: "bar phases", role: "img", "aria-label": spent.map(([text, value]) => `${text} ${duration(value)}`).join(", "), title: spent.map(([text, value]) => `${text} ${duration(value)}`).join("\n") },
      spent.map(([, value, kind]) => h("i", { class: kind, style: { width: `${value / Math.max(total, 0.001) * 100}%` } }))),
    lines ? h("a", { href: lines }, "log lines") : h("code", { class: "faint" }, item.requestId.slice(0, 8)), item.error && h("span", { class: "bad-text" }, item.error)],
  (item.logs ?? []).map((entry) => h("li", { class: "line" }, h("span", { class: "faint" }, time(entry.time, true)), " ", entry.fields?.message ?? entry.fields?.operation ?? "")),
  item.hasMoreLogs && h("li", { class: "line faint" }, "… more lines"), (item.transactions ?? []).map(written));
}

const written = (item) => node([badge("wrote", "info"), transactionLink(item.channel, item.transaction),
  item.trace && [h("span", null, item.trace.contract, " ", h("span", { class: "muted" }, item.trace.function)), item.trace.code && badge(item.trace.code, item.trace.isValid ? "good" : "bad")]],
item.trace && contents(item.trace));
