// Forms work without this, page by page. With it they do in place: nothing typed is lost, and what failed is undone.
import { drop, dropAll, keep } from "./drafts.js";
import { enter, leave, turn } from "./own.js";
import { refresh } from "./parts.js";

const UNREACHED = { detail: "That didn’t reach us. Please try again." };

// It arrives also if the reader goes on to another page meanwhile.
const SENT = { method: "POST", headers: { Accept: "application/json" }, keepalive: true };

const AFTER = {
  "": (_form, path) => location.assign(path),
  enter(_form, path) {
    enter();
    location.assign(path);
  },
  leave(_form, path) {
    leave();
    dropAll();
    location.assign(path);
  },
  vote: (form, _path, told) => count(form, told),
  keep() {},
  reload: () => location.reload(),
  async reply(form, path) {
    form.remove();
    await refresh();
    location.hash = new URL(path, location.href).hash;
  },
  queue(form, _path, told) {
    const refused = told.items.filter((each) => each.refusal !== null);
    if (refused.length === 0) return location.reload();
    tell(form, { detail: refused.map((each) => `Report ${each.report_id}: ${each.refusal}`).join(" ") });
  },
};

// What shows at once what is wished, and returns what takes that back.
const BEFORE = {
  vote(form, button, body) {
    const buttons = [...form.querySelectorAll("button[value]")];
    const before = buttons.map((each) => each.getAttribute("aria-pressed"));
    const shown = counter(form)?.textContent;
    const isTakenBack = button.getAttribute("aria-pressed") === "true";
    if (isTakenBack) body.set(button.name, form.dataset.nothing);
    const old = weight(buttons.find((each) => each.getAttribute("aria-pressed") === "true"));
    for (const each of buttons) each.setAttribute("aria-pressed", each === button && !isTakenBack);
    if (counter(form)) counter(form).textContent = Number(shown) + (isTakenBack ? 0 : weight(button)) - old;
    return () => {
      buttons.forEach((each, i) => each.setAttribute("aria-pressed", before[i] ?? "false"));
      if (counter(form)) counter(form).textContent = shown;
    };
  },
  keep(form) {
    const wasKept = form.querySelector("button").getAttribute("aria-pressed") === "true";
    turn(form, !wasKept);
    return () => turn(form, wasKept);
  },
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.dataset.form === undefined) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  const { action } = form;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const undo = BEFORE[form.dataset.form]?.(form, event.submitter, body) ?? (() => {});
  form.ariaBusy = "true";
  await send(form, action, body).catch((problem) => {
    undo();
    tell(form, problem);
  });
  form.ariaBusy = "false";
});

async function send(form, action, body) {
  clear(form);
  const answer = await fetch(action, { ...SENT, body }).catch(() => null);
  if (answer === null) throw UNREACHED;
  if (answer.status === 401 && form.dataset.form !== "enter") return toLogIn(form);
  const isJson = answer.headers.get("Content-Type")?.includes("json") ?? false;
  const told = isJson ? await answer.json() : null;
  if (!answer.ok) throw told ?? UNREACHED;
  drop(form);
  await AFTER[form.dataset.form](form, answer.headers.get("Location"), told);
}

function toLogIn(form) {
  leave();
  keep(form);
  const back = location.pathname + location.search + location.hash;
  location.assign(`/login?${new URLSearchParams({ back })}`);
}

function counter(form) {
  return form.parentElement.closest("[data-deal],[data-review],[data-comment]").querySelector("[data-count]");
}

const weight = (button) => ({ 1: 1, "-1": -1, true: 1 })[button?.value] ?? 0;

function count(form, told) {
  const shown = counter(form);
  if (shown) shown.textContent = told.score ?? told.helpful_count;
}

function tell(form, problem) {
  const faults = problem.errors ?? [];
  for (const { field, message } of faults) {
    const place = form.querySelector(`[data-fault="${CSS.escape(field)}"]`) ?? problemOf(form);
    place.textContent = message;
    place.hidden = false;
    form.elements[field]?.setAttribute?.("aria-invalid", "true");
  }
  if (faults.length > 0) return form.querySelector("[aria-invalid]")?.focus();
  const place = problemOf(form);
  place.textContent = problem.detail;
  place.hidden = false;
}

function problemOf(form) {
  const place = form.querySelector("[data-problem]");
  if (place) return place;
  const made = document.createElement("span");
  made.className = "fault";
  made.role = "alert";
  made.dataset.problem = "";
  form.append(made);
  return made;
}

function clear(form) {
  for (const place of form.querySelectorAll("[data-fault],[data-problem]")) place.hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}
