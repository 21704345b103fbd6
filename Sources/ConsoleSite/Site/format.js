// How numbers, sizes and times are told.

export const number = (value) => Number(value).toLocaleString("en-US").replaceAll(",", "\u202f");

export function short(value) {
  if (value < 10) return value.toFixed(value % 1 ? 1 : 0);
  if (value < 10_000) return number(Math.round(value));
  const units = ["k", "M", "G", "T"];
  let index = -1;
  while (value >= 1000 && index < units.length - 1) { value /= 1000; index += 1; }
  return value.toFixed(value < 10 ? 1 : 0) + units[index];
}

export function bytes(count) {
  if (count < 1024) return `${count} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let index = -1;
  while (count >= 1024 && index < units.length - 1) { count /= 1024; index += 1; }
  return `${count.toFixed(count < 10 ? 1 : 0)} ${units[index]}`;
}

export function duration(milliseconds) {
  if (milliseconds === 0) return "0 ms";
  if (milliseconds < 1) return `${milliseconds.toFixed(2)} ms`;
  if (milliseconds < 1000) return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

const two = (value) => String(value).padStart(2, "0");

export const clock = (date) => `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
export const day = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/** A time as this browser's zone has it; without the day where that is today. */
export function time(text, withMilliseconds = false) {
  if (!text) return "–";
  const date = new Date(text);
  if (isNaN(date)) return text;
  const milliseconds = withMilliseconds ? "." + String(date.getMilliseconds()).padStart(3, "0") : "";
  const today = day(date) === day(new Date());
  return (today ? "" : day(date) + " ") + clock(date) + milliseconds;
}

/** A time with its day always: for what lies far ahead or back. */
export function moment(text) {
  const date = new Date(text);
  return !text ? "–" : isNaN(date) ? text : `${day(date)} ${clock(date)}`;
}

export function ago(text) {
  const date = new Date(text);
  if (!text || isNaN(date)) return "–";
  const passed = Date.now() - date;
  if (passed < 5000) return passed < -5000 ? `in ${duration(-passed)}` : "just now";
  return `${duration(Math.floor(passed / 1000) * 1000).replace(/\.\d+/, "")} ago`;
}
