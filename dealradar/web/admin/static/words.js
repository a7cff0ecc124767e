/* Numbers and times as people read them; a dash where nothing is known. */

export const NOTHING = "–";
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86400;

const known = (write) => (value) => (value === null || value === undefined ? NOTHING : write(value));
const rounded = (value, digits) => value.toLocaleString("en", { maximumFractionDigits: digits });

export const number = known((value) => rounded(value, value >= 100 ? 0 : value >= 10 ? 1 : 2));
export const count = known((value) => (value >= 1e6 ? `${rounded(value / 1e6, 2)} M` : rounded(value, 0)));
export const percent = known((value) => `${rounded(value * 100, value > 0.99 || value < 0.1 ? 2 : 1)} %`);

export const duration = known((value) => {
  if (value < 0.0005) return `${rounded(value * 1e6, 0)} µs`;
  if (value < 1) return `${rounded(value * 1e3, value < 0.01 ? 1 : 0)} ms`;
  if (value < 2 * MINUTE_S) return `${rounded(value, value < 10 ? 2 : 0)} s`;
  if (value < 2 * HOUR_S) return `${rounded(value / MINUTE_S, 0)} min`;
  if (value < 2 * DAY_S) return `${rounded(value / HOUR_S, 1)} h`;
  return `${rounded(value / DAY_S, 0)} days`;
});

export const bytes = known((value) => {
  if (value >= 1e9) return `${rounded(value / 1e9, 2)} GB`;
  if (value >= 1e6) return `${rounded(value / 1e6, 1)} MB`;
  if (value >= 1e3) return `${rounded(value / 1e3, 1)} kB`;
  return `${rounded(value, 0)} B`;
});

/** The number and its unit apart: "12.5 ms" is ["12.5", "ms"]. */
export function apart(text) {
  const [figure, ...unit] = text.split(" ");
  return [figure, unit.join(" ")];
}

const two = (value) => String(value).padStart(2, "0");

export function clock(at, { seconds = true } = {}) {
  const time = new Date(at);
  return `${two(time.getHours())}:${two(time.getMinutes())}${seconds ? `:${two(time.getSeconds())}` : ""}`;
}

/** The time of day, with the date where it isn't today. */
export function moment(at, now = new Date()) {
  const time = new Date(at);
  const isToday = time.toDateString() === now.toDateString();
  return isToday ? clock(time) : `${time.getDate()} ${time.toLocaleString("en", { month: "short" })} ${clock(time, { seconds: false })}`;
}

export function ago(at, now = Date.now()) {
  const seconds = Math.max(0, (now - new Date(at)) / 1000);
  return seconds < 2 ? "just now" : `${duration(Math.round(seconds))} ago`;
}
