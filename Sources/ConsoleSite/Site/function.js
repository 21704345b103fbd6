// One function: try it, see how it ran, change its code.

import { h, fill, panel, table, facts, badge, empty, json, confirm, toast } from "/dom.js";
import { get, post, put, path, session } from "/api.js";
import { attempt, problem, askBeforeLeaving } from "/app.js";
import { bars } from "/chart.js";
import { number, bytes, time, ago, duration, clock } from "/format.js";
import { unzip, zip } from "/zip.js";

const tabs = [["test", "Test"], ["code", "Code"], ["invocations", "Invocations"], ["versions", "Versions"], ["settings", "Settings"]];

export async function show({ main, parts: [service, name, tab = "test"], signal }) {
  const base = path`/2016-08-15/services/${service}`;
  const item = await get(path`/api/functions/${service}/${name}`, null, { signal });
  const here = path`#/functions/${service}/${name}`;
  const body = h("div");
  const http = item.triggers.find((trigger) => trigger.triggerType === "http");
  const { project, logstore, enableRequestMetrics } = (await get(base, null, { signal })).logConfig ?? {};
  const store = project && logstore ? { project, name: logstore, hasMetrics: Boolean(enableRequestMetrics) } : null;
  /** Where lines of the function are found, by a search. */
  const logs = (query, since) => store && path`#/logs/${project}/${logstore}` + `?${new URLSearchParams({ query, ...(since && { since }) })}`;
  const page = { item, base, service, name, http, signal, body, store, logs };
  fill(main,
    h("div", { class: "head" }, h("a", { class: "crumb", href: "#/functions" }, "Functions"), h("span", { class: "crumb" }, service), h("h1", null, name),
      badge(item.runtime, "info"), item.instances?.length > 0 && badge(`${item.instances.length} warm`, "good"),
      h("span", { class: "note" }, `${item.memoryMegabytes} MB, ${item.timeoutSeconds} s`),
      h("div", { class: "end" }, store && h("a", { class: "button", href: logs(`functionName: "${name}" and serviceName: "${service}"`) }, "Logs"))),
    h("nav", { class: "tabs", "aria-label": "Views of the function" }, tabs.map(([id, title]) => h("a", { href: `${here}/${id}`, "aria-current": id === tab ? "page" : undefined }, title))),
    body);
  await ({ test, code, invocations, versions, settings }[tab] ?? test)(page);
}

// Test

function test({ base, service, name, http, body, logs }) {
  const key = `event ${service}/${name}`;
  const event = h("textarea", { rows: "12", spellcheck: "false", "aria-label": "Event", value: localStorage.getItem(key) ?? (http ? "" : "{\n  \"hello\": \"world\"\n}") });
  const method = h("select", { "aria-label": "Method" }, (http?.triggerConfig?.methods ?? []).map((text) => h("option", null, text)));
  const route = h("input", { class: "grow", value: "/", "aria-label": "Path", spellcheck: "false" });
  const answer = h("div", null, empty("The answer and the last lines of the log will stand here."));
  const isAsync = h("input", { type: "checkbox" });
  const button = h("button", { class: "main", title: "Ctrl+Enter" }, "Run");
  const run = () => attempt(button, async () => {
    localStorage.setItem(key, event.value);
    const start = performance.now();
    let response;
    try {
      response = http
        ? await post(path`/2016-08-15/proxy/${service}/${name}` + route.value, method.value === "GET" || method.value === "HEAD" ? undefined : event.value, { kind: "response", method: method.value })
        : await post(`${base}/functions/${encodeURIComponent(name)}/invocations`, event.value, {
          kind: "response", headers: { "X-Fc-Log-Type": "Tail", ...(isAsync.checked && { "X-Fc-Invocation-Type": "Async" }) } });
    } catch (error) { fill(answer, problem(error)); return; }
    const text = await response.text();
    const header = (title) => response.headers.get(title);
    const failure = header("x-fc-error-type");
    const log = header("x-fc-log-result");
    const request = header("x-fc-request-id");
    fill(answer, h("div", { class: "body" },
      h("div", { class: "row-of" }, badge(failure ? failure : response.status === 202 ? "Accepted" : "Done", failure ? "bad" : "good"),
        header("x-fc-invocation-duration") && h("span", null, `${header("x-fc-invocation-duration")} ms in the function, ${duration(performance.now() - start)} in all`),
        header("x-fc-max-memory-usage") && h("span", { class: "muted" }, `${header("x-fc-max-memory-usage")} MB`),
        request && logs("") && h("a", { href: logs(`requestId: ${request}`) }, "Log lines")),
      h("h2", { style: { margin: "10px 0 4px" } }, "Answer"), pretty(text),
      log && [h("h2", { style: { margin: "12px 0 4px" } }, "Log"), h("pre", { class: "muted" }, new TextDecoder().decode(Uint8Array.from(atob(log), (letter) => letter.charCodeAt(0))))]));
  });
  button.onclick = run;
  event.addEventListener("keydown", (key) => { if (key.key === "Enter" && (key.ctrlKey || key.metaKey)) run(); });
  fill(body, h("div", { class: "columns" },
    panel([h("h2", null, http ? "Request" : "Event"), h("span", { class: "end" }, !http && h("label", { class: "muted" }, isAsync, " asynchronously"), button)],
      h("div", { class: "body stack" }, http && h("div", { class: "row-of" }, method, route), event)),
    panel("Result", answer)));
}

function pretty(text) {
  if (text === "") return h("span", { class: "faint" }, "empty");
  try { return json(JSON.parse(text)); } catch { return h("pre", null, text.slice(0, 200_000)); }
}

// Code

async function code({ item, base, name, signal, body }) {
  const digest = item.codeDigest;
  if (!digest) { fill(body, empty("This function has no code.")); return; }
  const files = await unzip(await get(path`/api/code/${digest}`, null, { kind: "bytes", signal }));
  const texts = files.map((file) => ({ ...file, text: asText(file.bytes) }));
  let current = Math.max(0, texts.findIndex((file) => file.name.replace(/\.\w+$/, "") === item.handler.split(".").slice(0, -1).join(".")));
  const area = h("textarea", { spellcheck: "false", "aria-label": "Code", oninput: () => { texts[current].text = area.value; texts[current].isChanged = true; drawFiles(); } });
  const list = h("div", { class: "files", role: "listbox", "aria-label": "Files" });
  const save = h("button", { class: "main", disabled: true, title: "Ctrl+S" }, "Deploy");
  const drawFiles = () => {
    save.disabled = session.role !== "admin" || !texts.some((file) => file.isChanged);
    fill(list, texts.map((file, index) => h("button", { "aria-current": index === current ? "true" : undefined, title: `${file.name}, ${bytes(file.bytes.length)}`, onclick: () => { current = index; open(); } },
      file.name, file.isChanged && " •")));
  };
  const open = () => {
    const file = texts[current];
    area.value = file?.text ?? "";
    area.disabled = file?.text === null || session.role !== "admin";
    area.placeholder = file?.text === null ? "These bytes are no text." : "";
    drawFiles();
  };
  askBeforeLeaving(() => texts.some((file) => file.isChanged), signal);
  const deploy = () => attempt(save, async () => {
    const encoder = new TextEncoder();
    const archive = await zip(texts.map((file) => ({ ...file, bytes: file.isChanged ? encoder.encode(file.text) : file.bytes })));
    let binary = "";
    for (let at = 0; at < archive.length; at += 32_768) binary += String.fromCharCode(...archive.subarray(at, at + 32_768));
    await put(`${base}/functions/${encodeURIComponent(name)}`, { code: { zipFile: btoa(binary) } });
    for (const file of texts) if (file.isChanged) { file.bytes = encoder.encode(file.text); file.isChanged = false; }
    drawFiles();
    toast("Deployed. The next call runs the new code.");
  }).then(drawFiles);
  save.onclick = deploy;
  area.addEventListener("keydown", (event) => {
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (!save.disabled) deploy(); }
    if (event.key === "Tab" && !event.shiftKey) { event.preventDefault(); area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end"); area.dispatchEvent(new Event("input")); }
  });
  fill(body, panel([h("h2", null, "Code"), h("code", { class: "faint" }, digest.slice(0, 12)), h("span", { class: "end" }, save)], h("div", { class: "code-edit" }, list, area)));
  open();
}

function asText(bytes) {
  if (bytes.length > 2_000_000 || bytes.includes(0)) return null;
  try { return new TextDecoder("utf-8", { fatal: true }).decode(bytes); } catch { return null; }
}

// Invocations

async function invocations({ service, name, signal, body, store: place, logs }) {
  if (!place) { fill(body, empty("The service has no logstore, so nothing is kept of its invocations.", "Give it a LogConfig in the template.")); return; }
  const store = path`/api/logs/projects/${place.project}/stores/${place.name}`;
  const filter = `durationMs: * and functionName: "${name}" and serviceName: "${service}"`;
  const since = h("select", { "aria-label": "Time", onchange: () => draw() }, [["1h", "last hour"], ["24h", "last day"], ["7d", "last week"]].map(([value, text]) => h("option", { value }, text)));
  const chart = h("div");
  const breakdown = h("div");
  const list = h("div");
  fill(body, h("div", { class: "head" }, since), panel("Calls", h("div", { class: "body" }, chart)), h("div", { class: "columns" }, panel("Time", breakdown)), h("div", { style: { marginTop: "12px" } }, panel("Latest", list)));
  async function draw() {
    const query = (text, more) => get(`${store}/entries`, { query: text, since: since.value, ...more }, { signal });
    // A store in which nothing has failed yet has no such column.
    const { fields } = await get(store, null, { signal });
    if (!fields.includes("durationMs")) { fill(list, empty("No call has ended yet.")); return; }
    const mean = (name) => fields.includes(name) ? `avg(${name})` : "0";
    const errors = fields.includes("errorType") ? "count_if(errorType is not null)" : "0";
    const [counts, failures, all, latest] = await Promise.all([
      get(`${store}/histogram`, { query: filter, since: since.value }, { signal }),
      fields.includes("errorType") ? get(`${store}/histogram`, { query: `${filter} and errorType: *`, since: since.value }, { signal }) : null,
      query(`${filter} | select count(*) as n, ${errors} as errors, approx_percentile(durationMs, 0.5) as p50, approx_percentile(durationMs, 0.95) as p95, approx_percentile(durationMs, 0.99) as p99, max(memoryUsageMB) as memory, avg(durationMs) as ran, ${mean("scheduleLatencyMs")} as waited, ${mean("runtimeStartMs")} as started, ${mean("codeLoadMs")} as loaded`),
      query(filter, { limit: 100 })]);
    const failed = new Map((failures?.intervals ?? []).map((slot) => [slot.from, slot.count]));
    bars(chart, counts.intervals.map((slot) => {
      const bad = failed.get(slot.from) ?? 0;
      return { label: clock(new Date(slot.from)).slice(0, 5), parts: [[slot.count - bad, "bar-good"], [bad, "bar-bad"]], title: `${time(slot.from)}: ${slot.count}, ${bad} failed` };
    }), { height: 90, unit: "calls" });
    const row = Object.fromEntries(all.columns.map((column, index) => [column, all.rows[0]?.[index]]));
    fill(breakdown, h("div", { class: "body" }, Number(row.n) ? facts(
      ["Calls", number(row.n)], ["Failed", Number(row.errors) ? h("span", { class: "bad-text" }, number(row.errors)) : "0"],
      ["Half within", duration(Number(row.p50))], ["95 % within", duration(Number(row.p95))], ["99 % within", duration(Number(row.p99))], ["Memory, most", `${row.memory} MB`],
      ["On average", parts([["waiting", row.waited, "part-a"], ["starting the runtime, when cold", row.started, "part-b"], ["loading code, when cold", row.loaded, "part-c"], ["running", row.ran, "part-d"]])])
      : "Not called in this time.", !place.hasMetrics && h("p", { class: "muted" }, "How long calls waited and what their cold starts took is not kept: set EnableRequestMetrics in the service's LogConfig.")));
    fill(list, latest.entries.length ? table([
      ["Time", (entry) => time(entry.time, true), "nowrap"],
      ["Result", (entry) => entry.fields.errorType ? badge(entry.fields.errorType, "bad") : badge("done", "good")],
      ["Took", (entry) => duration(Number(entry.fields.durationMs)), "right nowrap"],
      ["Waited", (entry) => entry.fields.scheduleLatencyMs ? duration(Number(entry.fields.scheduleLatencyMs)) : "", "right nowrap wide-only"],
      ["Start", (entry) => entry.fields.isColdStart === "true" ? badge(`cold: ${duration(Number(entry.fields.runtimeStartMs ?? 0))} + ${duration(Number(entry.fields.codeLoadMs ?? 0))}`, "info") : ""],
      ["Memory", (entry) => entry.fields.memoryUsageMB ? `${entry.fields.memoryUsageMB} MB` : "", "right wide-only"],
      ["By", (entry) => entry.fields.trigger ?? entry.fields.invocationType ?? "", "wide-only"],
      ["Request", (entry) => h("a", { class: "mono", href: logs(`requestId: ${entry.fields.requestId}`, since.value) }, entry.fields.requestId?.slice(0, 8))],
    ], latest.entries) : empty("No call in this time."));
  }
  await draw();
}

/** Where time went: one bar, and each part in words. */
function parts(list) {
  const known = list.map(([name, text, kind]) => [name, Number(text) || 0, kind]).filter(([, value]) => value > 0);
  const sum = known.reduce((total, [, value]) => total + value, 0);
  return h("div", null, h("div", { class: "bar tall", role: "img", "aria-label": "Parts of a call's time" }, known.map(([name, value, kind]) => h("i", { class: kind, title: name, style: { width: `${value / sum * 100}%` } }))),
    known.map(([name, value, kind]) => h("div", null, h("i", { class: `dot ${kind}` }), ` ${duration(value)} `, h("span", { class: "muted" }, name))), !known.length && "No call came to run.");
}

// Versions and settings

function versions({ item, base, service, signal, body }) {
  const publish = h("button", { disabled: session.role !== "admin", onclick: () => attempt(publish, async () => {
    const made = await post(`${base}/versions`, {});
    toast(`Version ${made.versionId} of ${service} is published.`);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }) }, "Publish a version");
  fill(body, panel([h("h2", null, `Versions of ${service}`), h("span", { class: "end" }, publish)], item.versions.length ? table([
    ["Version", (version) => version.versionId], ["Description", (version) => version.description ?? ""], ["Published", (version) => time(version.createdTime)],
  ], item.versions) : empty("None is published. Versions never change; aliases lead to them.")),
  panel("Aliases", item.aliases.length ? table([
    ["Alias", (alias) => alias.aliasName], ["Leads to", (alias) => [alias.versionId, Object.entries(alias.additionalVersionWeight ?? {}).map(([version, weight]) => `, ${(weight * 100).toFixed(0)} % to ${version}`)]],
    ["Changed", (alias) => time(alias.lastModifiedTime)],
  ], item.aliases) : empty("None.")));
}

function settings({ item, body, logs }) {
  fill(body, panel("Triggers", item.triggers.length ? table([
    ["Trigger", (trigger) => trigger.triggerName], ["Kind", (trigger) => badge(trigger.triggerType, "info")], ["Version", (trigger) => trigger.qualifier],
    ["Settings", (trigger) => h("pre", null, JSON.stringify(trigger.triggerConfig ?? {}, null, 1)), "wrap"],
  ], item.triggers) : empty("None: only direct calls reach it.")),
  panel("Configuration", h("div", { class: "body" }, json(item.configuration))),
  panel("Instances", item.instances?.length ? h("div", { class: "body" }, item.instances.map((id) => h("div", null, logs("") ? h("a", { class: "mono", href: logs(`instanceID: "${id}"`) }, id) : h("code", null, id)))) : empty("None is warm; the next call starts one.")));
}
