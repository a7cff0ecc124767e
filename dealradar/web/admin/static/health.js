/* What is the matter, in words: pure, from what the sources were told. */

import { clock, duration } from "./words.js";

const RANKS = ["ok", "warning", "critical"];
const BEAT_SILENT_MS = 60_000;

const STATES = { ok: "All well", warning: "Degraded", critical: "Needs attention" };

/** The worst of *notices* and of the alerts that fire, as the level and the words for it. */
export function stateOf(notices, alerts) {
  const levels = [...notices, ...alerts.filter(({ level }) => level !== "ok")].map(({ level }) => level);
  const level = levels.reduce((worst, each) => (RANKS.indexOf(each) > RANKS.indexOf(worst) ? each : worst), "ok");
  return { level, words: STATES[level] };
}

/** What is wrong with the site as *sources* know it, the worst first; *since* says for how long the store has been so. */
export function noticesOf({ report, processes, storeSince }, now) {
  const found = [...unreached(report), ...(report.told ? [...ofStore(report.told, storeSince), ...ofDatabase(report.told), ...ofOutbox(report.told)] : []), ...ofBeat(processes.told, now)];
  return found.sort((one, other) => RANKS.indexOf(other.level) - RANKS.indexOf(one.level));
}

function unreached({ fault, failsSince, toldAt }) {
  if (!fault || fault.status === 401 || fault.status === 403) return [];
  const since = `since ${clock(failsSince)}`;
  const old = toldAt ? ` The figures are those of ${clock(toldAt)}.` : "";
  if (fault.status === 503) {
    return [{ level: "critical", title: `Database unreachable ${since}`, text: `Cached answers are still served; nothing can be written.${old}` }];
  }
  return [{ level: "critical", title: `No figures ${since}`, text: `${fault.message}${old}` }];
}

function ofStore({ store }, since) {
  const from = since ? ` since ${clock(since)}` : "";
  if (store.connection === "disabled") {
    return [{ level: "warning", title: "The cache is switched off", text: "CACHE_ENABLED is false: every answer comes from the database." }];
  }
  if (store.connection === "down") {
    return [{ level: "critical", title: `Redis unreachable${from}`, text: "Serving from the database: right, but slower." }];
  }
  if (store.reads_breaker !== "closed") {
    return [{ level: "warning", title: `Redis is tried again${from}`, text: "The breaker isn't closed yet: most answers come from the database." }];
  }
  return [];
}

function ofDatabase({ windows }) {
  if (windows) return [];
  return [{ level: "critical", title: "The database can't be asked", text: "Cached answers are still served; nothing can be written." }];
}

function ofOutbox({ outbox }) {
  if (!outbox || outbox.oldest_s <= 30) return [];
  const level = outbox.oldest_s > 120 ? "critical" : "warning";
  return [{ level, title: `Invalidations are late by ${duration(outbox.oldest_s)}`, text: `${outbox.tags} tags aren't known to every cache yet.` }];
}

function ofBeat(processes, now) {
  const beat = processes?.items.filter(({ kind }) => kind === "beat").map(({ seen_at: at }) => new Date(at)).sort((one, other) => other - one)[0];
  if (!beat || now - beat <= BEAT_SILENT_MS) return [];
  return [{ level: "warning", title: `Background work silent since ${clock(beat)}`, text: "Beat, the broker or the workers stand still." }];
}
