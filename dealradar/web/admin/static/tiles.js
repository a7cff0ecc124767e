/* What is so just now, a figure each. */

import { html, show } from "./elements.js";
import { errorRatio, memoryShare, saved } from "./figures.js";
import { NOTHING, apart, bytes, count, duration, number, percent } from "./words.js";

const PHASES = { closed: "Closed", open: "Open", "half-open": "Half-open", half_open: "Half-open" };

const TILES = [
  {
    name: "Hit ratio",
    figure: ({ window }) => percent(window.hit_ratio),
    more: ({ window }) => `${count(window.hits)} hits · ${count(window.misses)} misses · ${count(window.stale)} stale`,
  },
  {
    name: "Requests",
    figure: ({ window }) => `${number(window.rate_per_s)} /s`,
    more: ({ window }) => `${count(window.requests)} in 5 min`,
  },
  {
    name: "Response time",
    figure: ({ window }) => duration(window.mean_s),
    more: ({ window }) => `p50 ${duration(window.p50_s)} · p95 ${duration(window.p95_s)} · p99 ${duration(window.p99_s)}`,
  },
  {
    name: "Errors",
    figure: ({ window }) => percent(errorRatio(window)),
    more: ({ window }) => `${count(window.errors)} answered with 5xx`,
    level: ({ window }) => (errorRatio(window) > 0.1 ? "critical" : errorRatio(window) > 0.05 ? "warning" : null),
  },
  {
    name: "Statements saved",
    figure: ({ window }) => percent(saved(window).share),
    more: ({ window }) => `about ${count(Math.round(saved(window).total))} spared, ${count(window.statements)} sent`,
  },
  {
    name: "Redis memory",
    figure: ({ store }) => bytes(store.memory_bytes),
    more: ({ store }) => (store.max_memory_bytes ? `of ${bytes(store.max_memory_bytes)} · ` : "") + `${count(store.keys)} keys · ${count(store.evictions)} evicted`,
    share: ({ store }) => memoryShare(store),
  },
  {
    name: "Outbox",
    figure: ({ outbox }) => (outbox ? `${count(outbox.tags)} owed` : NOTHING),
    more: ({ outbox }) => (outbox ? `oldest ${duration(outbox.oldest_s)}` : "the database can't be asked"),
    level: ({ outbox }) => (outbox?.oldest_s > 120 ? "critical" : outbox?.oldest_s > 30 ? "warning" : null),
  },
  {
    name: "Breaker",
    figure: ({ store }) => (store.connection === "disabled" ? "Off" : PHASES[store.reads_breaker] ?? store.reads_breaker),
    more: ({ store }) => `invalidations: ${(PHASES[store.bumps_breaker] ?? store.bumps_breaker ?? NOTHING).toLowerCase()}`,
    level: ({ store }) => (store.reads_breaker === "open" ? "critical" : store.reads_breaker === "closed" ? null : "warning"),
  },
];

/** Show the figures of *report* on *panel*. */
export function showTiles(panel, report) {
  const now = { window: report.windows?.["5m"] ?? {}, store: report.store, outbox: report.outbox };
  show(panel, ...TILES.map((tile) => drawn(tile, now)));
}

function drawn(tile, now) {
  const [figure, unit] = apart(tile.figure(now));
  const level = tile.level?.(now);
  const share = tile.share?.(now);
  return html("dl", { class: "tile" },
    html("dt", {}, tile.name),
    html("dd", { class: `figure${level ? ` is-${level}` : ""}` }, figure, unit ? html("small", {}, unit) : null),
    share === null || share === undefined ? null
      : html("dd", {}, html("meter", { min: 0, max: 1, high: 0.9, optimum: 0.2, value: share, "aria-label": `${tile.name}, of what it may take` })),
    html("dd", { class: "more" }, tile.more(now)));
}
