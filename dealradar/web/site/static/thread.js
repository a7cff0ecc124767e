// Replies are written where they will stand; that others have replied is said, and shown when the reader wants it.
import { restore } from "./drafts.js";
import { isMember } from "./own.js";
import { fetchPage, refresh } from "./parts.js";

const LOOK_AGAIN_MS = 20_000;
const thread = () => document.getElementById("comments");
const idsIn = (root) => [...root.querySelectorAll("li[data-comment]")].map((each) => each.id);

function news() {
  const made = document.createElement("button");
  made.id = "replies";
  made.type = "button";
  made.className = "more";
  thread().querySelector("h2").after(made);
  return made;
}

async function look() {
  if (document.hidden || !thread()) return;
  const page = await fetchPage().catch(() => null);
  const fresh = page?.getElementById("comments");
  if (!fresh) return;
  const seen = new Set(idsIn(thread()));
  const count = idsIn(fresh).filter((id) => !seen.has(id)).length;
  if (count === 0) return;
  const button = document.getElementById("replies") ?? news();
  button.textContent = count === 1 ? "1 new reply" : `${count} new replies`;
  button.onclick = () => refresh(page);
}

function answerTo(link) {
  const place = link.closest("li[data-comment]") ?? thread();
  const asked = new URL(link.href).searchParams;
  const form = document.getElementById("reply").content.firstElementChild.cloneNode(true);
  for (const name of ["review_id", "parent_id"]) form.elements[name].value = asked.get(name) ?? "";
  const label = `reply-${asked.get("parent_id") ?? "review"}`;
  form.querySelector("label").htmlFor = label;
  form.elements.body.id = label;
  form.querySelector("[data-cancel]").onclick = () => form.remove();
  place.querySelector(":scope > form[data-form=reply]")?.remove();
  place.append(form);
  restore(form);
  form.elements.body.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-reply]");
  if (!link || !isMember() || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  answerTo(link);
});

if (thread()?.dataset.live !== undefined) setInterval(look, LOOK_AGAIN_MS);
