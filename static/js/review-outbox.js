// The outbox: every decision lies here before it is sent, and goes when the server has it. One entry, one key: tabs that
// write at the same moment lose nothing of each other. One outbox for each person: on a shared computer nobody sends
// what somebody else has judged. An entry's address names its project.

import { forgetAll, newId, post, reader, recallAll, remember, Unreachable } from "./review-net.js";

const PREFIX = `misstep:outbox:${reader}:`;
const unstored = new Map(); // where the browser keeps nothing: as long as this page lives

/** What is kept, oldest first: {id, kind, url, body, page, copies, what, where, said, content, at, refused}. */
export function kept() {
  const stored = recallAll(PREFIX).map(([, entry]) => entry);
  return [...stored, ...unstored.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

export function waiting() {
  return kept().filter((entry) => !entry.refused);
}

/** Whether it would outlive this page. */
export function isSafe() {
  return unstored.size === 0;
}

/** Keeps a decision; gives its id. What its body names makes it count once, however often it is sent. */
export function keep(entry) {
  const id = newId();
  put({ ...entry, id, at: new Date().toISOString() });
  return id;
}

function put(entry) {
  if (!remember(PREFIX + entry.id, entry)) unstored.set(entry.id, entry);
}

export function find(id) {
  return kept().find((entry) => entry.id === id);
}

export function drop(id) {
  unstored.delete(id);
  remember(PREFIX + id, null);
}

// Another tab, or its page, may have taken it over meanwhile.
function refuse(entry, errors) {
  if (find(entry.id)) put({ ...entry, refused: errors });
}

/**
 * Sends what waits, in order, until the server cannot be reached; `again` also what it had refused. One tab at a time
 * where the browser can tell. Gives {sent, reason}: what the server took, each entry with its `answer`, and why it stopped.
 */
export function flush({ again = false } = {}) {
  const work = () => sendAll(again ? kept() : waiting());
  return navigator.locks ? navigator.locks.request(PREFIX, work) : work();
}

async function sendAll(entries) {
  const result = { sent: [], reason: "" };
  for (const entry of entries) {
    if (!find(entry.id)) continue; // another tab was faster
    try {
      take(result, entry, await post(entry.url, entry.body));
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      result.reason = error.message;
      break;
    }
  }
  return result;
}

function take(result, entry, { status, data }) {
  if (status !== 200) return refuse(entry, data.errors);
  drop(entry.id);
  if (entry.kind === "review") forgetAll(entry.copies); // of all tabs: this text was chosen
  result.sent.push({ ...entry, answer: data });
}
