/* The charts of what was so over time, and the choice of the range. */

import { Chart } from "./chart.js";
import { html } from "./elements.js";
import { perRequest } from "./figures.js";
import { bytes, duration, number, percent } from "./words.js";

export const RANGES = [
  { name: "15m", title: "15 min", spanMs: 15 * 60_000 },
  { name: "1h", title: "1 h", spanMs: 3600_000 },
  { name: "24h", title: "24 h", spanMs: 86_400_000 },
];

const CHARTS = [
  { title: "Hit ratio", unit: "hits among lookups", write: percent, atMost: 1, lines: [{ of: (point) => point.hit_ratio }] },
  { title: "Requests", unit: "per second", write: number, lines: [{ of: (point) => point.rate_per_s }] },
  {
    title: "Response time", unit: "seconds, by share of requests", write: duration,
    lines: [{ name: "p50", of: (point) => point.p50_s }, { name: "p95", of: (point) => point.p95_s }, { name: "p99", of: (point) => point.p99_s }],
  },
  { title: "Database statements", unit: "per request", write: number, lines: [{ of: perRequest }] },
  { title: "Redis memory", unit: "bytes", write: bytes, lines: [{ of: (point) => point.redis_memory_bytes }] },
  { title: "Oldest owed invalidation", unit: "seconds", write: duration, lines: [{ of: (point) => point.outbox_oldest_s }] },
];

/** Put the charts on *panel*; return what shows points of a range on them. */
export function makeCharts(panel) {
  const charts = CHARTS.map((spec) => new Chart(spec));
  panel.append(...charts.map(({ element }) => element));
  return (points, spanMs) => {
    const to = Date.now();
    for (const chart of charts) chart.show(points, [to - spanMs, to]);
  };
}

/** Put the choice of a range on *fieldset*; *chosen* is called with each that is. */
export function makeRanges(fieldset, chosen) {
  const choice = (range, index) => html("label", {},
    html("input", { type: "radio", name: "range", value: range.name, checked: index === 0, onchange: () => chosen(range) }), range.title);
  fieldset.append(...RANGES.map(choice));
}
