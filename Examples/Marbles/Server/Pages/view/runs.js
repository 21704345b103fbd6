// What functions wrote: lines gathered by invocation, and how an invocation looks.

import { icon, make } from "../dom.js";
import { clockTime, figure, say } from "../words.js";

/** Lines by invocation, each line once, in the order of their time. */
export function groupRuns(lines) {
  const runs = new Map();
  const seen = new Set();
  for (const line of [...lines].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))) {
    if (seen.has(line.cursor)) continue;
    seen.add(line.cursor);
    const key = line.request || line.cursor;
    if (!runs.has(key)) runs.set(key, { key, time: line.time, service: line.service, function: line.function, lines: [] });
    const run = runs.get(key);
    for (const name of ["trigger", "version", "milliseconds", "memory", "isColdStart", "error", "transaction", "block"]) run[name] = line[name] ?? run[name];
    if (line.message) run.lines.push(line.message);
  }
  return [...runs.values()];
}

/** openBlock: where a run's block can be opened from here. */
export function runView(run, { openBlock, place } = {}) {
  const { error, milliseconds, isColdStart, version } = run;
  const facts = [
    run.trigger,
    milliseconds !== undefined && say("ms", { ms: figure(milliseconds) }),
    isColdStart !== undefined && say(isColdStart ? "cold" : "warm"),
    version && version !== "LATEST" && say("version", { version }),
    clockTime(Date.parse(run.time)),
  ].filter(Boolean);
  const number = run.block ?? place;
  return make("div", { class: `run${error ? " is-error" : ""}` },
    make("p", { class: "run-head" }, icon(error ? "warning" : "function"), make("b", {}, `${run.service} / ${run.function}`),
      openBlock && number !== undefined && make("button", { type: "button", class: "link", onclick: () => openBlock(number) }, say("block", { number }))),
    make("p", { class: "run-facts" }, facts.join(" · "), error && make("span", { class: "badge badge-bad" }, error)),
    run.lines.length > 0 && make("pre", {}, run.lines.join("\n")));
}
