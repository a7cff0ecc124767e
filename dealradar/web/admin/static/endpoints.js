/* How each endpoint is cached and does, and the controls of it. The rows stay, so that one can type while they live. */

import { html, say, svg } from "./elements.js";
import { costOf, secondsOf } from "./figures.js";
import { ask } from "./session.js";
import { NOTHING, bytes, count, duration, number, percent } from "./words.js";

const WARMED = 50;
const NONE = { requests: 0, hits: 0, misses: 0, stale: 0, hit_ratio: null, statements: 0, database_s: 0 };

const COLUMNS = [
  { name: "Requests", write: ({ figures }) => count(figures.requests) },
  { name: "Hit ratio", write: ({ figures }) => [bar(figures.hit_ratio), percent(figures.hit_ratio)] },
  { name: "Recompute", write: ({ figures }) => (figures.misses ? `${duration(secondsOf(figures))} · ${number(costOf(figures))} stmts` : NOTHING) },
  { name: "Entries", write: ({ held }) => count(held?.entries) },
  { name: "Bytes", write: ({ held }) => bytes(held?.body_bytes) },
];

export class Endpoints {
  /** *refresh* is called when a policy was changed. */
  constructor(panel, refresh) {
    this.refresh = refresh;
    this.rows = new Map();
    this.refusal = html("p", { class: "refusal", role: "alert" });
    this.body = html("tbody");
    const heads = ["Endpoint", ...COLUMNS.map(({ name }) => name), "TTL (s)", "Controls"];
    const head = (name, index) => html("th", { scope: "col", class: index && index <= COLUMNS.length ? "number" : null }, name);
    panel.append(
      html("div", { class: "overall" }, html("span", { class: "muted" }, "Changes are in force everywhere within 5 seconds."), this.refusal,
        html("button", { type: "button", class: "quiet", onclick: () => this.#warm({ top: 200 }, "what is asked for most") }, "Warm the 200 most wanted"),
        html("button", { type: "button", class: "quiet", onclick: () => this.#everything() }, "Invalidate everything")),
      html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Endpoints" },
        html("table", { class: "wide" }, html("thead", {}, html("tr", {}, heads.map(head))), this.body)));
  }

  /** Show *policies* with the figures of each endpoint by its rule, and what is held of it; null where unknown. */
  show(policies, figures, held) {
    for (const policy of policies?.items ?? []) {
      const row = this.rows.get(policy.endpoint) ?? this.#add(policy);
      row.show(policy, { figures: figures?.[policy.endpoint] ?? NONE, held: held?.[policy.endpoint] });
    }
  }

  #add({ endpoint }) {
    const cells = COLUMNS.map(({ name }) => html("td", { class: "number", "data-name": name }));
    const ttl = html("input", { type: "number", min: 1, max: 86_400, required: true, "aria-label": `TTL of ${endpoint} in seconds` });
    const set = html("form", { "aria-label": `TTL of ${endpoint}`, onsubmit: (event) => { event.preventDefault(); this.#patch(endpoint, { ttl_s: ttl.valueAsNumber }, ttl); } },
      ttl, html("button", { type: "submit", class: "quiet" }, "Set"));
    const declared = html("button", { type: "button", class: "quiet", onclick: () => this.#patch(endpoint, { ttl_s: null, enabled: null }) }, "Reset");
    const toggle = html("button", { type: "button", class: "quiet" });
    const others = [
      html("button", { type: "button", class: "quiet", "aria-label": `Invalidate ${endpoint}`, onclick: () => this.#invalidate(endpoint) }, "Invalidate"),
      html("button", { type: "button", class: "quiet", "aria-label": `Warm ${endpoint}`, onclick: () => this.#warm({ top: WARMED, endpoint }, endpoint) }, "Warm"),
    ];
    const element = html("tr", { "data-endpoint": endpoint }, html("th", { scope: "row" }, html("code", {}, endpoint)), cells,
      html("td", { class: "across" }, html("div", { class: "controls" }, set, declared)), html("td", { class: "across" }, html("div", { class: "controls" }, toggle, others)));
    this.body.append(element);
    const show = (policy, known) => {
      COLUMNS.forEach(({ write }, index) => cells[index].replaceChildren(...[write(known)].flat().filter((part) => part !== null)));
      if (document.activeElement !== ttl) ttl.value = policy.ttl_s;
      element.classList.toggle("is-off", !policy.enabled);
      toggle.textContent = policy.enabled ? "Switch off" : "Switch on";
      toggle.setAttribute("aria-label", `${toggle.textContent} ${endpoint}`);
      toggle.onclick = () => this.#patch(endpoint, { enabled: !policy.enabled });
      declared.hidden = policy.enabled && policy.ttl_s === policy.declared_ttl_s;
      declared.setAttribute("aria-label", `Reset ${endpoint} to ${policy.declared_ttl_s} s, on`);
      others[1].hidden = policy.sharing !== "public";
    };
    const row = { show };
    this.rows.set(endpoint, row);
    return row;
  }

  #patch(endpoint, change, field) {
    field?.blur();
    return this.#do(`${endpoint} changed`, () => ask("/api/cache/policies", { method: "PATCH", send: { endpoint, ...change } }));
  }

  #invalidate(endpoint) {
    const pattern = `${endpoint.replaceAll(/<[^>]+>/g, "*")}:*`;
    return this.#do(`${endpoint} invalidated`, () => ask("/api/cache/invalidate", { method: "POST", send: { patterns: [pattern] } }));
  }

  #everything() {
    if (!confirm("Invalidate everything? The database answers until the cache is filled again.")) return undefined;
    return this.#do("Everything is invalidated", () => ask("/api/cache/invalidate", { method: "POST", send: { all: true } }));
  }

  #warm(wish, what) {
    return this.#do(`${what}: a warm run is queued`, () => ask("/api/cache/warm", { method: "POST", send: wish }));
  }

  async #do(words, act) {
    this.refusal.textContent = "";
    try {
      await act();
      say(words);
    } catch (fault) {
      this.refusal.textContent = fault.message;
    }
    this.refresh();
  }
}

function bar(ratio) {
  if (ratio === null || ratio === undefined) return null;
  return svg("svg", { class: "ratio", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { width: 100, height: 10, rx: 5 }), svg("rect", { width: ratio * 100, height: 10, rx: 5 }));
}
