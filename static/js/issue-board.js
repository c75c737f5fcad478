// The board by keyboard: issues are walked, ticked and opened, and what is ticked is changed by the form that the mouse
// uses. Without this script it works by mouse; only the count of what is ticked does not.

import { bindPage } from "./keys.js";
import { goOn, pressOnEnter } from "./row-forms.js";
import { walkRows } from "./rows.js";
import { tickRanges } from "./ticks.js";

const form = document.getElementById("bulk-form"); // for leads alone
const rows = [...document.querySelectorAll("[data-item]")];
const list = walkRows(rows, (row) => row.querySelector("[data-open]"));
const boxOf = (row) => row?.querySelector("input[name='numbers']");
const boxes = () => (form ? rows.map(boxOf) : []);
const ticked = () => rows.filter((row) => boxOf(row)?.checked);
const press = (selector) => document.querySelector(selector)?.click();

const everything = () => form.elements.everything; // where there are more issues than the page shows
const allTicked = () => ticked().length === rows.length;

let atHand = null; // the box that an act ticked, not a person

function tell() {
  const place = document.getElementById("ticked");
  if (!place) return;
  if (everything() && !allTicked()) everything().checked = false;
  place.textContent = everything()?.checked ? `All ${everything().dataset.count} chosen` : `${ticked().length} ticked`;
}

function tickRows() {
  const none = allTicked();
  for (const box of boxes()) box.checked = !none;
  atHand = null;
  tell();
}

function tickMatching() {
  if (!everything()) return tickRows();
  everything().checked = !everything().checked;
  tickAllWith(everything());
}

// All that the filters find is also all that the page shows.
function tickAllWith(box) {
  if (box.checked) for (const each of boxes()) each.checked = true;
  atHand = null;
  tell();
}

// Whoever acts with nothing else ticked means the row at hand.
function withTicked(act) {
  forgetAtHand();
  const box = boxOf(list.row());
  if (!ticked().length && box) {
    box.checked = true;
    atHand = box;
  }
  tell();
  if (ticked().length) act();
}

function forgetAtHand() {
  if (atHand) atHand.checked = false;
  atHand = null;
}

function leave() {
  forgetAtHand();
  tell();
  list.choose(list.at());
}

// One thing at a time: what was chosen before and not applied is forgotten.
function choose(act) {
  for (const name of ["act", "owner", "severity", "fixed_in_release", "reason", "until", "count", "days"]) {
    form.elements[name].value = "";
  }
  form.elements.now.checked = false;
  form.elements.act.value = act;
  needWords();
}

// Said before it is sent: a refusal would untick all.
function needWords() {
  form.elements.reason.required = form.elements.act.value === "ignore";
  form.elements.fixed_in_release.required = form.elements.act.value === "fix" && !form.elements.now.checked;
}

const apply = (act) => () => withTicked(() => { choose(act); form.requestSubmit(); });
const ask = (act, field) => () => withTicked(() => { choose(act); form.elements[field].focus(); });
const isIgnored = () => (ticked()[0] ?? list.row())?.dataset.state === "ignored";

function merge() {
  const [one, other, third] = ticked();
  if (third) {
    document.getElementById("ticked").textContent = "Tick two issues to merge them";
    return;
  }
  location.assign(other ? `${one.dataset.merge}?issue=${other.dataset.number}` : one.dataset.merge);
}

const changing = {
  tickRow: () => boxOf(list.row())?.click(),
  tickRows,
  ...(form && everything() && { tickMatching }),
  confirmOpen: apply("triage"),
  startWork: apply("take"),
  fixIssue: ask("fix", "fixed_in_release"),
  ignoreIssue: ask("ignore", "reason"),
  reopenIssue: () => apply(isIgnored() ? "unignore" : "reopen")(),
  giveOwner: ask("", "owner"),
  rateIssue: ask("", "severity"),
  mergeIssue: () => withTicked(merge),
};
const undoing = {
  undoAct: () => press(".toast [data-undo]"),
  redoAct: () => press(".toast [data-redo]"),
};

pressOnEnter();
bindPage({
  nextRow: list.next,
  previousRow: list.previous,
  openRow: () => list.row()?.querySelector("[data-open]").click(),
  leave,
  ...(form && changing),
  ...(document.getElementById("bulk-undo") && undoing),
});
tickRanges(boxes);

document.addEventListener("change", ({ target }) => {
  if (target === atHand) atHand = null; // a person meant it
  if (form && target.form === form) needWords();
  if (target.name === "everything") tickAllWith(target);
  else tell();
});
// After those that tick a range. Of other boxes a click comes before their change, and would be told too early.
document.addEventListener("click", ({ target }) => { if (target.name === "numbers") tell(); });
tell();
goOn(rows, list);
