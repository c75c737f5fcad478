// Drafts: what is typed is kept in this browser at once, for each open page by itself, and on the server within a second.
// The server takes a text only as the one that follows what this page knows; else the reader chooses between the two.

import { eachPage, say } from "./page.js";
import { takesOther } from "./review-choose.js";
import { fill, form, values } from "./review-form.js";
import { newId, post, postAndForget, recallAll, remember, Unreachable } from "./review-net.js";

const QUIET_MS = 700;
const RETRY_MS = 5000;

/** What the keys of all copies of this session begin with. */
export let copies;

let draftKey; // where this page's own copy lies
let version;
let standing; // what the server has
let sent; // what this page has sent to it, answered or not
let isSending;
let unsaved;
let isTold; // that the server does not answer: once for each change, for others have something to say there too
let isHeld; // decided: the outbox has the text now
let isCopied; // this browser has what stands in the form
let timer = null;

eachPage(() => {
  clearTimeout(timer);
  copies = `${form.dataset.draftKey}:`;
  draftKey = copies + newId();
  version = Number(form.dataset.version);
  standing = canonical(values());
  sent = new Set();
  isSending = unsaved = isTold = isHeld = isCopied = false;
});

// The server leaves out what is empty, and databases turn keys around.
function canonical(content) {
  return JSON.stringify(sorted(content));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, each]) => [key, sorted(each)]).filter(([, each]) => !isEmpty(each));
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isEmpty(value) {
  return value === "" || (typeof value === "object" && Object.keys(value ?? {}).length === 0);
}

// A severity is always chosen, so it says nothing by itself.
function isBlank(content) {
  const { failures = [], ...more } = sorted(content);
  return isEmpty(more) && failures.every(({ severity, ...told }) => isEmpty(told));
}

/** Puts back what this browser kept and the server has not, and `more`; asks where they differ. */
export async function restore(more) {
  const found = recallAll(copies).filter(([key]) => key !== draftKey);
  for (const [key, copy] of [...found, ...more.map((content) => ["", { content }])]) {
    await putBack(copy);
    if (key) remember(key, null);
  }
}

async function putBack({ content, follows }) {
  const asked = form;
  const here = values();
  if (canonical(content) === canonical(here) || isBlank(content)) return;
  const isNewer = isBlank(here) || follows?.includes(canonical(here));
  if (!isNewer && !(await takesOther(here, content))) return;
  if (form !== asked) return;
  fill(content);
  note();
}

/** Notes a change. */
export function note() {
  unsaved = true;
  isTold = false;
  keepCopy();
  later(QUIET_MS);
}

// A copy says on what it follows: put back, it needs no choosing there.
function keepCopy() {
  isCopied = remember(draftKey, { content: values(), follows: [standing, ...sent] });
}

// Where the text is, when the server does not have it; `reason`: why not.
function tellUnsaved(reason) {
  say(isCopied ? `Kept on this computer; ${reason}` : `Not saved anywhere: leave this page open. The browser keeps nothing for us, and ${reason}`);
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(save, milliseconds);
}

async function save() {
  if (!unsaved || isHeld) return;
  if (isSending) return later(QUIET_MS);
  const page = form;
  isSending = true;
  try {
    await send(values(), page);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    if (form !== page || !unsaved || isHeld) return; // decided meanwhile
    if (!isTold) tellUnsaved("the server does not answer");
    isTold = true;
    later(RETRY_MS);
  } finally {
    if (form === page) isSending = false;
  }
}

async function send(content, page) {
  const text = canonical(content);
  sent.add(text);
  const { status: code, data } = await post(form.dataset.draftUrl, bodyOf(content));
  if (form !== page || !unsaved || isHeld) return; // decided meanwhile
  if (code === 409) return differs(data);
  if (code !== 200) return tellUnsaved(`the server does not take it: ${data.errors.map(({ message }) => message).join(" ")}`);
  agree(data.version, text);
  say("Saved");
}

function agree(newVersion, text) {
  version = newVersion;
  standing = text;
  sent.clear();
  unsaved = canonical(values()) !== standing;
  if (unsaved) note();
  else remember(draftKey, null);
}

// What stands there may be this page's own: the answer to an earlier save was lost.
async function differs({ version: other, content }) {
  const theirs = canonical(content);
  if (theirs !== standing && !sent.has(theirs)) {
    say("Not saved: another tab has a different text");
    if (await takesOther(values(), content)) fill(content);
  }
  agree(other, theirs);
}

function bodyOf(content) {
  return { version: String(version + 1), content: JSON.stringify(content) };
}

/** Saves nothing while what was decided is on its way; goes on when it comes back. */
export function hold(is) {
  isHeld = is;
  if (!is && unsaved) later(QUIET_MS);
}

/** Stops saving, for good: the judgement has been submitted. */
export function stop() {
  clearTimeout(timer);
  unsaved = false;
}

/** Sends what is unsaved on the way out. */
export function saveOnLeaving() {
  if (unsaved) postAndForget(form.dataset.draftUrl, bodyOf(values()));
}
