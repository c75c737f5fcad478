// Where the time of a review goes: waiting for the session, reading it, entering the judgement. A tab in the background
// measures nothing.

import { eachPage } from "./page.js";
import { form } from "./review-form.js";

const STARTED = "misstep:decided-at"; // the page before may have waited for this one
const ENTERING = ["pointerdown", "keydown", "input", "change"];
let measured = 0; // while the page could be seen, up to the last change of that
let since = document.hidden ? null : 0;
// All in milliseconds of this clock.
let asked = 0; // when this session was asked for
let next = 0; // when the one after it was
let shown = null;
let entered = null;

function now() {
  return measured + (since === null ? 0 : performance.now() - since);
}

function pauseOrGoOn() {
  measured = now();
  since = document.hidden ? null : performance.now();
}

/** Where the time went so far, as the fields of a judgement. */
export function times() {
  const at = now();
  const [shownAt, enteredAt] = [shown ?? at, entered ?? at];
  const spans = { waiting_ms: shownAt - asked, reading_ms: enteredAt - shownAt, entering_ms: at - enteredAt };
  return Object.fromEntries(Object.entries(spans).map(([name, span]) => [name, String(Math.round(Math.max(0, span)))]));
}

/** Says that this session is decided: from now on its reader waits for the next. */
export function decided() {
  next = now();
}

/** Lets the page that is being loaded count from the decision, too. */
export function carryTimes() {
  try {
    sessionStorage.setItem(STARTED, String(Date.now() - (now() - next)));
  } catch { /* forbidden: then it counts from its opening */ }
}

function carried() {
  try {
    const at = Number(sessionStorage.getItem(STARTED)) || null;
    sessionStorage.removeItem(STARTED);
    return at;
  } catch {
    return null;
  }
}

/** Says that the session can be read and judged. */
export function stands() {
  shown = now();
}

const at = carried();
if (at) next = at - performance.timeOrigin; // before this page's own beginning
document.addEventListener("visibilitychange", pauseOrGoOn);
eachPage(() => {
  shown = entered = null;
  asked = next;
  for (const kind of ENTERING) form.addEventListener(kind, () => { entered ??= now(); });
});
