// The review screen: ties the steps, the form, the drafts and the keys together.

import * as draft from "./review-draft.js";
import * as judgement from "./review-form.js";
import { bind, writeSheet } from "./review-keys.js";
import { flush, keep, pending, post, postAndForget, remember, Unreachable } from "./review-net.js";
import * as steps from "./review-steps.js";
import { known } from "./review-types.js";

const HEARTBEAT_MS = 60000;
const RETRY_MS = 4000;
const { form } = judgement;
const status = document.getElementById("status");
const isJudged = "judged" in form.dataset; // submitted some time ago: the page is only read
let over = isJudged; // submitted, or kept to be sent: nothing more is saved or given back
let enterInField = false;

const why = document.getElementById("why");
const expand = document.querySelector("[data-act='why']");
const say = (text) => { status.textContent = text; };

// --- submitting ---

async function submit() {
  if (over) return;
  if (!judgement.outcome()) {
    judgement.showErrors([{ field: "outcome", message: "Say first whether it worked: success, failure, or can't tell." }]);
    return;
  }
  over = true;
  say("Submitting …");
  const body = new URLSearchParams(new FormData(form));
  body.delete("csrfmiddlewaretoken"); // the page that sends it adds its own
  const entry = { url: form.action, body: body.toString(), draftKey: form.dataset.draftKey };
  try {
    await send(entry);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    keep(entry);
    await sendLater(error.message);
  }
}

async function send(entry) {
  const { status: code, data } = await post(entry.url, entry.body);
  if (code === 200) return leaveFor(data.next, entry.draftKey);
  over = false;
  say("");
  judgement.showErrors(data.errors);
}

function leaveFor(url, draftKey) {
  draft.stop();
  remember(draftKey, null);
  say("Submitted");
  location.assign(url);
}

async function sendLater(reason) {
  document.body.classList.add("is-offline");
  say(`${reason} Your review is kept on this computer and will be sent.`);
  await new Promise((resolve) => {
    setTimeout(resolve, RETRY_MS);
    addEventListener("online", resolve, { once: true });
  });
  const { next, left, refused } = await flush();
  if (left) return sendLater(reason);
  document.body.classList.remove("is-offline");
  if (refused) {
    over = false;
    return say("The kept review was refused. Submit it again to see why.");
  }
  leaveFor(next, form.dataset.draftKey);
}

// --- the lease ---

async function beat() {
  if (over || document.hidden) return;
  try {
    const { data } = await post(form.dataset.renewUrl, { lease_token: form.dataset.lease });
    if (!data.held) say("You no longer hold this session. You can still submit: your judgement is kept.");
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
}

function leave() {
  if (over) return;
  draft.saveOnLeaving();
  postAndForget(form.dataset.leaveUrl, { lease_token: form.dataset.lease });
}

// --- what keys and buttons do ---

function mark(what) {
  const key = steps.currentKey();
  if (key) judgement.markStep(what, key);
  else say("Go to a step first: j, k, or click one.");
}

function write(name) {
  if (judgement.outcome() !== "failure") judgement.setOutcome("failure");
  const input = judgement.field(name);
  input.focus();
  input.closest("[data-failure]").scrollIntoView({ block: "nearest" });
}

function another() {
  judgement.setOutcome("failure");
  if (judgement.addFailure()) write("note");
  else say("That is the most failures one review can hold.");
}

function showWhy() {
  const isOpen = why.parentNode.classList.toggle("is-open");
  expand.setAttribute("aria-expanded", String(isOpen));
  expand.textContent = isOpen ? "less" : "more";
}

const reading = {
  next: () => steps.move(1),
  previous: () => steps.move(-1),
  signal: () => steps.nextSignal() || say("No step has a signal."),
  open: steps.toggle,
  undo: () => {
    const button = document.querySelector("#undo [type='submit']");
    if (button.disabled) say("There is nothing to undo.");
    else button.form.requestSubmit();
  },
  keys: () => document.getElementById("keys-dialog").showModal(),
  judge: () => (form.querySelector("input[name='outcome']:checked") ?? form.elements.outcome[0]).focus(),
  why: showWhy,
  leave: () => steps.focusCurrent(),
};

const judging = {
  success: () => judgement.setOutcome("success"),
  failure: () => judgement.setOutcome("failure"),
  unknown: () => judgement.setOutcome("unknown"),
  root: () => mark("root"),
  surfaced: () => mark("surfaced"),
  note: () => write("note"),
  type: () => write("failure_type"),
  issue: () => write("chosen_issue"),
  severity: () => {
    if (judgement.outcome() !== "failure") judgement.setOutcome("failure");
    judgement.nextSeverity();
  },
  another,
  submit: () => form.requestSubmit(),
  skip: () => document.getElementById("skip-dialog").showModal(),
};

const acts = isJudged ? reading : { ...reading, ...judging };

function refresh() {
  const chosen = (name) => new Set(judgement.failures().map((_, index) => judgement.field(name, index).value).filter(Boolean));
  const failed = judgement.outcome() === "failure";
  steps.showMarks(failed ? chosen("root_step") : new Set(), failed ? chosen("surfaced_step") : new Set());
  for (const [index, failure] of judgement.failures().entries()) {
    const name = judgement.field("failure_type", index).value.trim();
    failure.querySelector("[data-new-type]").textContent = name && !known(name) ? "a new type" : "";
  }
  if (judgement.outcome()) judgement.clearError("outcome");
}

// --- wiring ---

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!enterInField) submit();
});
// Enter in a one-line field ends the field, not the review.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !event.target.matches("input:not([type='radio'])")) return;
  enterInField = true;
  setTimeout(() => { enterInField = false; });
});
for (const kind of ["input", "change"]) {
  form.addEventListener(kind, (event) => {
    if (event.target.name) judgement.clearError(event.target.name);
    refresh();
    if (!over) draft.note(say);
  });
}
document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-act]");
  if (target?.matches("a")) event.preventDefault();
  if (target?.dataset.act === "close") target.closest("dialog").close();
  else if (target) acts[target.dataset.act]?.();
});
addEventListener("pagehide", leave);
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.addEventListener("visibilitychange", beat);
setInterval(beat, HEARTBEAT_MS);

if (!isJudged) steps.addTools((what, key) => judgement.markStep(what, key));
bind(acts);
writeSheet(document.getElementById("key-sheet"));
if (!isJudged && draft.restore()) draft.note(say);
refresh();
if (pending().length) flush();
new IntersectionObserver(([judge]) => {
  document.querySelector(".to-judgement").hidden = judge.isIntersecting;
}).observe(form);
new ResizeObserver(() => {
  const isCut = [why, ...why.querySelectorAll(".reason + .reason")].some(
    (node) => node.scrollHeight > node.clientHeight + 1 || node.scrollWidth > node.clientWidth + 1,
  );
  expand.hidden = !isCut && !why.parentNode.classList.contains("is-open");
}).observe(why);
why.focus({ preventScroll: true });
