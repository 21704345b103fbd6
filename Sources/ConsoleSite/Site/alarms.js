// Saved queries that call somebody when their condition holds.

import { h, fill, panel, table, facts, badge, empty, confirm, toast } from "/dom.js";
import { get, put, remove, path, session } from "/api.js";
import { attempt, problem } from "/app.js";
import { time, ago, duration } from "/format.js";

const kinds = { quiet: "good", pending: "warn", firing: "bad" };

export async function show({ main, signal }) {
  const projects = await get("/api/logs/projects", null, { signal });
  const lists = await Promise.all(projects.map(async ({ name }) => (await get(path`/api/logs/projects/${name}/alarms`, null, { signal })).map((alarm) => ({ ...alarm, project: name }))));
  const alarms = lists.flat();
  const again = () => show({ main, signal });
  const edit = h("div");
  fill(main,
    h("div", { class: "head" }, h("h1", null, "Alarms"), h("span", { class: "note" }, `${alarms.filter((alarm) => alarm.state === "firing").length} firing of ${alarms.length}`),
      h("div", { class: "end" }, h("button", { disabled: session.role !== "admin", onclick: () => fill(edit, form(projects, null, again)) }, "New alarm"))),
    edit,
    alarms.length ? alarms.map((alarm) => panel([
      h("strong", null, alarm.name), badge(alarm.state, kinds[alarm.state]), !alarm.isEnabled && badge("switched off"), alarm.silencedUntil && badge(`silent until ${time(alarm.silencedUntil)}`, "warn"),
      h("span", { class: "muted wide-only" }, `${alarm.project}/${alarm.store}`),
      h("span", { class: "end" }, actions(alarm, projects, edit, again))],
      h("div", { class: "body" }, facts(["Query", h("a", { class: "mono", href: path`#/logs/${alarm.project}/${alarm.store}` + `?${new URLSearchParams({ query: alarm.query, since: "24h" })}` }, alarm.query)],
        ["Condition", h("code", null, alarm.condition)], ["Looks", `every ${duration(alarm.intervalSeconds * 1000)} at the last ${duration(alarm.windowSeconds * 1000)}, last ${ago(alarm.lastEvaluation)}`],
        ["Calls", alarm.target.address ?? `${alarm.target.service}/${alarm.target.function}`], ["Firing since", alarm.firingSince && time(alarm.firingSince)],
        ["Not delivered yet", alarm.pendingNoticeCount || undefined])),
      alarm.history.length > 0 && h("details", null, h("summary", { class: "body" }, `History, ${alarm.history.length}`), table([["Time", (item) => time(item.time), "nowrap"], ["Event", (item) => item.event], ["", (item) => item.detail, "wrap"]], alarm.history))))
      : empty("No alarm is set.", "An alarm is a query, a condition on its answer and a schedule; it calls an address or a function."));
}

function actions(alarm, projects, edit, again) {
  const route = path`/api/logs/projects/${alarm.project}/alarms/${alarm.name}`;
  const silence = (seconds) => (event) => attempt(event.target, async () => { await put(`${route}/silence`, { seconds }); await again(); });
  return [
    alarm.silencedUntil ? h("button", { class: "plain", onclick: silence(0) }, "End the silence") : h("button", { class: "plain", onclick: silence(3600) }, "Silence 1 h"),
    session.role === "admin" && h("button", { class: "plain", onclick: () => { fill(edit, form(projects, alarm, again)); edit.scrollIntoView({ block: "nearest" }); } }, "Change"),
    session.role === "admin" && h("button", { class: "plain danger", onclick: (event) => attempt(event.target, async () => {
      if (!await confirm("Delete the alarm?", `"${alarm.name}" of ${alarm.project} will watch no longer; its history goes too.`, "Delete")) return;
      await remove(route);
      await again();
    }) }, "Delete")];
}

function form(projects, alarm, again) {
  const field = (label, input, hint) => ({ input, element: h("label", { class: "field" }, h("span", null, label, hint && [" ", h("small", null, hint)]), input) });
  const text = (label, value, hint, more) => field(label, h("input", { value: value ?? "", required: true, spellcheck: "false", ...more }), hint);
  const project = field("Project", h("select", { disabled: Boolean(alarm) }, projects.map((item) => h("option", { selected: item.name === alarm?.project }, item.name))));
  const fields = {
    name: text("Name", alarm?.name, null, { disabled: Boolean(alarm) }), store: text("Logstore", alarm?.store), query: text("Query", alarm?.query ?? "level: error", "as in the search"),
    condition: text("Condition", alarm?.condition ?? "count > 0", "a column of the answer, a comparison, a number"),
    windowSeconds: text("Looks at the last … seconds", alarm?.windowSeconds ?? 300, null, { type: "number", min: "1" }), intervalSeconds: text("Every … seconds", alarm?.intervalSeconds ?? 60, null, { type: "number", min: "1" }),
    target: text("Calls", alarm ? alarm.target.address ?? `${alarm.target.service}/${alarm.target.function}` : "", "an address, or service/function"),
  };
  const told = h("div");
  const save = h("button", { class: "main" }, alarm ? "Change" : "Make");
  return h("form", { class: "panel", style: { marginBottom: "12px" }, onsubmit: (event) => {
    event.preventDefault();
    attempt(save, async () => {
      const read = (name) => fields[name].input.value.trim();
      const target = /^https?:/.test(read("target")) ? { address: read("target") } : { service: read("target").split("/")[0], function: read("target").split("/")[1] ?? "" };
      try {
        await put(path`/api/logs/projects/${project.input.value}/alarms/${read("name")}`, { store: read("store"), query: read("query"), condition: read("condition"),
          windowSeconds: Number(read("windowSeconds")), intervalSeconds: Number(read("intervalSeconds")), consecutiveCount: alarm?.consecutiveCount ?? 1, repeatSeconds: alarm?.repeatSeconds ?? 3600, target, isEnabled: alarm?.isEnabled ?? true });
      } catch (error) { fill(told, problem(error)); return; }
      toast("Set.");
      await again();
    });
  } }, h("div", { class: "body" }, told, h("div", { class: "columns" }, h("div", null, project.element, fields.name.element, fields.store.element, fields.target.element),
    h("div", null, fields.query.element, fields.condition.element, fields.windowSeconds.element, fields.intervalSeconds.element)), save));
}
