// Quotes: passages of steps that show what went wrong. Each stands in its failure as a chip that leads to its step.

import { eachPage } from "./page.js";
import { changed, clearError, failures, field, form, listOf, outcome, setList, setOutcome } from "./review-form.js";
import { currentKey, goTo } from "./review-steps.js";
import { plainText, selectionInStep } from "./talk-selection.js";

const MOST = 10;
const LONGEST = 2000;
let blank;
let button;

const stepOf = (key) => document.querySelector(`.conversation .step[data-step="${CSS.escape(key)}"]`);

/** Quotes what is selected, or where nothing is, all that the current step says; gives a sentence on what became of it. */
export function quote() {
  const isSelected = getSelection().toString().trim() !== "";
  const passage = isSelected ? selectionInStep() : wholeStep();
  if (!passage) return isSelected ? whyNot() : "Select words in a step first.";
  const quotes = listOf("quotes");
  if ([...passage.text].length > LONGEST) return "That is too long to quote. Select the part that shows it.";
  if (quotes.some((one) => one.step === passage.step && one.start === passage.start && one.end === passage.end)) return "That is quoted already.";
  if (quotes.length === MOST) return `A failure holds ${MOST} quotes. Remove one first.`;
  if (outcome() !== "failure") setOutcome("failure");
  setList("quotes", [...quotes, passage]);
  getSelection().removeAllRanges();
  clearError(field("quotes").name);
  showAll();
  changed();
  return `Quoted from step ${stepOf(passage.step).dataset.position}.`;
}

// What was selected is not what the step says elsewhere, so nothing else is quoted in its place.
function whyNot() {
  const isInTree = getSelection().anchorNode.parentElement?.closest(".tree");
  return isInTree ? "Show it as text to quote it: press “As a tree” again." : "Select words inside one step to quote them.";
}

function wholeStep() {
  const step = stepOf(currentKey());
  const text = step ? plainText(step) : "";
  return text && { step: step.dataset.step, start: 0, end: [...text].length, text };
}

function showAll() {
  for (const [index, failure] of failures().entries()) {
    const rows = listOf("quotes", index).map((one) => chip(one));
    failure.querySelector("[data-quotes]").replaceChildren(...rows);
  }
}

function chip({ step: key, text }) {
  const row = blank.content.firstElementChild.cloneNode(true);
  const step = stepOf(key);
  const link = row.querySelector("a");
  row.querySelector("[data-text]").textContent = text;
  row.querySelector("[data-place]").textContent = step ? `step ${step.dataset.position}` : "a step that is gone";
  if (step) link.href = `#${step.id}`;
  return row;
}

function remove(row) {
  const failure = row.closest("[data-failure]");
  const index = failures().indexOf(failure);
  const at = [...row.parentNode.children].indexOf(row);
  setList("quotes", listOf("quotes", index).filter((_, place) => place !== at), index);
  clearError(field("quotes", index).name);
  showAll();
  // The focus stays where the next one to remove is, or where they were: in a field, keys would be letters.
  const left = failure.querySelectorAll("[data-quotes] button");
  (left[Math.min(at, left.length - 1)] ?? failure.querySelector("[data-quotes]")).focus();
  changed();
}

// --- the button beside the selection ---

function offer() {
  const found = button && selectionInStep();
  if (!button) return;
  button.hidden = !found;
  if (!found) return;
  const box = getSelection().getRangeAt(0).getBoundingClientRect();
  // Fingers have their own menu above the selection.
  button.style.top = `${Math.min(innerHeight - button.offsetHeight - 8, Math.max(8, box.bottom + 6))}px`;
  button.style.left = `${Math.min(innerWidth - button.offsetWidth - 8, Math.max(8, box.right - button.offsetWidth))}px`;
}

function clicked(event) {
  const row = event.target.closest("[data-quote]");
  if (!row) return;
  if (event.target.closest("button")) remove(row);
  const link = event.target.closest("a[href]");
  if (!link) return;
  event.preventDefault();
  goTo(document.getElementById(link.hash.slice(1)));
}

eachPage(() => {
  blank = document.getElementById("blank-quote");
  button = document.getElementById("quote-button");
  form.addEventListener("click", clicked);
  form.addEventListener("filled", showAll);
  // The press must not take the selection away.
  button?.addEventListener("pointerdown", (event) => event.preventDefault());
  button?.addEventListener("mousedown", (event) => event.preventDefault());
  showAll();
});
document.addEventListener("selectionchange", offer);
addEventListener("scroll", offer, { capture: true, passive: true });
