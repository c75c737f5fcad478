// Submitting and skipping, by way of the outbox, and what becomes of it.

import { TYPED_IN } from "./keys.js";
import { eachPage, say } from "./page.js";
import * as ahead from "./review-ahead.js";
import { lacking } from "./review-complete.js";
import * as draft from "./review-draft.js";
import * as judgement from "./review-form.js";
import { form } from "./review-form.js";
import { drop, find, keep, kept, waiting } from "./review-outbox.js";
import { outcomeOf, said } from "./review-said.js";
import { carryTimes, decided, times } from "./review-times.js";
import { carry, onTried, send, show } from "./review-waiting.js";

const LEFT = "left"; // decided, and on the way to the next session
const LOOK_MS = 100;
let here;
let skipDialog;
let skipForm;
let own; // this page's decision, until the server has it

eachPage(() => {
  here = form.dataset.page;
  skipDialog = document.getElementById("skip-dialog");
  skipForm = skipDialog.querySelector("form");
  own = waiting().find((entry) => entry.page === here)?.id ?? "";
  freeze(own !== "" || "judged" in form.dataset);
  skipForm.addEventListener("submit", skip);
});

/** Decided, and perhaps still to be sent: nothing more is saved or given back. */
export function isDecided() {
  return own !== "";
}

/** The texts that were submitted for this session and refused, to be put back into the form. */
export function refusedHere() {
  return kept().filter((entry) => entry.page === here && entry.refused && entry.content).map(({ content }) => content);
}

export function submit() {
  if (own) return;
  const wrong = lacking();
  if (wrong.length) return judgement.showErrors(wrong);
  const content = judgement.values();
  say("Submitting …");
  decide("review", form.action, new FormData(form), { what: `Review: ${outcomeOf(content)}`, said: said(content), content });
}

function skip(event) {
  event.preventDefault();
  skipDialog.close();
  if (own) return;
  const why = event.submitter.textContent;
  say("Skipping …");
  decide("skip", skipForm.action, new FormData(skipForm, event.submitter), { what: `Skip: ${why}`, said: `Skipped: ${why}` });
}

function decide(kind, action, data, more) {
  const body = new URLSearchParams(data);
  body.delete("csrfmiddlewaretoken"); // the page that sends it adds its own
  for (const [name, value] of Object.entries({ ...times(), following: ahead.readySlot() })) body.set(name, value);
  const { where } = form.dataset;
  freeze(true);
  own = keep({ kind, url: new URL(action).pathname, body: body.toString(), page: here, where, copies: draft.copies, ...more });
  const fresh = own;
  decided();
  if (ahead.readySlot()) goOn(kind);
  send({ fresh });
}

// The next session takes this one's place at once; the outbox tells what becomes of the decision.
function goOn(kind) {
  dropRefused(own);
  end(kind);
  ahead.turn();
}

// What was typed stays a draft of what was skipped, and nothing but the review of what was judged.
function end(kind) {
  own = LEFT;
  document.body.classList.remove("is-offline");
  if (kind === "skip") draft.saveOnLeaving();
  else draft.stop();
}

function freeze(is) {
  const fields = form.querySelector(".all-of-it");
  const held = fields.contains(document.activeElement);
  fields.disabled = is;
  // A field that is disabled lets the focus fall to the page.
  if (is && held) form.querySelector(".submit").focus({ preventScroll: true });
  draft.hold(is);
}

function settle(sent) {
  if (!own || own === LEFT) return;
  const entry = find(own);
  if (!entry) leaveFor(sent.find(({ id }) => id === own));
  else if (entry.refused) takeBack(entry);
  else wait(entry);
}

function wait({ kind }) {
  document.body.classList.add("is-offline");
  say(`Your ${kind} is kept on this computer and will be sent.`);
}

// Without an entry another tab has sent it.
async function leaveFor(entry) {
  const next = entry?.answer.next ?? form.dataset.next;
  dropRefused();
  end(entry?.kind);
  await doneWriting(entry?.kind === "skip" ? "Skipped" : "Submitted");
  if (await ahead.turnTo(next, entry?.answer)) return;
  carry();
  carryTimes();
  location.assign(next);
}

// Whether its reader writes a comment, or looks for words: on the next session their letters would be keys of the page.
function isWriting() {
  const { activeElement } = document;
  return activeElement.matches(TYPED_IN) || Boolean(activeElement.closest(".comment-form")?.elements.text.value.trim());
}

// Says what became of it, and waits for whoever writes, and for the press of a button that takes them out of their field.
async function doneWriting(done) {
  if (!isWriting()) return say(done);
  say(`${done}. The next session comes when you leave this field.`);
  while (isWriting() || document.querySelector(":active")) await new Promise((goOn) => { setTimeout(goOn, LOOK_MS); });
  decided();
}

// The form holds it, and says what is wrong. What no change of the form can mend stays in the outbox as well.
function takeBack(entry) {
  const isMendable = entry.refused.some(({ field }) => field);
  own = "";
  freeze(false);
  dropRefused(isMendable ? "" : entry.id);
  document.body.classList.remove("is-offline");
  say("");
  judgement.showErrors(entry.refused);
}

function dropRefused(but) {
  for (const entry of kept()) if (entry.page === here && entry.refused && entry.id !== but) drop(entry.id);
}

onTried(settle);
