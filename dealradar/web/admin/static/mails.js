/* What was sent by mail, and what couldn't be. */

import { empty, html, show } from "./elements.js";
import { moment } from "./words.js";

const STATES = { queued: "Waits", sent: "Sent", written: "Written to a file", failed: "Given up" };

export function showMails(panel, { items }) {
  const row = (mail) => html("li", {},
    html("div", { class: "line" }, html("strong", {}, mail.subject), html("time", { datetime: mail.queued_at }, moment(mail.queued_at))),
    html("div", { class: "line muted" }, html("span", { class: `badge ${mail.state === "failed" ? "is-critical" : "plain"}` }, STATES[mail.state]), html("span", {}, `to ${mail.recipient}`),
      mail.last_error ? html("span", { class: "is-warning" }, `tried ${mail.attempts} times: ${mail.last_error}`) : null));
  show(panel, items.length ? html("ul", { class: "list" }, items.map(row)) : empty("No mail has been written yet."));
}
