// Talking to the server from the review pages, and the outbox: what could not be sent is kept here until it can.

// One for each person: on a shared computer nobody sends what somebody else has judged.
const OUTBOX = `misstep:outbox:${document.body.dataset.user}`;
const SENT_WITHIN_MS = 15000;

/** Nobody answered, or somebody who is not us (a login page, a proxy): worth another try. */
export class Unreachable extends Error {}

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

/** Posts `body` (URLSearchParams or an object); gives {status, data}. Throws Unreachable when no answer of ours came. */
export async function post(url, body) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(body),
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      signal: AbortSignal.timeout(SENT_WITHIN_MS),
    });
  } catch {
    throw new Unreachable("The server cannot be reached.");
  }
  if (response.redirected) throw new Unreachable("You have been logged out. Log in again in another tab.");
  const isOurs = response.headers.get("Content-Type")?.startsWith("application/json");
  if (!isOurs) throw new Unreachable(`The server answered ${response.status}.`);
  return { status: response.status, data: await response.json() };
}

/** Sends on the way out of a page, when nobody is left to wait for the answer. */
export function postAndForget(url, body) {
  navigator.sendBeacon(url, new URLSearchParams({ ...body, csrfmiddlewaretoken: token() }));
}

// A browser may forbid storage; then the page still works, only without a memory.
export function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch { /* full or forbidden */ }
}

export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export function pending() {
  const entries = recall(OUTBOX);
  return Array.isArray(entries) ? entries : [];
}

/** Keeps a submission. The client id inside makes it count once, however often it is sent. */
export function keep(entry) {
  remember(OUTBOX, [...pending().filter((other) => other.url !== entry.url), entry]);
}

function drop(entry) {
  remember(OUTBOX, pending().filter((other) => other.body !== entry.body));
}

/** Sends what is kept, oldest first. Gives {sent, refused, left, next}: `next` is where the last answer leads. */
export async function flush() {
  const result = { sent: 0, refused: 0, left: 0, next: null };
  for (const entry of pending()) {
    try {
      const { status, data } = await post(entry.url, entry.body);
      drop(entry);
      if (status === 200) {
        result.sent += 1;
        result.next = data.next;
        remember(entry.draftKey, null);
      } else result.refused += 1;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      break;
    }
  }
  result.left = pending().length;
  return result;
}
