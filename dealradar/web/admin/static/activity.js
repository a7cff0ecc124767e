/* What was done lately: invalidations and why, warm runs, changes of policies, processes and mails. */

import { empty, html, show } from "./elements.js";
import { NOTHING, ago, count, duration, moment } from "./words.js";

const REASONS = { hard: "Taken down or forbidden", strict: "Written", soft: "Count or order moved" };
const STATES = { queued: "Waits", running: "Runs", done: "Done" };
const TRIGGERS = { upkeep: "In demand", loss: "Most was missing" };
const SILENT_AFTER_MS = 60_000;

export function showInvalidations(panel, activity) {
  const items = activity.invalidations.map(({ tag, urgency, owed_at: at, lag_s: lag }) => line(
    html("code", {}, tag), badge(REASONS[urgency]), html("span", { class: lag === null ? "is-warning" : "muted" }, lag === null ? "not everywhere yet" : `everywhere after ${duration(lag)}`), time(at)));
  show(panel, items.length ? list(items) : empty("No write made anything stale lately."));
}

export function showJobs(panel, activity, changes) {
  const orders = activity.jobs.map((job) => ({ at: job.created_at, element: order(job) }));
  const turned = changes.slice(0, 10).map((change) => ({ at: change.changed_at, element: turn(change) }));
  const kept = activity.warm_runs.map((run) => ({ at: run.started_at, element: keptWarm(run) }));
  const items = [...orders, ...turned, ...kept].sort((one, other) => new Date(other.at) - new Date(one.at)).map(({ element }) => element);
  show(panel, items.length ? list(items) : empty("Nobody ordered anything in the last 7 days, and nothing had to be kept warm."));
}

export function showProcesses(panel, { items }, now = Date.now()) {
  const order = ["web", "worker", "beat"];
  const sorted = [...items].sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind) || one.pid - other.pid);
  const row = ({ kind, host, pid, started_at: started, seen_at: seen }) => {
    const isSilent = now - new Date(seen) > SILENT_AFTER_MS;
    return line(html("strong", {}, kind), html("span", { class: "muted" }, `${host ?? ""} ${pid ? `pid ${pid}` : ""}`.trim()),
      started ? html("span", { class: "muted" }, `up ${duration((now - new Date(started)) / 1000)}`) : null,
      html("span", { class: `end${isSilent ? " is-warning" : ""}` }, `seen ${ago(seen, now)}`));
  };
  show(panel, sorted.length ? list(sorted.map(row)) : empty("No process has reported yet."));
}

function order(job) {
  const about = job.kind === "warm" ? plural(job.paths.length, "path") : [...job.patterns, ...job.tags].slice(0, 2).join(", ") || NOTHING;
  const done = job.kind === "warm" ? `${count(job.warmed)} stored` : `${count(job.removed)} freed`;
  return html("li", {},
    html("div", { class: "line" }, html("strong", {}, job.kind === "warm" ? "Warm run" : "Invalidation"), badge(STATES[job.state]), html("span", {}, done),
      job.failed ? html("span", { class: "is-warning" }, `${count(job.failed)} failed`) : null, time(job.created_at)),
    html("div", { class: "line muted" }, html("code", {}, about), html("span", {}, `asked by ${job.asked_by}`)),
    job.error ? html("p", { class: "is-warning" }, job.error) : null);
}

function keptWarm({ trigger, started_at: at, warmed, failed, duration_s: took, skipped, gone, earned_hits: hits }) {
  const left = Object.entries(skipped).filter(([, many]) => many).map(([why, many]) => `${count(many)} ${why}`).join(", ");
  return html("li", {},
    html("div", { class: "line" }, html("strong", {}, "Kept warm"), badge(TRIGGERS[trigger]), html("span", {}, `${count(warmed)} stored in ${duration(took)}`),
      failed ? html("span", { class: "is-warning" }, `${count(failed)} failed`) : null, time(at)),
    html("div", { class: "line muted" }, html("span", {}, gone ? `${plural(hits, "hit")} earned by ${count(gone)} that went since` : "all are there still"),
      html("span", {}, left ? `left: ${left}` : NOTHING)));
}

function turn({ endpoint, changed_by: by, changed_at: at, before, after }) {
  const words = ({ ttl_s: ttl, enabled }) => (enabled ? (ttl === null ? "as declared" : `${ttl} s`) : "off");
  return html("li", {}, html("div", { class: "line" }, html("strong", {}, "Policy"), html("code", {}, endpoint), time(at)),
    html("div", { class: "line muted" }, `${words(before)} → ${words(after)}, by ${by}`));
}

const plural = (many, noun) => `${count(many)} ${noun}${many === 1 ? "" : "s"}`;
const line = (...parts) => html("li", {}, html("div", { class: "line" }, parts));
const list = (items) => html("ul", { class: "list" }, items);
const badge = (words) => html("span", { class: "badge plain" }, words);
const time = (at) => html("time", { datetime: at, title: ago(at) }, moment(at));
