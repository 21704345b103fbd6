// Small charts, drawn as SVG.

import { s, fill } from "/dom.js";
import { short } from "/format.js";

function roundedMax(value, isWhole) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const max = [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value);
  return isWhole ? Math.max(1, Math.ceil(max)) : max;
}

/**
 * Bars over time: `slots` are `{label, parts: [[value, class]], title}`, oldest first.
 *
 * `onRange(first, last)` is called after dragging over slots; `tell(value)` writes a value at the axis.
 */
export function bars(element, slots, { height = 120, onRange, unit = "", tell = short } = {}) {
  const width = Math.max(200, element.clientWidth || 600);
  const left = tell === short ? 34 : 52, bottom = 16, inner = width - left, chart = height - bottom - 6;
  const max = roundedMax(Math.max(0, ...slots.map((slot) => slot.parts.reduce((sum, [value]) => sum + value, 0))), true);
  const step = inner / Math.max(1, slots.length);
  const y = (value) => 6 + chart * (1 - value / max);
  // Labels may be missing; those there are stand apart enough to be read.
  const labelled = slots.map((slot, index) => index).filter((index) => slots[index].label && index * step < inner - 34);
  const gap = labelled.length > 1 ? (labelled[1] - labelled[0]) * step : inner;
  const labelEvery = Math.max(1, Math.ceil(64 / gap));
  const shown = new Set(labelled.filter((_, order) => order % labelEvery === 0));
  const svg = s("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": `Up to ${short(max)} ${unit}` },
    [0, 0.5, 1].map((part) => [
      s("line", { class: "grid", x1: left, x2: width, y1: y(max * part), y2: y(max * part) }),
      s("text", { x: left - 6, y: y(max * part) + 4, "text-anchor": "end" }, tell(max * part))]),
    slots.map((slot, index) => {
      let base = 0;
      const x = left + index * step;
      return s("g", { class: "slot" },
        s("title", null, slot.title), s("rect", { class: "hit", x, y: 6, width: step, height: chart }),
        slot.parts.map(([value, kind]) => {
          if (!value) return null;
          const bar = s("rect", { class: kind, x: x + Math.min(1, step * 0.1), width: Math.max(0.6, step - Math.min(2, step * 0.2)),
            y: Math.min(y(base + value), y(base) - 1), height: Math.max(1, y(base) - y(base + value)) });
          base += value;
          return bar;
        }),
        shown.has(index) && s("text", { x, y: height - 3 }, slot.label));
    }));
  if (onRange) brush(svg, left, step, slots.length, chart, width, onRange);
  fill(element, svg);
}

function brush(svg, left, step, count, height, width, onRange) {
  let from = null;
  const mark = s("rect", { class: "brush", y: 6, height, width: 0 });
  svg.append(mark);
  svg.style.cursor = "crosshair";
  const slot = (event) => {
    const box = svg.getBoundingClientRect();
    return Math.max(0, Math.min(count - 1, Math.floor(((event.clientX - box.left) * width / box.width - left) / step)));
  };
  const draw = (to) => {
    mark.setAttribute("x", left + Math.min(from, to) * step);
    mark.setAttribute("width", (Math.abs(to - from) + 1) * step);
  };
  svg.addEventListener("pointerdown", (event) => { from = slot(event); svg.setPointerCapture(event.pointerId); draw(from); });
  svg.addEventListener("pointermove", (event) => { if (from !== null) draw(slot(event)); });
  svg.addEventListener("pointerup", (event) => {
    if (from === null) return;
    const to = slot(event);
    const range = [Math.min(from, to), Math.max(from, to)];
    from = null;
    onRange(...range);
  });
}

/**
 * Lines over time: `series` are `{kind, points: [[milliseconds, value]]}`. A value holds until the next one.
 */
export function lines(element, series, { from, to, height = 120, unit = "" }) {
  const width = Math.max(200, element.clientWidth || 400);
  const left = 34, bottom = 16, inner = width - left, chart = height - bottom - 6;
  const max = roundedMax(Math.max(1, ...series.flatMap(({ points }) => points.map(([, value]) => value))), true);
  const x = (at) => left + Math.max(0, (at - from) / (to - from)) * inner;
  const y = (value) => 6 + chart * (1 - value / max);
  const minutes = Math.max(1, Math.round((to - from) / 60_000));
  fill(element, s("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": `Up to ${short(max)} ${unit}` },
    [0, 0.5, 1].map((part) => [
      s("line", { class: "grid", x1: left, x2: width, y1: y(max * part), y2: y(max * part) }),
      s("text", { x: left - 6, y: y(max * part) + 4, "text-anchor": "end" }, short(max * part))]),
    series.map(({ kind, points }) => s("path", { class: kind, d: points.map(([at, value], index) => `${index ? "L" : "M"}${x(at).toFixed(1)},${y(value).toFixed(1)}`).join("") })),
    [0, 0.5].map((part) => s("text", { x: left + inner * part, y: height - 3 }, `${Math.round(minutes * (1 - part))} min ago`)),
    s("text", { x: width, y: height - 3, "text-anchor": "end" }, "now")));
}

/** A line without axes, for a figure's last values. */
export function spark(element, values, height = 26) {
  const max = Math.max(...values, 1e-9);
  const x = (index) => index / Math.max(1, values.length - 1) * 100;
  const y = (value) => 1 + (height - 2) * (1 - value / max);
  const points = values.map((value, index) => `${x(index).toFixed(2)},${y(value).toFixed(2)}`).join(" ");
  fill(element, s("svg", { class: "chart", viewBox: `0 0 100 ${height}`, height, preserveAspectRatio: "none", "aria-hidden": "true" },
    s("polygon", { class: "area", points: `0,${height} ${points} 100,${height}` }), s("polyline", { class: "line", points })));
}
