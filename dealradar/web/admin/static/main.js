/* The dashboard: what is asked how often, and where each answer is shown. */

import { showInvalidations, showJobs, showProcesses } from "./activity.js";
import { Alerts } from "./alerts.js";
import { RANGES, makeCharts, makeRanges } from "./course.js";
import { empty, html, show } from "./elements.js";
import { Endpoints } from "./endpoints.js";
import { noticesOf, stateOf } from "./health.js";
import { showMails } from "./mails.js";
import { logIn, logOut, username } from "./session.js";
import { Source, Watch } from "./sources.js";
import { showTiles } from "./tiles.js";
import { duration } from "./words.js";

const OLD_AFTER_MS = 15_000;
const at = (id) => document.getElementById(id);
const history = (range) => `/api/monitoring/history?range=${range.name}`;

const sources = {
  report: new Source("/metrics/cache", 3_000),
  history: new Source(history(RANGES[0]), 5_000),
  policies: new Source("/api/cache/policies", 10_000),
  activity: new Source("/api/cache/activity", 5_000),
  holdings: new Source("/api/cache/holdings", 30_000),
  alerts: new Source("/api/alerts?limit=30", 5_000),
  silences: new Source("/api/alerts/silences", 10_000),
  signals: new Source("/api/alerts/signals", 10_000),
  processes: new Source("/api/monitoring/processes", 10_000),
  mails: new Source("/api/monitoring/mails", 20_000),
};
const watch = new Watch(Object.values(sources), seen);
const showCharts = makeCharts(at("charts"));
const alerts = new Alerts(at("alerts"), () => refresh("alerts", "silences", "signals"));
const endpoints = new Endpoints(at("endpoints"), () => refresh("policies", "activity"));
let range = RANGES[0];
let storeSince = null;
makeRanges(at("ranges"), choose);

const VIEWS = [
  [["report"], () => showTiles(at("tiles"), sources.report.told), "tiles"],
  [["history"], () => showCharts(sources.history.told.points, range.spanMs)],
  [["policies", "report", "holdings"], () => endpoints.show(sources.policies.told, sources.report.told?.windows?.["1h"].endpoints, sources.holdings.told?.endpoints)],
  [["activity"], () => showInvalidations(at("invalidations"), sources.activity.told), "invalidations"],
  [["activity", "policies"], () => showJobs(at("jobs"), sources.activity.told, sources.policies.told?.changes ?? []), "jobs"],
  [["processes"], () => showProcesses(at("processes"), sources.processes.told), "processes"],
  [["mails"], () => showMails(at("mails"), sources.mails.told), "mails"],
];

function seen(source) {
  if (source.fault?.status === 401) return lock();
  for (const [[main, ...others], draw, panel] of VIEWS) {
    if (![sources[main], ...others.map((name) => sources[name])].includes(source)) continue;
    if (sources[main].told) draw();
    else if (panel && sources[main].fault) show(at(panel), empty(sources[main].fault.message));
  }
  if ([sources.alerts, sources.silences, sources.signals].includes(source)) showAlerts();
  return overall();
}

function showAlerts() {
  alerts.show({ alerts: sources.alerts.told, silences: sources.silences.told, signals: sources.signals.told }, sources.alerts.fault);
}

function overall() {
  noteStore();
  const notices = noticesOf({ ...sources, storeSince }, Date.now());
  show(at("notices"), ...notices.map(({ level, title, text }) => html("p", { class: `notice ${level}` }, html("strong", {}, title), html("span", {}, text))));
  const { level, words } = stateOf(notices, sources.alerts.told?.items ?? []);
  Object.assign(at("state"), { className: `state is-${level}`, textContent: words });
  at("who").textContent = username() ?? "";
}

/** Since when the store is as it is: by the alert of it if one fires, which knows better than a page that was just opened. */
function noteStore() {
  const store = sources.report.told?.store;
  const isWell = !store || (store.connection === "up" && store.reads_breaker === "closed");
  const alert = sources.alerts.told?.items.find(({ signal, level }) => signal === "redis_connection" && level !== "ok");
  storeSince = isWell ? null : alert ? new Date(alert.began_at).getTime() : storeSince ?? sources.report.toldAt;
}

function tellAge() {
  const { toldAt } = sources.report;
  if (!toldAt) return;
  const ageMs = Date.now() - toldAt;
  at("age").textContent = ageMs < 4_000 ? "Live" : `As of ${duration(Math.round(ageMs / 1000))} ago`;
  at("board").classList.toggle("board-is-old", ageMs > OLD_AFTER_MS);
}

function choose(chosen) {
  range = chosen;
  sources.history.path = history(range);
  refresh("history");
}

const refresh = (...names) => names.forEach((name) => watch.now(sources[name]));

function open() {
  at("door").hidden = true;
  at("board").hidden = false;
  at("account").hidden = false;
  for (const panel of ["tiles", "invalidations", "jobs", "processes", "mails"]) show(at(panel), empty("Loading…"));
  showAlerts();
  watch.begin();
}

function lock() {
  watch.end();
  at("board").hidden = true;
  at("account").hidden = true;
  at("state").textContent = "";
  at("age").textContent = "";
  at("door").hidden = false;
  at("login").focus();
}

at("log-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { login, password } = event.target.elements;
  at("refusal").textContent = "";
  try {
    await logIn(login.value, password.value);
    event.target.reset();
    open();
  } catch (fault) {
    at("refusal").textContent = fault.message;
    password.select();
  }
});

at("leave").addEventListener("click", async () => {
  lock();
  await logOut();
  location.reload(); // so that nothing of what was seen stays in memory
});

setInterval(tellAge, 1_000);
await sources.report.refresh();
if ([401, 403].includes(sources.report.fault?.status)) lock();
else open();
