// The review screen: ties the steps, the form, the drafts and the keys together.

import { commentActs } from "./review-comments.js";
import { bindPage } from "./keys.js";
import { eachPage, say } from "./page.js";
import { keepReady } from "./review-ahead.js";
import { refusedHere, submit } from "./review-deciding.js";
import * as draft from "./review-draft.js";
import * as judgement from "./review-form.js";
import { holdLeases, isOver } from "./review-lease.js";
import { waiting } from "./review-outbox.js";
import { nextQuestion, toggleGuide } from "./review-questions.js";
import { quote } from "./review-quotes.js";
import * as steps from "./review-steps.js";
import { stands } from "./review-times.js";
import { readTalk } from "./talk.js";
import "./review-conditions.js";
import "./review-help.js";
import { known } from "./review-types.js";
import { handleUndo } from "./review-undo.js";
import * as outbox from "./review-waiting.js";

let why;
let expand;
let isBegun = false; // what earlier pages left in the outbox has been tried

// --- what keys and buttons do ---

function mark(what) {
  const key = steps.currentKey();
  if (key) judgement.markStep(what, key);
  else say("Go to a step first: click one.");
}

function write(name) {
  if (judgement.outcome() !== "failure") judgement.setOutcome("failure");
  const input = judgement.field(name);
  input.closest("details")?.setAttribute("open", "");
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
  ...readTalk(say),
  ...commentActs(say),
  undo: () => {
    const button = document.querySelector("#undo [type='submit']");
    if (button.disabled && !waiting().length) say("There is nothing to undo.");
    else button.form.requestSubmit();
  },
  close: () => document.querySelector("dialog[open]").close(),
  judge: () => (judgement.form.querySelector("input[name='outcome']:checked") ?? judgement.form.elements.outcome[0]).focus(),
  why: showWhy,
  guide: () => say(toggleGuide()),
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
  quote: () => say(quote()),
  expected: () => write("expected"),
  question: () => say(nextQuestion()),
  submit: () => judgement.form.requestSubmit(),
  skip: () => document.getElementById("skip-dialog").showModal(),
};

// What is decided is not changed any more: the change would not be sent.
function whileOpen(some) {
  return Object.fromEntries(Object.entries(some).map(([name, act]) => [name, () => isOver() || act()]));
}

const isJudged = "judged" in judgement.form.dataset; // submitted some time ago: the page is only read, and stays
const acts = isJudged ? reading : { ...reading, ...whileOpen(judging) };

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

// --- wiring: of each session, and of all ---

function wireForm({ form }) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  // Enter in a one-line field ends the field, not the review.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input:not([type='radio'])")) {
      event.preventDefault();
    }
  });
  for (const kind of ["input", "change"]) form.addEventListener(kind, entered);
  form.addEventListener("filled", refresh);
}

function entered(event) {
  if (event.target.name) judgement.clearError(event.target.name);
  refresh();
  if (!isOver()) draft.note();
}

// What this browser kept of the session, and what of it was refused: as long as nothing new is decided.
async function restore() {
  if (!isOver()) await draft.restore(refusedHere());
}

const formSeen = new IntersectionObserver((entries) => {
  document.querySelector(".to-judgement").hidden = entries.at(-1).isIntersecting;
});
const whySized = new ResizeObserver(() => {
  const isCut = [why, ...why.querySelectorAll(".reason")].some(
    (node) => node.scrollHeight > node.clientHeight + 1 || node.scrollWidth > node.clientWidth + 1,
  );
  expand.hidden = !isCut && !why.parentNode.classList.contains("is-open");
});

function watch(observer, node) {
  observer.disconnect();
  observer.observe(node);
}

eachPage(() => {
  why = document.getElementById("why");
  expand = document.querySelector("[data-act='why']");
  wireForm(judgement);
  refresh();
  watch(formSeen, judgement.form);
  watch(whySized, why);
  if (!location.hash.startsWith("#step-")) why.focus({ preventScroll: true });
  requestAnimationFrame(stands);
  if (isBegun) restore();
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
if (!isJudged) steps.addTools((what, key) => isOver() || judgement.markStep(what, key));
bindPage(acts);
handleUndo(say);
holdLeases(say);
await outbox.begin();
isBegun = true;
await restore();
keepReady();
