// What is typed into an empty form is kept in this browser until it was sent, or its writer logs out.
const PREFIX = "dealradar.draft:";
const WORDS = "textarea, input[type=text], input[type=url], input[type=datetime-local], select";

const nameOf = (form) => {
  const ids = [...form.querySelectorAll("input[type=hidden]")].filter((each) => each.name.endsWith("_id"));
  return `${PREFIX}${form.getAttribute("action")}:${ids.map((each) => each.value).join(":")}`;
};
const isEmpty = (form) => [...form.querySelectorAll("textarea")].every((each) => each.defaultValue === "");
const keeps = (form) => form?.dataset.form !== undefined && form.querySelector("textarea") !== null && isEmpty(form);

export function keep(form) {
  if (!keeps(form)) return;
  const typed = [...form.querySelectorAll(WORDS)].map((each) => [each.name, each.value]);
  localStorage.setItem(nameOf(form), JSON.stringify(typed));
}

export const drop = (form) => localStorage.removeItem(nameOf(form));

export function restore(form) {
  if (!keeps(form)) return;
  for (const [name, value] of JSON.parse(localStorage.getItem(nameOf(form)) ?? "[]")) {
    if (form.elements[name] && value !== "") form.elements[name].value = value;
  }
}

export function dropAll() {
  for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
}

document.addEventListener("input", (event) => keep(event.target.form));
