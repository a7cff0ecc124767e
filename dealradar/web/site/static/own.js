// What is one reader's own is asked for beside the page, which is everybody's, and laid over it.
const MEMBER = "dealradar.member";
const KINDS = ["deal", "review", "comment"];
let known = null;

export const isMember = () => localStorage.getItem(MEMBER) !== null;
export const enter = () => localStorage.setItem(MEMBER, "1");

export function leave() {
  localStorage.removeItem(MEMBER);
  known = null;
}

export async function lay(root) {
  if (!isMember()) return;
  const wanted = new URLSearchParams(KINDS.map((kind) => [`${kind}s`, idsOf(root, kind).join(",")]));
  const answer = await fetch(`/me/overlay?${wanted}`).catch(() => null);
  if (answer?.status === 401) leave();
  if (!answer?.ok) return;
  known = await answer.json();
  greet(known);
  for (const button of root.querySelectorAll("form[data-of] button[value]")) press(button, known);
  for (const form of root.querySelectorAll("form[data-keeps]")) turn(form, known.bookmarks.includes(Number(form.dataset.keeps)));
  for (const part of root.querySelectorAll("[data-author]")) {
    part.hidden = !mayChange(part.dataset.author);
    part.previousElementSibling.hidden = !part.hidden;
  }
}

// A form that keeps a deal, or one that no longer does.
export function turn(form, isKept) {
  form.action = `/me/deals/${form.dataset.keeps}/${isKept ? "forget" : "bookmark"}`;
  form.querySelector("button").setAttribute("aria-pressed", isKept);
}

function idsOf(root, kind) {
  return [...root.querySelectorAll(`[data-${kind}]`)].map((part) => part.getAttribute(`data-${kind}`)).slice(0, 200);
}

function press(button, { deals, reviews, comments }) {
  const [kind, id] = button.form.dataset.of.split(":");
  const cast = { deals, reviews, comments }[kind][id];
  button.setAttribute("aria-pressed", String(cast) === button.value);
}

function mayChange(author) {
  return Number(author) === known.id || known.role !== "member";
}

function greet({ display_name, unread_count, role }) {
  const own = document.getElementById("own");
  own.textContent = display_name;
  const news = document.getElementById("news");
  news.hidden = unread_count === 0;
  news.textContent = `${unread_count} new`;
  document.getElementById("order").hidden = role === "member";
}
