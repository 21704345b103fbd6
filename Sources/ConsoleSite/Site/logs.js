// Searching and following logs.

import { h, fill, panel, table, badge, empty, toast } from "/dom.js";
import { get, follow, path } from "/api.js";
import { keepQuery, problem } from "/app.js";
import { bars } from "/chart.js";
import { number, bytes, time, clock, day } from "/format.js";

const PAGE = 100;
const TAIL_MAX = 1000;
const ranges = [["15m", "last 15 minutes"], ["1h", "last hour"], ["24h", "last day"], ["7d", "last week"], ["30d", "last month"], ["3650d", "all"]];
/** Told first in a row, before what was said. */
const leading = ["functionName", "level"];

export async function show({ main, parts: [project, store], query: asked, signal }) {
  const projects = await get("/api/logs/projects", null, { signal });
  const stores = (await Promise.all(projects.map((item) => get(path`/api/logs/projects/${item.name}/stores`, null, { signal })))).flat();
  if (!stores.length) { fill(main, h("h1", null, "Logs"), empty("There is no logstore yet. A deployed function brings one.")); return; }
  const last = localStorage.getItem("logstore");
  const names = stores.map((item) => `${item.project}/${item.name}`);
  const wanted = project ? `${project}/${store}` : names.includes(last) ? last : names.find((name) => name.startsWith("duet-functions/")) ?? names[0];
  const current = stores.find((item) => `${item.project}/${item.name}` === wanted) ?? stores[0];
  localStorage.setItem("logstore", `${current.project}/${current.name}`);
  const base = path`/api/logs/projects/${current.project}/stores/${current.name}`;

  const choice = h("select", { "aria-label": "Logstore", onchange: () => {
    const [one, other] = choice.value.split("/");
    location.hash = path`#/logs/${one}/${other}` + `?${new URLSearchParams({ query: input.value, since: since.value })}`;
  } }, names.map((name, index) => h("option", { value: name, selected: stores[index] === current }, name)));
  const input = h("input", { type: "search", class: "grow mono", "aria-label": "Query", spellcheck: "false", autocomplete: "off", placeholder: "error and not timeout   |   * | select level, count(*) as n group by level", value: asked.get("query") ?? "" });
  const since = h("select", { "aria-label": "Time", onchange: () => { until = ""; run(); } }, ranges.map(([value, text]) => h("option", { value }, text)));
  let until = asked.get("until") ?? "";
  setSince(asked.get("since") ?? "1h");
  const live = h("button", { type: "button", "aria-pressed": "false", title: "Follow as lines are written", onclick: () => setLive(!isLive) }, h("span", { class: "dot" }), "Live");
  const chart = h("div");
  const wrong = h("div");
  const note = h("span", { class: "muted" });
  const rows = h("div", { class: "pane", role: "log", "aria-label": "Entries" });
  main.className = "full";
  fill(main,
    h("form", { class: "head", onsubmit: (event) => { event.preventDefault(); run(); } }, h("h1", null, "Logs"), choice, input, since, h("button", { class: "main" }, "Search"), live),
    wrong,
    h("section", { class: "panel wl" }, h("div", { class: "title" }, note, h("span", { class: "end faint wide-only" }, `${number(current.entryCount)} entries, ${bytes(current.fileByteCount)}, kept ${current.ttlDays >= 3650 ? "for ever" : `${current.ttlDays} days`}`)),
      h("div", { class: "body", style: { paddingBottom: "4px" } }, chart), rows));

  function setSince(value) {
    if (!ranges.some(([known]) => known === value) && ![...since.options].some((option) => option.value === value)) {
      since.prepend(h("option", { value }, isNaN(new Date(value)) ? value : `from ${time(value)}`));
    }
    since.value = value;
  }

  let turn = 0;
  let stop = null;
  let isLive = false;

  async function run() {
    setLive(false);
    const own = turn += 1;
    keepQuery({ query: input.value, since: since.value, until });
    fill(wrong);
    fill(note, "…");
    const asking = { query: input.value, since: since.value, until };
    const search = { ...asking, query: searchOf(input.value) };
    const isSelect = barOf(input.value) !== -1;
    try {
      const [answer, counts] = await Promise.all([
        get(`${base}/entries`, { ...asking, limit: isSelect ? undefined : PAGE }, { signal }),
        isSelect ? null : get(`${base}/histogram`, search, { signal })]);
      if (own !== turn) return;
      if (answer.rows) {
        fill(chart);
        fill(note, `${number(answer.rows.length)} row${answer.rows.length === 1 ? "" : "s"} from ${number(answer.processedCount)} entries`);
        fill(rows, answer.rows.length ? table(answer.columns.map((column, index) => [column, (row) => row[index] ?? h("span", { class: "faint" }, "null"), isNumber(answer.rows, index) ? "right mono" : "mono wrap"]), answer.rows) : empty("No row."));
        return;
      }
      drawCounts(counts);
      fill(note, h("strong", null, number(counts.count)), ` match${counts.count === 1 ? "" : "es"}`, !(counts.isComplete && answer.isComplete) && [" ", badge("cut short by time: narrow the search", "warn")], until && [" ", h("a", { href: "#", onclick: (event) => { event.preventDefault(); until = ""; setSince("1h"); run(); } }, "leave this range")]);
      rows.classList.toggle("dated", answer.entries.some((entry) => day(new Date(entry.time)) !== day(new Date())));
      fill(rows, answer.entries.length ? answer.entries.map((entry) => row(entry)) : empty("Nothing matches in this time."));
      if (answer.entries.length === PAGE) more(own, asking, PAGE);
    } catch (error) {
      if (own !== turn || error.name === "AbortError") return;
      fill(note, "");
      fill(rows);
      fill(chart);
      fill(wrong, error.position === undefined ? problem(error) : h("div", { class: "query-error", role: "alert" }, error.message, h("pre", null, input.value + "\n" + " ".repeat(characters(input.value, error.position)) + "^")));
    }
  }

  function more(own, asking, offset) {
    const button = h("button", { style: { margin: "8px 12px" }, onclick: async () => {
      button.disabled = true;
      try {
        const answer = await get(`${base}/entries`, { ...asking, limit: PAGE, offset }, { signal });
        if (own !== turn) return;
        button.remove();
        for (const entry of answer.entries) rows.append(row(entry));
        if (answer.entries.length === PAGE) more(own, asking, offset + PAGE);
      } catch (error) { button.disabled = false; toast(error.message, "bad"); }
    } }, "Older");
    rows.append(button);
    // Fetched when it comes near.
    const watcher = new IntersectionObserver((seen) => { if (seen.some((item) => item.isIntersecting)) { watcher.disconnect(); button.click(); } }, { root: rows, rootMargin: "300px" });
    watcher.observe(button);
    signal.addEventListener("abort", () => watcher.disconnect());
  }

  function drawCounts(counts) {
    const days = counts.intervals.length && day(new Date(counts.intervals[0].from)) !== day(new Date(counts.intervals.at(-1).from));
    bars(chart, counts.intervals.map((slot) => {
      const date = new Date(slot.from);
      return { label: days ? `${day(date).slice(5)} ${clock(date).slice(0, 5)}` : clock(date).slice(0, 5), parts: [[slot.count, "bar-good"]], title: `${time(slot.from)} – ${time(slot.to)}: ${slot.count}` };
    }), { height: 76, unit: "entries", onRange: (first, end) => {
      until = counts.intervals[end].to;
      setSince(counts.intervals[first].from);
      run();
    } });
  }

  function setLive(value) {
    if (value === isLive) return;
    isLive = value;
    live.setAttribute("aria-pressed", String(value));
    live.firstChild.className = `dot ${value ? "warn" : ""}`;
    stop?.abort();
    if (!value) return;
    turn += 1;
    stop = new AbortController();
    const search = searchOf(input.value);
    fill(wrong);
    fill(chart);
    fill(rows);
    let count = 0;
    let waiting = [];
    fill(note, "Waits for lines …");
    follow(`${base}/tail`, { query: search }, ["message"], (entry) => {
      count += 1;
      waiting.push(entry);
      // A flood of lines is drawn once a frame, and only the newest of it.
      if (waiting.length > TAIL_MAX) waiting = waiting.slice(-TAIL_MAX);
      if (waiting.length === 1) requestAnimationFrame(() => {
        for (const item of waiting) rows.prepend(row(item, true));
        waiting = [];
        while (rows.childElementCount > TAIL_MAX) rows.lastElementChild.remove();
        fill(note, h("strong", null, number(count)), ` since you look${count > TAIL_MAX ? `, the last ${TAIL_MAX} shown` : ""}`);
      });
    }, (state) => {
      live.firstChild.className = `dot ${state === "open" ? "good" : "warn"}`;
      if (state === "closed") { setLive(false); run(); }
    }, stop.signal);
  }
  signal.addEventListener("abort", () => stop?.abort());

  function row(entry, isFresh) {
    const { message, ...others } = entry.fields;
    const level = (entry.fields.level ?? "").toLowerCase();
    const says = message ?? summary(others);
    const element = h("div", { class: `log-row ${level.startsWith("err") || level === "critical" || entry.fields.errorType ? "error" : level.startsWith("warn") ? "warning" : ""} ${isFresh ? "fresh" : ""}`, tabindex: "0",
      onclick: () => { if (!getSelection().toString()) open(); }, onkeydown: (event) => { if (event.key === "Enter" && event.target === element) open(); } },
      h("time", { title: entry.time }, time(entry.time, true)),
      h("div", { class: "says" }, leading.map((name) => entry.fields[name] && h("em", null, entry.fields[name])), says.slice(0, 4000)));
    function open() {
      if (element.nextElementSibling?.classList.contains("log-more")) { element.nextElementSibling.remove(); return; }
      element.after(details(entry));
    }
    return element;
  }

  function details(entry) {
    const all = [...(entry.topic ? [["__topic__", entry.topic]] : []), ...(entry.source ? [["__source__", entry.source]] : []),
      ...Object.entries(entry.tags ?? {}).map(([name, text]) => [`__tag__:${name}`, text]), ...Object.entries(entry.fields)];
    const narrow = (name, text) => h("button", { class: "plain", title: "Only these", onclick: () => {
      const condition = `${quoted(name)}: "${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
      const search = searchOf(input.value);
      input.value = !search || search === "*" ? condition : `${search} and ${condition}`;
      run();
    } }, "+");
    return h("div", { class: "log-more" }, links(entry.fields, path`#/logs/${current.project}/${current.name}`), h("dl", { class: "facts" }, h("dt", null, "time"), h("dd", null, entry.time),
      all.map(([name, text]) => [h("dt", null, name, " ", text && text.length < 200 && narrow(name, text)), h("dd", null, h("pre", null, text))])));
  }

  await run();
  if (!asked.get("query")) input.focus({ preventScroll: true });
}

/** An entry without a message in one line: an invocation's figures, else its fields. */
function summary(fields) {
  if (fields.operation && fields.durationMs) {
    return [fields.operation, `${fields.durationMs} ms`, `${fields.memoryUsageMB} MB`, fields.isColdStart === "true" && "cold start",
      fields.httpMethod && `${fields.httpMethod} ${fields.httpPath} ${fields.statusCode ?? ""}`, fields.errorType, fields.trigger && `by ${fields.trigger}`].filter(Boolean).join(", ");
  }
  return Object.entries(fields).filter(([name]) => !leading.includes(name)).map(([name, text]) => `${name}=${text}`).join("  ");
}

/** From a line to its block, its transaction, its invocation. */
function links(fields, here) {
  const { channel, blockNumber, txId, requestId, serviceName, functionName } = fields;
  const items = [
    channel && txId && h("a", { href: path`#/channels/${channel}/transactions/${txId}` }, "Transaction"),
    channel && blockNumber && h("a", { href: path`#/channels/${channel}/blocks/${blockNumber}` }, `Block ${blockNumber}`),
    serviceName && functionName && h("a", { href: path`#/functions/${serviceName}/${functionName}` }, "Function"),
    requestId && h("a", { href: `${here}?${new URLSearchParams({ query: `requestId: ${requestId}`, since: "7d" })}` }, "All lines of this call")].filter(Boolean);
  return items.length ? h("div", { class: "row-of", style: { marginBottom: "6px" } }, items) : null;
}

/** Where a query's search ends and what is computed from it begins: its first bar that is neither quoted nor escaped; -1 without one. */
function barOf(text) {
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    // Within quotation marks a backslash escapes only those and itself.
    if (letter === "\\" && (!isQuoted || text[at + 1] === '"' || text[at + 1] === "\\")) at += 1;
    else if (letter === '"') isQuoted = !isQuoted;
    else if (letter === "|" && !isQuoted) return at;
  }
  return -1;
}

/** A query without what is computed from it. */
const searchOf = (text) => { const bar = barOf(text); return (bar === -1 ? text : text.slice(0, bar)).trim(); };

const quoted = (name) => /^[A-Za-z_][\w.-]*$/.test(name) || name.startsWith("__tag__:") ? name : `"${name.replaceAll('"', '\\"')}"`;
const isNumber = (rows, index) => rows.every((row) => row[index] === null || /^-?\d+(\.\d+)?$/.test(row[index]));
/** Positions are told in bytes; the caret stands at a letter. */
const characters = (text, byteCount) => new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, byteCount)).length;
