// The page of one's own keys: a field takes the key that is pressed in it, and says at once what else has that key.

import { composes } from "./page.js";

const form = document.getElementById("own-keys");
const status = document.getElementById("own-keys-status");
const inputs = [...form.querySelectorAll("[data-usual]")];
const NAMED = ["Enter", "ArrowLeft", "ArrowRight"];
const nameOf = (input) => form.querySelector(`label[for="${input.id}"]`).textContent;

function isKey(key) {
  return NAMED.includes(key) || ([...key].length === 1 && key.trim() !== "");
}

// Keys of pages that have no action in common may be the same.
function meet(one, other) {
  const pages = one.dataset.pages.split(" ");
  return other.dataset.pages.split(" ").some((page) => pages.includes(page));
}

function set(input, key) {
  input.value = key;
  input.select();
  show();
  status.textContent = `${nameOf(input)}: ${key}. ${clashOf(input).textContent}`.trim();
}

const clashOf = (input) => input.closest(".own-key").querySelector("[data-clash]");

function setClash(input, text) {
  clashOf(input).textContent = text;
  for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", clashOf(input).id]]) {
    if (text) input.setAttribute(name, value);
    else input.removeAttribute(name);
  }
}

function show() {
  for (const input of inputs) {
    const other = inputs.find((each) => each !== input && each.value === input.value && input.value && meet(each, input));
    setClash(input, other ? `“${input.value}” is also the key of “${nameOf(other)}”.` : "");
    input.closest(".own-key").querySelector("[data-act='usual']").hidden = input.value === input.dataset.usual;
  }
}

form.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const isChord = !event.getModifierState("AltGraph") && (event.ctrlKey || event.metaKey || event.altKey);
  if (!inputs.includes(target) || composes(event) || isChord || !isKey(key)) return;
  event.preventDefault();
  set(target, event.getModifierState("CapsLock") && /^\p{L}$/u.test(key) ? swapped(event) : key);
});

// CapsLock is no part of a key: what counts is whether Shift is held.
const swapped = ({ key, shiftKey }) => (shiftKey ? key.toUpperCase() : key.toLowerCase());

form.addEventListener("focusin", (event) => { if (inputs.includes(event.target)) event.target.select(); });
form.addEventListener("input", show);
form.addEventListener("click", (event) => {
  const row = event.target.closest("[data-act='usual']")?.closest(".own-key");
  if (!row) return;
  const input = row.querySelector("[data-usual]");
  input.focus();
  set(input, input.dataset.usual);
});
for (const button of form.querySelectorAll("[data-act='usual']")) button.hidden = false;
if (!form.querySelector("[data-clash]:not(:empty)")) show();
