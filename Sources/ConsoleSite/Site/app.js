// The frame around the pages: who looks, where to go, what the keyboard does.

import { h, fill, toast, badge } from "/dom.js";
import { get, post, remove, session, onLoginNeeded, path, APIError } from "/api.js";

/** What leads where. `load` fetches a page's module when it is first needed. */
const routes = [
  [/^$/, "overview", () => import("/overview.js")],
  [/^channels\/([^/]+)\/blocks$/, "blocks", () => import("/blocks.js")],
  [/^channels\/([^/]+)\/blocks\/([^/]+)$/, "blocks", () => import("/block.js")],
  [/^channels\/([^/]+)\/transactions\/([^/]+)$/, "blocks", () => import("/transaction.js")],
  [/^channels\/([^/]+)\/state(?:\/([^/]+))?$/, "state", () => import("/state.js")],
  [/^channels\/([^/]+)\/contracts$/, "contracts", () => import("/contracts.js")],
  [/^functions$/, "functions", () => import("/functions.js")],
  [/^functions\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/, "functions", () => import("/function.js")],
  [/^triggers$/, "triggers", () => import("/triggers.js")],
  [/^triggers\/([^/]+)\/([^/]+)\/([^/]+)$/, "triggers", () => import("/trigger.js")],
  [/^invocations$/, "invocations", () => import("/invocations.js")],
  [/^deploy$/, "deploy", () => import("/deploy.js")],
  [/^logs(?:\/([^/]+)\/([^/]+))?$/, "logs", () => import("/logs.js")],
  [/^alarms$/, "alarms", () => import("/alarms.js")],
  [/^access$/, "access", () => import("/access.js")],
];

/** What a mirror has not, by the page that shows it. */
const absent = { functions: "functions", triggers: "functions", invocations: "functions", deploy: "functions", logs: "logs", alarms: "logs" };

const state = { channel: "", channels: [], organizations: [], mirror: null, leave: new AbortController(), shown: "", holdsUnsaved: null };
const main = h("main", { tabindex: "-1" });
const side = h("nav", { class: "side", "aria-label": "Pages" });

// Where to go

const links = () => {
  const channel = state.channel && path`#/channels/${state.channel}`;
  return [
    ["", [["overview", "#/", "Overview", "o"]]],
    ["Ledger", channel && [["blocks", `${channel}/blocks`, "Blocks", "b"], ["state", `${channel}/state`, "State", "s"],
      ["contracts", `${channel}/contracts`, "Contracts", "c"]]],
    ["Functions", [["functions", "#/functions", "Functions", "f"], ["triggers", "#/triggers", "Triggers", "t"],
      ["invocations", "#/invocations", "Invocations", "i"], ["deploy", "#/deploy", "Deploy", "d"]]],
    ["Logs", [["logs", "#/logs", "Search", "l"], ["alarms", "#/alarms", "Alarms", "a"]]],
    ["Node", [["access", "#/access", "Access keys", "k"]]],
  ].filter(([title, group]) => group && !(state.mirror && ["Functions", "Logs"].includes(title)));
};

function drawSide(current) {
  fill(side, links().map(([title, group]) => [
    title && h("div", { class: "group" }, title),
    group.map(([name, href, text, key]) =>
      h("a", { href, "aria-current": name === current ? "page" : undefined, title: `g ${key}` }, text)),
  ]));
}

/** The address as it stands: path without `#/`, and its query. */
function place() {
  const [route, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { route, query: new URLSearchParams(query ?? "") };
}

/** Changes the query of the address without a new entry in the history. */
export function keepQuery(values) {
  const { route, query } = place();
  for (const [name, value] of Object.entries(values)) {
    if (value) query.set(name, value); else query.delete(name);
  }
  history.replaceState(null, "", `#/${route}${query.size ? "?" + query : ""}`);
}

/** Has the page's reader asked before it is left, as long as it holds what is saved nowhere. */
export function askBeforeLeaving(holdsUnsaved, signal) {
  state.holdsUnsaved = holdsUnsaved;
  addEventListener("beforeunload", (event) => { if (holdsUnsaved()) event.preventDefault(); }, { signal });
  signal.addEventListener("abort", () => { if (state.holdsUnsaved === holdsUnsaved) state.holdsUnsaved = null; });
}

async function show() {
  if (state.holdsUnsaved?.() && location.hash !== state.shown && !window.confirm("What you changed here is saved nowhere. Leave it?")) {
    history.replaceState(null, "", state.shown);
    return;
  }
  state.shown = location.hash;
  state.leave.abort();
  const leave = state.leave = new AbortController();
  const { route, query } = place();
  side.classList.remove("open");
  for (const [pattern, name, load] of routes) {
    const match = pattern.exec(route);
    if (!match) continue;
    let parts;
    try { parts = match.slice(1).map((part) => part === undefined ? undefined : decodeURIComponent(part)); } catch { break; }
    if (route.startsWith("channels/") && parts[0] !== state.channel && state.channels.includes(parts[0])) chooseChannel(parts[0]);
    drawSide(name);
    main.className = "";
    main.scrollTop = 0;
    const missing = state.mirror && absent[name];
    if (missing) {
      fill(main, h("h1", null, "Nothing here"), h("p", null, `This is a mirror of ${state.mirror.peer}: it has no ${missing}. `, h("a", { href: "#/" }, "Overview")));
      document.title = "Nothing here – Duet";
      return;
    }
    try {
      const page = await load();
      if (leave.signal.aborted) return;
      await page.show({ main, parts, query, signal: leave.signal, channel: state.channel, channels: state.channels, mirror: state.mirror });
    } catch (error) {
      if (!leave.signal.aborted) fill(main, problem(error));
    }
    if (!leave.signal.aborted) document.title = `${main.querySelector("h1")?.textContent ?? "Console"} – Duet`;
    return;
  }
  drawSide("");
  fill(main, h("h1", null, "Nothing here"), h("p", null, "This address leads to no page. ", h("a", { href: "#/" }, "Overview")));
}

/** What went wrong, for people. */
export function problem(error) {
  if (!(error instanceof APIError)) console.error(error);
  return h("div", { class: "note-box bad", role: "alert" }, h("strong", null, error.code ?? "The page failed"), " ", error.message,
    (error.problems ?? []).length > 0 && h("ul", null, error.problems.map((item) =>
      h("li", null, [item.line && `Line ${item.line}`, item.key, item.value && `"${item.value}"`, item.address, item.mspId].filter(Boolean).join(", "),
        ": ", item.reason, " ", item.remedy, item.message))));
}

/** Does something on a click: the button waits meanwhile, and what goes wrong is told. */
export async function attempt(button, action) {
  button.disabled = true;
  try { return await action(); } catch (error) {
    if (error.name !== "AbortError") toast(error.message, "bad");
  } finally { button.disabled = false; }
}

// What to look for

async function find(text) {
  text = text.trim();
  if (!text) return;
  const channel = path`/api/channels/${state.channel}`;
  const there = async (route) => { try { return await get(route); } catch (error) { if (error.status === 404 || error.status === 400) return null; throw error; } };
  if (state.channel) {
    const here = path`#/channels/${state.channel}`;
    if (/^\d+$/.test(text) && await there(channel + path`/blocks/${text}`)) { location.hash = here + path`/blocks/${text}`; return; }
    const hash = text.toLowerCase().replace(/^0x/, "");
    if (/^\d+:\d+$/.test(text) || /^[0-9a-f]{64}$/.test(hash)) {
      if (await there(channel + path`/transactions/${hash}`)) { location.hash = here + path`/transactions/${hash}`; return; }
      const block = await there(channel + path`/blocks/${hash}`);
      if (block) { location.hash = here + path`/blocks/${block.number}`; return; }
    }
    const names = (await get(`${channel}/definitions`)).map((item) => item.name);
    // Of the keys that begin with it the key itself comes first.
    const firsts = await Promise.all(names.map(async (name) => (await get(channel + path`/state/${name}`, { prefix: text, limit: 1 }))[0]));
    const exact = firsts.findIndex((row) => row?.key === text);
    if (exact !== -1) { location.hash = here + path`/state/${names[exact]}?prefix=${text}`; return; }
    if (names.includes(text)) { location.hash = `${here}/contracts`; return; }
    const begun = firsts.findIndex(Boolean);
    if (begun !== -1) { location.hash = here + path`/state/${names[begun]}?prefix=${text}`; return; }
  }
  const functions = state.mirror ? [] : await get("/api/functions");
  const found = functions.find((item) => item.function === text || `${item.service}/${item.function}` === text);
  if (found) { location.hash = path`#/functions/${found.service}/${found.function}`; return; }
  toast(`Neither block, transaction, key, contract nor function is called "${text}".`, "bad");
}

const findInput = h("input", { type: "search", placeholder: "Block, hash, transaction, key, contract, function", "aria-label": "Find", autocomplete: "off", spellcheck: "false" });
const findForm = h("form", { class: "find", role: "search", onsubmit: (event) => {
  event.preventDefault();
  find(findInput.value).catch((error) => toast(error.message, "bad"));
} }, findInput, h("kbd", null, "/"));

// How it looks

function applyTheme(choice) {
  const dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

function toggleTheme() {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("theme", next);
  applyTheme(next);
}

applyTheme(localStorage.getItem("theme"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => applyTheme(localStorage.getItem("theme")));

// What the keyboard does

function help() {
  if (document.querySelector("dialog")) return;
  const line = (keys, text) => [h("dt", null, keys.split(" ").map((key) => [h("kbd", null, key), " "])), h("dd", null, text)];
  const dialog = h("dialog", { onclose: () => dialog.remove() }, h("form", { method: "dialog" }, h("h1", null, "Keys"),
    h("dl", { class: "facts" }, line("/", "find a block, a transaction, a key, a contract, a function"), line("?", "this help"),
      line("↑ ↓ Enter", "move in a list and open"), line("[ ]", "the block before and behind"), line("Esc", "leave a field"),
      line("\\", "light or dark"),
      links().flatMap(([, group]) => group.map(([, , text, key]) => line(`g ${key}`, text)))),
    h("div", { class: "actions" }, h("button", { class: "main" }, "Close"))));
  document.body.append(dialog);
  dialog.showModal();
}

let awaitsPlace = false;
addEventListener("keydown", (event) => {
  if (event.target.closest("dialog")) return;
  if (event.target.closest("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (awaitsPlace) {
    awaitsPlace = false;
    const link = links().flatMap(([, group]) => group).find(([, , , key]) => key === event.key);
    if (link) { location.hash = link[1]; event.preventDefault(); }
    return;
  }
  const action = {
    "/": () => { findInput.focus(); findInput.select(); }, "?": help, "\\": toggleTheme,
    g: () => { awaitsPlace = true; setTimeout(() => { awaitsPlace = false; }, 1500); },
    "[": () => main.querySelector("[data-key='[']")?.click(), "]": () => main.querySelector("[data-key=']']")?.click(),
  }[event.key];
  if (action) { event.preventDefault(); action(); }
});

// Who looks

function chooseChannel(name) {
  state.channel = name;
  localStorage.setItem("channel", name);
  const select = document.querySelector("#channel");
  if (select) select.value = name;
}

const choice = (id, label, values, current, onchange) =>
  h("select", { id, "aria-label": label, title: label, onchange: (event) => onchange(event.target.value) },
    values.map((value) => h("option", { value, selected: value === current }, value)));

function frame() {
  const choosesOrganization = session.credential === "loopback" && state.organizations.length > 1;
  fill(document.body,
    h("header", { class: "top" },
      h("button", { class: "plain menu-button", "aria-label": "Pages", onclick: () => side.classList.toggle("open") }, "☰"),
      h("a", { class: "brand", href: "#/" }, h("img", { src: "/icon.svg", alt: "" }), h("span", null, "Duet")),
      state.channels.length > 0 && choice("channel", "Channel", state.channels, state.channel, (name) => {
        chooseChannel(name);
        const { route } = place();
        if (route.startsWith("channels/")) {
          location.hash = path`#/channels/${name}/` + route.split("/")[2];
        } else show();
      }),
      findForm,
      h("div", { class: "end" },
        choosesOrganization
          ? choice("organization", "Organisation", state.organizations, session.chosen || session.organization, (name) => {
            session.chosen = name;
            localStorage.setItem("organization", name);
            start();
          })
          : badge(session.organization),
        state.mirror && h("span", { class: "badge info", title: `A copy of the ledgers of the peer at ${state.mirror.peer}; nothing is changed there` }, "mirror"),
        h("button", { class: "plain", title: "Light or dark ( \\ )", "aria-label": "Light or dark", onclick: toggleTheme }, "◐"),
        h("button", { class: "plain wide-only", title: "Keys ( ? )", "aria-label": "Keys", onclick: help }, "?"),
        session.credential === "accessKey" && h("button", { class: "plain", onclick: async () => { await remove("/api/session"); start(); } }, "Log out"))),
    side, main);
}

function login(message) {
  state.leave.abort();
  const key = h("input", { type: "password", autocomplete: "current-password", required: true, placeholder: "<id>.<secret>", "aria-label": "Access key" });
  const told = h("div", { class: "bad-text", role: "alert" });
  const button = h("button", { class: "main" }, "Log in");
  fill(document.body, h("div", { class: "login" }, h("form", {
    class: "panel", onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      try {
        await post("/api/session", undefined, { headers: { Authorization: `Bearer ${key.value.trim()}` } });
        await start();
      } catch (error) {
        fill(told, error.message);
      } finally { button.disabled = false; }
    },
  }, h("div", { class: "brand" }, h("img", { src: "/icon.svg", alt: "" }), h("span", null, "Duet")),
    h("p", { class: "muted" }, message ?? "This node asks who you are. An access key stands in ", h("code", null, "access-keys.json"),
      " in its data folder; ", h("code", null, "duet key create"), " makes more."),
    h("label", { class: "field" }, h("span", null, "Access key"), key), button, told)));
  key.focus();
}

let isAtLogin = false;
onLoginNeeded(() => {
  if (isAtLogin) return;
  isAtLogin = true;
  login();
});

async function start() {
  try {
    Object.assign(session, await get("/api/session"));
    isAtLogin = false;
  } catch (error) {
    if (error.status !== 401) fill(document.body, h("main", null, problem(error)));
    return;
  }
  session.chosen = session.credential === "loopback" ? localStorage.getItem("organization") ?? "" : "";
  state.organizations = [];
  state.channels = [];
  state.mirror = null;
  try {
    const network = await get("/api/network");
    state.mirror = network.mirror ?? null;
    state.organizations = network.organizations.filter((item) => item.peers.length).map((item) => item.mspId);
    if (session.chosen && !state.organizations.includes(session.chosen)) session.chosen = "";
    state.channels = session.chosen ? (await get("/api/network")).channels : network.channels;
  } catch (error) {
    // A node of functions and logs alone has no network.
    if (error.status !== 404) throw error;
    session.chosen = "";
  }
  const last = localStorage.getItem("channel");
  state.channel = state.channels.includes(last) ? last : state.channels[0] ?? "";
  frame();
  await show();
}

addEventListener("hashchange", show);
start();
