/* Alerts now and past, who looks after them, and of what nobody is told. */

import { empty, html, say, show } from "./elements.js";
import { ask } from "./session.js";
import { ago, duration, moment } from "./words.js";

const SPANS = [["30 min", 1800], ["2 h", 7200], ["8 h", 28_800], ["1 day", 86_400], ["7 days", 604_800]];
const BADGES = { critical: "Critical", warning: "Warning", ok: "Over" };

export class Alerts {
  /** *refresh* is called when something was changed. */
  constructor(panel, refresh) {
    this.refresh = refresh;
    this.lists = html("div");
    this.form = silencing((draft) => this.#silence(draft));
    this.form.hidden = true;
    panel.append(this.lists, this.form);
  }

  /** Show *alerts*, the *silences* that hold, and offer to silence each of *signals*; each null while it isn't known. */
  show({ alerts, silences, signals }, fault) {
    if (!alerts) return show(this.lists, empty(fault ? fault.message : "Loading…"));
    const firing = alerts.items.filter(({ level }) => level !== "ok");
    const past = alerts.items.filter(({ level }) => level === "ok");
    const titles = new Map((signals?.items ?? []).map(({ signal, title }) => [signal, title]));
    this.#offer(signals);
    return show(this.lists,
      firing.length ? list(firing.map((alert) => this.#firing(alert))) : empty(quiet(signals)),
      ...(silences?.items.length ? [sub("Silenced"), list(silences.items.map((silence) => this.#silenced(silence, titles)))] : []),
      ...(past.length ? [html("details", { class: "past", open: this.isOpen, ontoggle: (event) => { this.isOpen = event.target.open; } },
        html("summary", { class: "sub" }, `Past (${past.length})`), list(past.map(over)))] : []));
  }

  #firing(alert) {
    const looked = alert.acknowledged_by
      ? html("span", { class: "badge plain" }, `Acknowledged by ${alert.acknowledged_by}`)
      : html("button", { type: "button", "data-focus": `ack ${alert.id}`, onclick: () => this.#acknowledge(alert) }, "Acknowledge");
    return html("li", { class: "alert", "data-signal": alert.signal },
      html("div", { class: "line" }, badge(alert.level), html("strong", {}, alert.title), html("span", {}, alert.value_text),
        html("span", { class: "muted" }, alert.threshold_text), html("time", { datetime: alert.began_at }, `since ${moment(alert.began_at)}`)),
      html("p", {}, alert.meaning),
      html("details", {}, html("summary", {}, "What to do"), html("ol", {}, alert.runbook.map((step) => html("li", {}, step)))),
      html("div", { class: "controls" }, looked,
        html("button", { type: "button", class: "quiet", "data-focus": `silence ${alert.id}`, onclick: () => this.#choose(alert.signal) }, "Silence…")));
  }

  #silenced(silence, titles) {
    return html("li", { class: "silence", "data-signal": silence.signal },
      html("div", { class: "line" }, html("strong", {}, titles.get(silence.signal) ?? silence.signal), html("span", { class: "muted" }, silence.reason),
        html("span", { class: "end" }, `until ${moment(silence.until)} · ${silence.created_by}`),
        html("button", { type: "button", class: "quiet", "data-focus": `lift ${silence.id}`, onclick: () => this.#lift(silence) }, "Lift")));
  }

  #offer(signals) {
    if (!signals || !this.form.hidden) return;
    this.form.elements.signal.append(...signals.items.map(({ signal, title }) => html("option", { value: signal }, title)));
    this.form.hidden = false;
  }

  #choose(signal) {
    this.form.elements.signal.value = signal;
    this.form.elements.reason.focus();
  }

  #acknowledge(alert) {
    return this.#do(`${alert.title} acknowledged`, () => ask(`/api/alerts/${alert.id}/acknowledge`, { method: "POST" }));
  }

  #silence(draft) {
    return this.#do("Silenced", () => ask("/api/alerts/silences", { method: "POST", send: draft }));
  }

  #lift(silence) {
    return this.#do("The silence is lifted", () => ask(`/api/alerts/silences/${silence.id}`, { method: "DELETE" }));
  }

  async #do(words, act) {
    const refusal = this.form.querySelector(".refusal");
    refusal.textContent = "";
    try {
      await act();
      say(words);
    } catch (fault) {
      refusal.textContent = fault.message;
    }
    this.refresh();
  }
}

function silencing(send) {
  const field = (words, control) => html("label", {}, words, control);
  const form = html("form", { class: "overall", id: "silence", "aria-label": "Silence a signal" },
    field("Silence", html("select", { name: "signal" })),
    field("for", html("select", { name: "span" }, SPANS.map(([words, seconds]) => html("option", { value: seconds }, words)))),
    field("because", html("input", { name: "reason", required: true, maxlength: 500, placeholder: "planned maintenance" })),
    html("button", { type: "submit", class: "quiet" }, "Silence"),
    html("p", { class: "refusal", role: "alert" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { signal, span, reason } = form.elements;
    send({ signal: signal.value, until: new Date(Date.now() + span.value * 1000).toISOString(), reason: reason.value });
    reason.value = "";
  });
  return form;
}

function quiet(signals) {
  const pending = signals?.items.filter((signal) => signal.is_pending).map(({ title, value_text: value }) => `${title}: ${value}`) ?? [];
  return pending.length ? `Nothing fires. It might, if it stays so: ${pending.join("; ")}.` : "Nothing fires.";
}

function over(alert) {
  return html("li", {}, html("div", { class: "line" }, badge("ok", `Was ${alert.peak}`), html("strong", {}, alert.title),
    html("span", { class: "muted" }, `lasted ${duration(alert.lasted_s)}`), html("time", { datetime: alert.ended_at, title: ago(alert.ended_at) }, `ended ${moment(alert.ended_at)}`)));
}

const list = (items) => html("ul", { class: "list" }, items);
const sub = (words) => html("h3", { class: "sub" }, words);
const badge = (level, words = BADGES[level]) => html("span", { class: `badge ${level === "ok" ? "plain" : `is-${level}`}` }, words);
