// Making elements. Text is always text: nothing from the ledger is ever read as markup.

const svgNamespace = "http://www.w3.org/2000/svg";

/** Makes an element: make("p", { class: "note", onclick }, "text", child). False, null and undefined are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== false && child !== null && child !== undefined));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(svgNamespace, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svgNamespace, "use");
  use.setAttribute("href", `icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export const iconButton = (name, label, onclick, attributes = {}) =>
  make("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...attributes }, icon(name));

/** Shows a panel before those that are open already; they are there again once it is closed. */
export function showPanel(panel) {
  byID("menu-place").before(panel);
  // The tools that panels belong to stay in reach; on small screens panels come from below.
  const isNarrow = matchMedia("(max-width: 720px)").matches;
  panel.style.top = isNarrow ? "" : `${Math.max(0, document.querySelector(".bar").getBoundingClientRect().bottom)}px`;
  panel.hidden = false;
}

export const byID = (id) => document.getElementById(id);

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Says something to those who listen instead of looking. */
export function announce(text) {
  const place = byID("announce");
  // The same text twice is no change to a screen reader.
  place.textContent = place.textContent === text ? text + "\u00a0" : text;
}
