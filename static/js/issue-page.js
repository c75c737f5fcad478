// The page of an issue, and two issues side by side, by keyboard: rows are walked and ticked, and what is ticked is moved,
// split off or taken out. All of it works by mouse without this script; only the count of what is ticked does not.

import { bindPage } from "./keys.js";
import { composes } from "./page.js";
import { walkRows } from "./rows.js";
import { tickRanges } from "./ticks.js";

const PLACE = "misstep:row"; // where the list was when something was done: the next page goes on there
const form = document.getElementById("ticked-form");
const rows = [...document.querySelectorAll("[data-item]")];
const list = walkRows(rows, (row) => row.querySelector("input, a"));
const boxes = () => (form ? [...form.querySelectorAll("input[name='failures']")] : []);
const ticked = () => boxes().filter((box) => box.checked);
const press = (selector, within = document) => within?.querySelector(selector)?.click();

function tell() {
  const place = document.getElementById("ticked");
  if (place) place.textContent = `${ticked().length} ticked`;
}

function tickAll() {
  const none = ticked().length === boxes().length;
  for (const box of boxes()) box.checked = !none;
  tell();
}

// Whoever acts with nothing ticked means the row at hand.
function withTicked(act) {
  const box = list.row()?.querySelector("input[name='failures']");
  if (!ticked().length && box) box.checked = true;
  tell();
  if (ticked().length) act();
}

function goTo(id) {
  const place = document.getElementById(id);
  if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
  place.focus();
  place.scrollIntoView({ block: "start" });
}

const focus = (id) => () => document.getElementById(id).focus();
const reading = {
  nextRow: list.next,
  previousRow: list.previous,
  toWhat: () => goTo("what"),
  toHowBad: () => goTo("how-bad"),
  toWhere: () => goTo("where"),
  toDo: () => goTo("do"),
  toMembers: () => goTo("members"),
};
const deciding = {
  undoAct: () => press(".toast [data-undo]"),
  redoAct: () => press(".toast [data-redo]"),
};
const operating = {
  tickAll,
  moveTicked: () => withTicked(focus("move-to")),
  splitTicked: () => withTicked(focus("split-title")),
  takeOut: () => withTicked(() => press("#take-out")),
  notThis: () => press("[data-not-this]", list.row()),
  mergeIssue: () => press("[data-merge]"),
  leave: (field) => (form.contains(field) ? list.choose(list.at()) : field.blur()),
};
const comparing = {
  keepFirst: () => press("[data-keep='1']"),
  keepSecond: () => press("[data-keep='2']"),
};

bindPage({
  ...(document.getElementById("what") && reading),
  ...(document.getElementById("one-act") && deciding),
  ...(form?.querySelector(".surgery") ? operating : { tick: false }),
  ...(document.querySelector("[data-keep]") && comparing),
});
tickRanges(boxes);

document.addEventListener("change", tell);
// After those that tick a range.
document.addEventListener("click", tell);

// A form of several buttons is sent by its first one: in a field Enter means the button beside it.
document.addEventListener("keydown", (event) => {
  const field = event.key === "Enter" && !composes(event) && event.target.closest?.("[data-enter]");
  if (!field) return;
  event.preventDefault();
  press(field.dataset.enter);
});

// Sent twice by a nervous hand it counts once; sent anew from a page that was gone back to, it is something new.
window.addEventListener("pageshow", () => {
  for (const sent of document.querySelectorAll("form[data-once]")) sent.elements.client_id.value = newId();
});

function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

document.addEventListener("submit", ({ target }) => {
  if (rows.length && target.matches("form[data-once]")) sessionStorage.setItem(PLACE, String(list.at()));
});

// What has the focus is gone with the page that had it: the next one takes it where the hand was. Not by the address: a
// browser goes there late, and takes the focus away again.
const place = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
const problem = document.getElementById("problem");
if (problem) problem.focus();
else if (Number(place ?? -1) >= 0 && rows.length) list.choose(Number(place));
else if (place !== null) document.getElementById("main").focus({ preventScroll: true });
