// The session after this one: claimed and fetched while this one is read, and put in its place once it is decided.

import { replaceMain } from "./page.js";
import { form } from "./review-form.js";
import { fragment, post, postAndForget, Unreachable } from "./review-net.js";
import { waiting } from "./review-outbox.js";
import { onTried } from "./review-waiting.js";

const TITLE_PLACE = /\d+ of \d+(?= · [^·]*$)/;
const ASKED_FOR_MS = 15_000; // a decision waits no longer for it
let ready = null; // {main, title, form}
let asking = null; // while it is being fetched

/** Asks for it, unless it is there, or what was decided before is still on its way: the server would offer that again. */
export async function keepReady() {
  if (ready || asking || document.hidden || "judged" in form.dataset || waiting().length) return;
  asking = look(form.dataset.followingUrl);
  ready = await asking;
  asking = null;
}

async function look(url) {
  const text = await fragment(url, {}, AbortSignal.timeout(ASKED_FOR_MS));
  if (!text) return null; // nothing follows, or nobody answered: then the next session comes with a page of its own
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = page.querySelector("main:has(#judgement)");
  if (!main) return null;
  document.getElementById("toasts").append(...page.querySelectorAll("#toasts > *"));
  return { main: document.adoptNode(main), title: page.title, form: main.querySelector("#judgement") };
}

/** The number of the place that is kept ready; "" where none is. */
export function readySlot() {
  return ready?.form.dataset.slot ?? "";
}

/** Puts what is kept ready in this session's place. */
export function turn() {
  const { main, title, form: { dataset } } = ready;
  ready = null;
  history.pushState(null, "", dataset.page);
  document.title = title;
  replaceMain(main);
  scrollTo(0, 0);
}

/** Turns to `url` if that is what is kept ready, or being fetched; else false. `answer`: what the server said of it. */
export async function turnTo(url, answer) {
  await asking;
  if (ready?.form.dataset.page !== url) return false;
  turn();
  if (answer) complete(answer);
  keepReady(); // nothing is sent after this that would ask for it
  return true;
}

// What the page could not know while it was made: decisions and leases of others came between.
function complete({ lease, opened_at: openedAt, place }) {
  if (!place) return;
  const words = `${place[0]} of ${place[1]}`;
  document.querySelector(".place strong").textContent = words;
  document.title = document.title.replace(TITLE_PLACE, words);
  form.dataset.lease = lease;
  for (const { elements } of [form, document.querySelector("#skip-dialog form")]) elements.lease_token.value = lease;
  document.querySelector("#skip-dialog form").elements.opened_at.value = openedAt;
}

/** Renews its lease; what is no longer ours is forgotten. */
export async function renewReady() {
  const held = ready;
  if (!held) return keepReady();
  try {
    const { data } = await post(held.form.dataset.renewUrl, { lease_token: held.form.dataset.lease });
    if (!data.held && ready === held) ready = null;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
}

/** Gives it back to the queue. */
export function giveReadyBack() {
  if (ready) postAndForget(ready.form.dataset.leaveUrl, { lease_token: ready.form.dataset.lease });
  ready = null;
}

onTried((sent) => {
  const answer = sent.map((entry) => entry.answer).findLast(({ next }) => next === form.dataset.page);
  if (answer) complete(answer);
  keepReady();
});
// Whoever goes back or forward wants the page of that address; a step of this one is no other page.
addEventListener("popstate", () => { if (location.pathname !== form.dataset.page) location.reload(); });
