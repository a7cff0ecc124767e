// The queue of reports by keys: j and k go through it, x chooses, Enter looks, and a letter decides on what is chosen.
const form = document.getElementById("decide");
const rows = form ? [...form.querySelectorAll("li.report")] : [];
const VERDICTS = { d: "dismiss", h: "hide", t: "take" };
let at = -1;

function go(step) {
  at = Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[at]?.focus();
  rows[at]?.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  x() {
    const mark = rows[at]?.querySelector("input[type=checkbox]");
    if (mark) mark.checked = !mark.checked;
  },
  Enter: () => rows[at]?.querySelector(".facts a")?.click(),
};

function decide(verdict) {
  if (!form.querySelector("input[name=report]:checked")) KEYS.x();
  form.requestSubmit(form.querySelector(`button[value=${verdict}]`));
}

document.addEventListener("keydown", (event) => {
  if (rows.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select, a, button")) return;
  const act = KEYS[event.key] ?? (event.key in VERDICTS ? () => decide(VERDICTS[event.key]) : null);
  if (!act) return;
  event.preventDefault();
  act();
});
for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;
