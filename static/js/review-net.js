// Talking to the server from the review pages, and what this browser remembers.

const SENT_WITHIN_MS = 15000;
const COME_BACK_LATER = [401, 403, 408, 425, 429];

/** Nobody answered, or somebody who is not us (a login page, a proxy), or not now: worth another try. */
export class Unreachable extends Error {}

/** Whose page this is. */
export const reader = document.body.dataset.user;

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

/**
 * Posts `body` (URLSearchParams or an object); gives {status, data}, where data.errors says what was refused. Throws
 * Unreachable when no answer of ours came. The server takes nothing that a page sends for another person than `reader`.
 */
export async function post(url, body) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(body),
      headers: { Accept: "application/json", "X-CSRFToken": token(), "X-Reviewer": reader },
      signal: AbortSignal.timeout(SENT_WITHIN_MS),
    });
  } catch {
    throw new Unreachable("The server cannot be reached.");
  }
  return answerOf(response);
}

async function answerOf(response) {
  const { status } = response;
  if (response.redirected) throw new Unreachable("You have been logged out. Log in again in another tab.");
  if (status === 403) throw new Unreachable("Someone has logged in since this page was opened. Load it again.");
  if (COME_BACK_LATER.includes(status) || status >= 500) throw new Unreachable(`The server answered ${status}.`);
  if (response.headers.get("Content-Type")?.startsWith("application/json")) return { status, data: await bodyOf(response) };
  if (status < 400) throw new Unreachable("Something else answered in the server's place.");
  const gone = status === 404 ? "This session or its queue is gone, or no longer yours to review." : `The server answered ${status}.`;
  return { status, data: { errors: [{ field: "", message: gone }] } };
}

// The line may break, or the time be up, after the head of an answer has come.
async function bodyOf(response) {
  try {
    return await response.json();
  } catch {
    throw new Unreachable("The answer of the server broke off.");
  }
}

/** Posts, and gives the fragment of a page that came; null where none did: what only helps is not tried again. */
export async function fragment(url, body, signal) {
  try {
    const headers = { "X-CSRFToken": token(), "X-Reviewer": reader };
    const response = await fetch(url, { method: "POST", body: new URLSearchParams(body), headers, signal });
    return response.ok && !response.redirected ? await response.text() : null;
  } catch {
    return null;
  }
}

/** Sends on the way out of a page, when nobody is left to wait for the answer. */
export function postAndForget(url, body) {
  navigator.sendBeacon(url, new URLSearchParams({ ...body, csrfmiddlewaretoken: token() }));
}

/** Whether it is kept. A browser may forbid storage, or be full; then the page still works, only without a memory. */
export function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

/** What is kept under keys that begin with `prefix`, as [key, value], by key. */
export function recallAll(prefix) {
  let keys = [];
  try {
    keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch { /* forbidden */ }
  return keys.sort().map((key) => [key, recall(key)]).filter(([, value]) => value !== null && typeof value === "object");
}

/** Forgets all that is kept under keys that begin with `prefix`. */
export function forgetAll(prefix) {
  for (const [key] of recallAll(prefix)) remember(key, null);
}

/** A key's last part: later ones sort behind earlier ones, and no two tabs make the same. */
export function newId() {
  const random = crypto.getRandomValues(new Uint32Array(2));
  return `${String(Date.now()).padStart(15, "0")}-${random.join("-")}`;
}
