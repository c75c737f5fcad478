// Drafts: what is typed is kept in this browser at once and on the server within a second.

import { fill, form, values } from "./review-form.js";
import { post, postAndForget, recall, remember, Unreachable } from "./review-net.js";

const QUIET_MS = 700;
const { draftUrl, draftKey } = form.dataset;
let version = Number(form.dataset.version);
let timer = null;
let unsaved = false;

export function isUnsaved() {
  return unsaved;
}

/** Puts back what this browser kept, if it is newer than what the server knew. */
export function restore() {
  const kept = recall(draftKey);
  if (!kept || kept.version <= version) return false;
  fill(kept.content);
  version = kept.version;
  unsaved = true;
  return true;
}

/** Notes a change; `say(text)` is told when the server has it. */
export function note(say) {
  version += 1;
  unsaved = true;
  remember(draftKey, { version, content: values() });
  clearTimeout(timer);
  timer = setTimeout(() => save(say), QUIET_MS);
}

async function save(say) {
  const sending = version;
  try {
    const { status, data } = await post(draftUrl, body());
    if (status !== 200) return say("Not saved");
    if (data.version > sending) version = data.version;
    if (version === sending) unsaved = false;
    say("Saved");
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    say("Kept on this computer; the server does not answer");
  }
}

function body() {
  return { version: String(version), content: JSON.stringify(values()) };
}

/** Stops saving, for good: the judgement has been submitted. */
export function stop() {
  clearTimeout(timer);
  unsaved = false;
}

/** Sends what is unsaved on the way out. */
export function saveOnLeaving() {
  if (unsaved) postAndForget(draftUrl, body());
}
