// A list of any length: only the rows in sight exist, and only pages around them are fetched.

import { h, fill } from "/dom.js";

const ROW = 28;
const HEAD = 30;
const PAGE = 100;
/** Pages kept at a time. */
const PAGES_MAX = 40;
/** Browsers draw no elements much higher than this; longer lists are scrolled in proportion. */
const HEIGHT_MAX = 8_000_000;
/** Below this width columns that are marked so are left out. */
const WIDE = 620;

/**
 * Makes a list that shows the last item first, since lists here grow at their end.
 *
 * - `columns`: `[title, width in CSS, cell(item), whether only where there is room]`
 * - `fetch(first, count)`: the items from an index on, ascending, as a promise
 * - `open(item)`: where Enter and clicks lead
 */
export function windowedList({ columns, fetch, open, label }) {
  let count = 0;
  let active = 0;
  /** Pages by index of their first item / PAGE: they stay what they are while the list grows. */
  let pages = new Map();
  let shown = columns;
  let template = {};
  const space = h("div", { class: "wl-space" });
  const head = h("div", { class: "wl-head", role: "row" });
  const scroll = h("div", { class: "wl-scroll", tabindex: "0", role: "grid", "aria-label": label, onscroll: () => schedule(), onkeydown: key }, head, space);
  const element = h("div", { class: "wl" }, scroll);

  const room = () => Math.max(ROW, scroll.clientHeight - HEAD);
  const height = () => Math.min(count * ROW, HEIGHT_MAX);
  const inSight = () => Math.max(1, Math.floor(room() / ROW));
  /** Position of the first row in sight, with a fraction. */
  const top = () => {
    const most = height() - room();
    if (most <= 0) return 0;
    return Math.min(1, scroll.scrollTop / most) * Math.max(0, count - room() / ROW);
  };
  const scrollTo = (position) => {
    const most = Math.max(0, count - room() / ROW);
    scroll.scrollTop = most ? Math.max(0, Math.min(position, most)) / most * (height() - room()) : 0;
  };
  const item = (position) => {
    const index = count - 1 - position;
    return pages.get(Math.floor(index / PAGE))?.items?.[index % PAGE];
  };

  function fitColumns() {
    shown = columns.filter(([, , , needsRoom]) => !needsRoom || scroll.clientWidth >= WIDE);
    template = { gridTemplateColumns: shown.map(([, width]) => width).join(" ") };
    Object.assign(head.style, template);
    fill(head, shown.map(([title]) => h("span", { role: "columnheader" }, title)));
    schedule();
  }

  let isScheduled = false;
  function schedule() {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => { isScheduled = false; draw(); });
  }

  function need(number) {
    const known = pages.get(number);
    if (known) return known;
    const page = { items: null };
    pages.set(number, page);
    if (pages.size > PAGES_MAX) pages.delete(pages.keys().next().value);
    // What is only scrolled past is not asked for.
    setTimeout(async () => {
      if (pages.get(number) !== page) return;
      const first = count - 1 - top() - inSight(), last = count - 1 - top();
      if ((number + 1) * PAGE < first - PAGE || number * PAGE > last + PAGE) { pages.delete(number); return; }
      try {
        page.items = await fetch(number * PAGE, Math.min(PAGE, count - number * PAGE));
      } catch (error) {
        page.problem = error.message;
        page.items = [];
      }
      schedule();
    }, 40);
    return page;
  }

  function draw() {
    space.style.height = `${height()}px`;
    const first = top();
    const end = Math.min(count, Math.ceil(first + room() / ROW) + 1);
    const rows = [];
    for (let position = Math.max(0, Math.floor(first)); position < end; position += 1) {
      const page = need(Math.floor((count - 1 - position) / PAGE));
      const found = item(position);
      const isActive = position === active;
      rows.push(h("div", {
        class: `wl-row${isActive ? " active" : ""}`, role: "row", "aria-selected": String(isActive),
        style: { ...template, transform: `translateY(${scroll.scrollTop + (position - first) * ROW}px)` },
        onclick: (event) => { active = position; if (found && !event.target.closest("a")) open(found); else draw(); },
      }, found ? shown.map(([, , cell]) => h("span", { role: "gridcell" }, cell(found)))
        : h("span", { class: "faint" }, page.problem ?? "…")));
    }
    fill(space, rows);
  }

  function key(event) {
    const moves = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: inSight(), PageUp: -inSight(), Home: -count, End: count };
    if (event.key in moves) {
      active = Math.max(0, Math.min(count - 1, active + moves[event.key]));
      if (active < top()) scrollTo(active);
      else if (active > top() + room() / ROW - 1) scrollTo(active - room() / ROW + 1);
      draw();
    } else if (event.key === "Enter" && event.target === scroll) {
      const found = item(active);
      if (found) open(found);
    } else return;
    event.preventDefault();
  }

  new ResizeObserver(fitColumns).observe(scroll);
  return {
    element,
    /** The list has this many items. */
    set(newCount) {
      count = newCount;
      pages = new Map();
      schedule();
    },
    /** Puts items behind the last one. */
    add(items) {
      for (const added of items) {
        const number = Math.floor(count / PAGE);
        const page = pages.get(number);
        if (count % PAGE === 0) pages.set(number, { items: [added] });
        else if (page?.items?.length === count % PAGE) page.items.push(added);
        else pages.delete(number);
        count += 1;
      }
      if (active > 0) active = Math.min(count - 1, active + items.length);
      schedule();
    },
    get isAtTop() { return scroll.scrollTop < ROW; },
    scrollTo(position) { active = Math.max(0, Math.min(position, count - 1)); scrollTo(active); draw(); },
    focus() { scroll.focus({ preventScroll: true }); },
  };
}
