/* Who is logged in, and how the API is asked: with a token for a few minutes, which a cookie that no script reads renews. */

const SESSION = "/admin/session";
const RENEWED_BEFORE_MS = 60_000;
const PATIENCE_MS = 10_000;

export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

let page = null;
let renewing = null;

export const username = () => page?.username ?? null;

/** Return what the API answers, as values; raise a Refusal where it refuses, status 0 where it can't be reached. */
export async function ask(path, { method = "GET", send } = {}) {
  const { token } = await current();
  try {
    return await exchange(path, { method, send, token });
  } catch (fault) {
    if (fault.status === 401) page = null;
    throw fault;
  }
}

export async function logIn(login, password) {
  const { token } = await exchange("/api/auth/login", { method: "POST", send: { login, password } });
  try {
    await exchange(SESSION, { method: "PUT", token });
  } catch (fault) {
    await exchange("/api/auth/logout", { method: "POST", token });
    throw fault;
  }
  await current();
}

export async function logOut() {
  const token = page?.token;
  page = null;
  await exchange(SESSION, { method: "DELETE" });
  if (token) await exchange("/api/auth/logout", { method: "POST", token });
}

async function current() {
  if (page && new Date(page.expires_at) - Date.now() > RENEWED_BEFORE_MS) return page;
  renewing ??= exchange(SESSION, { method: "POST" }).finally(() => { renewing = null; });
  page = await renewing;
  return page;
}

async function exchange(path, { method = "GET", send, token } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (send !== undefined) headers["Content-Type"] = "application/json";
  const response = await reach(path, { method, headers, body: send === undefined ? undefined : JSON.stringify(send) });
  const told = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, wrong(told) ?? `The site answered ${response.status}.`);
  return told;
}

async function reach(path, options) {
  try {
    return await fetch(path, { ...options, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (fault) {
    const why = fault.name === "TimeoutError" ? "doesn't answer" : "can't be reached";
    throw new Refusal(0, `The site ${why}.`);
  }
}

function wrong(problem) {
  const faults = problem?.errors?.map(({ field, message }) => `${field}: ${message}`);
  return faults?.length ? faults.join("; ") : problem?.detail;
}
