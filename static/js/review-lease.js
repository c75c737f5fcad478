// The leases of a page: on its session and on what is kept ready after it. Held while it is looked at, given back after.

import { giveReadyBack, renewReady } from "./review-ahead.js";
import { isDecided } from "./review-deciding.js";
import * as draft from "./review-draft.js";
import { form } from "./review-form.js";
import { post, postAndForget, Unreachable } from "./review-net.js";

const HEARTBEAT_MS = 60_000;
const IDLE_MS = 5 * 60_000; // whoever does nothing for so long needs no next session yet
const SIGNS_OF_LIFE = ["keydown", "pointerdown", "pointermove", "scroll"];
const NOT_HELD = "You no longer hold this session. You can still submit: your judgement is kept.";
let seen = Date.now();

export function isOver() {
  return "judged" in form.dataset || isDecided(); // submitted some time ago, or just now
}

async function beat(say) {
  if (isOver() || document.hidden) return;
  const { renewUrl, lease } = form.dataset;
  try {
    const { data } = await post(renewUrl, { lease_token: lease });
    if (!data.held && form.dataset.lease === lease) say(NOT_HELD);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
  if (Date.now() - seen < IDLE_MS) await renewReady();
  else giveReadyBack();
}

function leave() {
  giveReadyBack();
  if (isOver()) return;
  draft.saveOnLeaving();
  postAndForget(form.dataset.leaveUrl, { lease_token: form.dataset.lease });
}

/** Keeps the leases of whatever page stands; `say` is told when one was lost. */
export function holdLeases(say) {
  for (const kind of SIGNS_OF_LIFE) addEventListener(kind, () => { seen = Date.now(); }, { capture: true, passive: true });
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => beat(say));
  setInterval(beat, HEARTBEAT_MS, say);
}
