// The page of an issue, and two issues side by side, by keyboard: rows are walked and ticked, and what is ticked is moved,
// split off or taken out. All of it works by mouse without this script; only the count of what is ticked does not.

import { leaveField, lifeActs } from "./issue-life.js";
import { bindPage } from "./keys.js";
import { goOn, goTo, pressOnEnter } from "./row-forms.js";
import { walkRows } from "./rows.js";
import { tickRanges } from "./ticks.js";

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

const focus = (id) => () => document.getElementById(id).focus();
const reading = {
  nextRow: list.next,
  previousRow: list.previous,
  toWhat: () => goTo("what"),
  toHowBad: () => goTo("how-bad"),
  toWhere: () => goTo("where"),
  toDo: () => goTo("do"),
  toMembers: () => goTo("members"),
  leave: (field) => (form?.contains(field) ? list.choose(list.at()) : leaveField(field)),
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
};
const comparing = {
  keepFirst: () => press("[data-keep='1']"),
  keepSecond: () => press("[data-keep='2']"),
};

pressOnEnter();
bindPage({
  ...(document.getElementById("what") && reading),
  ...(document.getElementById("one-act") && deciding),
  ...lifeActs(),
  ...(form?.querySelector(".surgery") ? operating : { tick: false }),
  ...(document.querySelector("[data-keep]") && comparing),
});
tickRanges(boxes);

document.addEventListener("change", tell);
// After those that tick a range.
document.addEventListener("click", tell);

// Sent twice by a nervous hand it counts once; sent anew from a page that was gone back to, it is something new.
window.addEventListener("pageshow", () => {
  for (const sent of document.querySelectorAll("form[data-once]")) sent.elements.client_id.value = newId();
});

function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

goOn(rows, list);
document.getElementById("problem")?.focus();
