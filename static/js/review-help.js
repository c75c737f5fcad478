// The known issues that a note looks like, while it is typed: there Alt+1 to Alt+3 take one, and take it back.

import { composes, eachPage, say } from "./page.js";
import { changed, failures, field, form } from "./review-form.js";
import { fragment } from "./review-net.js";

const QUIET_MS = 250;
const AGAIN_MS = 2500;
const TRIES = 6;
const NOTE = "textarea[name$='-note']";
const WRITTEN_IN = "#judgement :is(textarea, input:not([type='radio'], [type='checkbox']))"; // elsewhere Alt+1 may be a key of the page
let timer = null;
let asking = null;

function ask(failure, wait, tries) {
  clearTimeout(timer);
  timer = setTimeout(() => look(failure, tries), wait);
}

async function look(failure, tries) {
  asking?.abort();
  asking = new AbortController();
  const note = failure.querySelector(NOTE).value.trim();
  const place = failure.querySelector("[data-near]");
  if (!note) return replace(place, "", failure);
  const answer = await fragment(form.dataset.nearUrl, { session: form.dataset.session, note }, asking.signal);
  if (answer === null || !failure.isConnected) return;
  const before = place.textContent;
  replace(place, answer, failure);
  showChosen();
  failure.dispatchEvent(new Event("near", { bubbles: true })); // the field for the type offers what came with it
  if (place.textContent !== before) tell(place);
  if (place.querySelector("[data-again]") && tries) ask(failure, AGAIN_MS, tries - 1);
}

// Whoever stands on an issue stays on it. Where it is offered no more they are back in the note: what they press next is
// then neither another issue nor a key of the page.
function replace(place, answer, failure) {
  const { activeElement } = document;
  const held = place.contains(activeElement) && activeElement.dataset.choose;
  place.innerHTML = answer; // our own server's, which escapes what it quotes
  if (!held) return;
  const same = [...place.querySelectorAll("[data-choose]")].find((button) => number(button.dataset.choose) === number(held));
  (same ?? failure.querySelector(NOTE)).focus();
}

function tell(place) {
  const count = place.querySelectorAll("[data-choose]").length;
  if (count) say(count === 1 ? "1 known issue looks like this" : `${count} known issues look like this`);
}

// Numbers tell issues apart: a title may have changed since it was chosen.
const number = (text) => text.trim().split(" ", 1)[0];

function showChosen() {
  for (const [index, failure] of failures().entries()) {
    const chosen = number(field("chosen_issue", index).value);
    for (const button of failure.querySelectorAll("[data-choose]")) {
      button.setAttribute("aria-pressed", String(number(button.dataset.choose) === chosen));
    }
  }
}

function choose(button) {
  const index = failures().indexOf(button.closest("[data-failure]"));
  const target = field("chosen_issue", index);
  const isChosen = button.getAttribute("aria-pressed") === "true";
  target.value = isChosen ? "" : button.dataset.choose;
  showChosen();
  changed();
  return isChosen ? "Taken back." : `Chosen: ${button.dataset.choose}`;
}

// Takes the first, second or third issue that is offered for the failure being told; gives a sentence on it.
function accept(place) {
  const failure = field("note").closest("[data-failure]");
  const button = failure.querySelectorAll("[data-choose]")[place - 1];
  return button && !button.matches(":disabled") ? choose(button) : "No such issue is offered.";
}

eachPage(() => {
  clearTimeout(timer);
  form.addEventListener("input", (event) => {
    if (event.target.matches(NOTE)) ask(event.target.closest("[data-failure]"), QUIET_MS, TRIES);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    if (button) say(choose(button));
  });
  form.addEventListener("change", showChosen);
  for (const failure of failures()) if (!("judged" in form.dataset) && failure.querySelector(NOTE).value) ask(failure, 0, TRIES);
});
document.addEventListener("keydown", (event) => {
  const digit = /^Digit([123])$/.exec(event.code);
  if (!digit || !event.altKey || event.ctrlKey || event.metaKey || composes(event) || !event.target.matches?.(WRITTEN_IN)) return;
  event.preventDefault();
  say(accept(Number(digit[1])));
});
