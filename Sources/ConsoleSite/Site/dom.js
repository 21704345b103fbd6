// Elements without a framework. Texts become text nodes, never markup, so nothing that a ledger or a log holds can run here.

const SVG = "http://www.w3.org/2000/svg";

function build(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.setAttribute("class", value);
    else if (name === "style") Object.assign(element.style, value);
    else if (name === "value" || name === "checked" || name === "disabled") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

/** Controls that turn the direction of what follows could make a text look like another one: they are shown, not obeyed. */
const shown = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16)}`);

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : shown(String(child)));
  }
}

/** Makes an element: `h("a", {href, onclick}, "text", child)`. */
export const h = (tag, props, ...children) => build(document.createElement(tag), props, children);

/** The same for drawings. */
export const s = (tag, props, ...children) => build(document.createElementNS(SVG, tag), props, children);

/** Puts new content into an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

export const panel = (title, ...body) =>
  h("section", { class: "panel" }, title && h("div", { class: "title" }, [].concat(title).map((part) =>
    typeof part === "string" ? h("h2", null, part) : part)), body);

/** Names and values; those without a value are left out. */
export const facts = (...pairs) =>
  h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => [h("dt", null, name), h("dd", null, value)]));

export const badge = (text, kind) => h("span", { class: `badge ${kind ?? ""}` }, text);

export const empty = (...lines) => h("div", { class: "empty" }, lines.map((line) =>
  typeof line === "string" ? h("p", null, line) : line));

/** A table of few rows: `columns` are `[title, cell(row), class]`; `link(row)` makes rows lead somewhere. */
export function table(columns, rows, link) {
  const line = (row) => {
    const target = link?.(row);
    return h("tr", {
      class: target && "link",
      onclick: target && ((event) => {
        if (!event.target.closest("a, button, input")) location.hash = target;
      }),
    }, columns.map(([, cell, kind]) => h("td", { class: kind }, cell(row))));
  };
  return h("div", { class: "scroll-x" }, h("table", null,
    h("thead", null, h("tr", null, columns.map(([title, , kind]) => h("th", { class: kind }, title)))),
    h("tbody", null, rows.map(line))));
}

/** Tells something in passing. */
export function toast(text, kind) {
  let holder = document.querySelector(".toasts");
  if (!holder) document.body.append(holder = h("div", { class: "toasts", role: "status" }));
  const item = h("div", { class: `toast ${kind ?? ""}` }, text);
  holder.append(item);
  setTimeout(() => item.remove(), kind === "bad" ? 9000 : 4000);
}

/** Asks before something that cannot be undone. */
export function confirm(title, text, action) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { onclose: () => { dialog.remove(); resolve(dialog.returnValue === "yes"); } },
      h("form", { method: "dialog" }, h("h1", null, title), h("p", null, text),
        h("div", { class: "actions" }, h("button", { type: "button", onclick: () => dialog.close("no") }, "Cancel"),
          h("button", { value: "yes", class: "main", autofocus: true }, action))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

export const copyButton = (text) => h("button", {
  class: "plain copy", type: "button", title: "Copy to the clipboard",
  onclick: async () => { await navigator.clipboard.writeText(text); toast("Copied."); },
}, "copy");

/** An identifier that is shown short and copied whole. */
export const hash = (text, count = 12) =>
  h("span", { class: "mono", title: text }, text.length > count ? text.slice(0, count) + "…" : text);

export const json = (value) => h("pre", null, JSON.stringify(value, null, 2));
