// Settling a disagreement by keyboard: keys of the review screen, and some that tick what reviewers told.

import { putBack } from "./kept.js";
import { bindPage } from "./keys.js";
import { say as show } from "./page.js";
import { addRow, another, ownField } from "./settle-own.js";
import { readTalk } from "./talk.js";
import { currentKey } from "./talk-steps.js";

const form = document.getElementById("settle");
const own = form.querySelector(".own");
const SAID_MS = 8000;
let timer = null;

// What is said lies over the page, and goes by itself.
function say(text) {
  show(text);
  clearTimeout(timer);
  timer = setTimeout(show, SAID_MS, "");
}

function focusOn(field) {
  field.focus();
  field.scrollIntoView({ block: "nearest" });
}

function choose(outcome) {
  const choice = form.querySelector(`[name='outcome'][value='${outcome}']`);
  if (!choice.checked) choice.click();
  return choice;
}

// What is ticked or told says that something went wrong.
const failed = () => choose("failure");

function tick(box) {
  box.click();
  focusOn(box);
}

function tell() {
  failed();
  own.open = true;
}

function at(name) {
  const key = currentKey();
  if (!key) return say("Go to a step first: click one.");
  tell();
  const field = ownField(name);
  field.value = key;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.scrollIntoView({ block: "nearest" });
  say(`${field.labels[0].textContent}: step ${field.selectedOptions[0].text}`);
}

// The question after the one that has the focus, round the end.
function nextQuestion() {
  const questions = [...form.querySelectorAll("[data-question]")];
  const next = questions[(questions.indexOf(document.activeElement.closest("[data-question]")) + 1) % questions.length];
  if (next) focusOn(next.querySelector("input:checked, textarea") ?? next.querySelector("input"));
  else say("This rubric has no further questions.");
}

const ticks = [...form.querySelectorAll("[data-tick]")].map((box) => [box.dataset.tick, () => tick(box)]);

bindPage({
  ...readTalk(say),
  success: () => focusOn(choose("success")),
  failure: () => focusOn(failed()),
  unknown: () => focusOn(choose("unknown")),
  root: () => at("root_step"),
  surfaced: () => at("surfaced_step"),
  note: () => { tell(); focusOn(ownField("note")); },
  another: () => { tell(); focusOn(another()); },
  question: nextQuestion,
  submit: () => form.requestSubmit(form.querySelector("button.primary")),
  leave: (field) => field.blur(),
  why: () => focusOn(form.elements.reason),
  nextDispute: () => document.getElementById("next").click(),
  ...Object.fromEntries(ticks),
});

function setSending(is) {
  for (const button of form.querySelectorAll("button[type='submit']")) button.disabled = is;
}

form.addEventListener("change", (event) => { if (event.target.matches("[name='adopted']:checked")) failed(); });
// One click settles it once; the button that was pressed must still be in what is sent.
form.addEventListener("submit", () => setTimeout(() => setSending(true)));
addEventListener("pageshow", () => setSending(false));

if (putBack(form, addRow)) own.open ||= [...own.querySelectorAll("textarea, select[name$='_step']")].some((field) => field.value);
