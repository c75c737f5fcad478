// Settling a disagreement by keyboard: the keys of the review screen, and 4 to 9 that tick what reviewers told.

import { bind, use, writeSheet } from "./review-keys.js";
import { readTalk } from "./talk.js";
import { currentKey } from "./talk-steps.js";

const form = document.getElementById("settle");
const own = form.querySelector(".own");
const status = document.getElementById("status");
const TYPED_IN = "input:not([type='radio'], [type='checkbox']), textarea, select";

function focusOn(field) {
  field.focus();
  field.scrollIntoView({ block: "nearest" });
}

function choose(outcome) {
  const choice = form.querySelector(`[name='outcome'][value='${outcome}']`);
  choice.checked = true;
  return choice;
}

// What is ticked or told says that something went wrong.
const failed = () => choose("failure");

function tick(box) {
  box.checked = !box.checked;
  if (box.checked) failed();
  focusOn(box);
}

function tell() {
  failed();
  own.open = true;
}

function at(field) {
  tell();
  form.elements[`own-${field}`].value = currentKey();
}

const acts = {
  ...readTalk((text) => { status.textContent = text; }),
  success: () => focusOn(choose("success")),
  failure: () => focusOn(failed()),
  unknown: () => focusOn(choose("unknown")),
  root: () => at("root_step"),
  surfaced: () => at("surfaced_step"),
  note: () => { tell(); focusOn(form.elements["own-note"]); },
  submit: () => form.requestSubmit(form.querySelector("button.primary")),
  leave: (field) => field.blur(),
  keys: () => document.getElementById("keys").showModal(),
};
const OURS = {
  y: () => focusOn(form.elements.reason),
  d: () => document.getElementById("next").click(),
};

function onKey(event) {
  if (use !== "alone" || event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || event.target.closest?.(TYPED_IN)) return;
  const box = /^[4-9]$/.test(event.key) && form.querySelector(`[data-key='${event.key}']`);
  const act = box ? () => tick(box) : Object.hasOwn(OURS, event.key) && OURS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function setSending(is) {
  for (const button of form.querySelectorAll("button[type='submit']")) button.disabled = is;
}

bind(acts);
writeSheet(document.getElementById("key-sheet"), acts);
document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
form.addEventListener("change", (event) => { if (event.target.matches("[name='adopted']:checked")) failed(); });
// One click settles it once; the button that was pressed must still be in what is sent.
form.addEventListener("submit", () => setTimeout(() => setSending(true)));
addEventListener("pageshow", () => setSending(false));
