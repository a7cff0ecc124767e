// Parts of the page as the site has them now: asked for as the whole page is, which a 304 answers if nothing is new.
import { tellAges } from "./ages.js";
import { lay } from "./own.js";

export async function fetchPage() {
  const answer = await fetch(location.pathname + location.search, { cache: "no-cache" });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

export async function refresh(page) {
  const fresh = (page ?? (await fetchPage()))?.querySelector("main");
  if (!fresh) return;
  const old = document.querySelector("main");
  const drafts = [...old.querySelectorAll("form[data-form=reply]")].map((form) => [form.parentElement.id, form]);
  old.replaceWith(document.adoptNode(fresh));
  for (const [parent, form] of drafts) document.getElementById(parent)?.append(form);
  tellAges(fresh);
  await lay(fresh);
}
