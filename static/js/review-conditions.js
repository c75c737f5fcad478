// What a test of the failure would ask: rows of what the agent must do, or must not, kept in a hidden list.

import { eachPage } from "./page.js";
import { changed, clearError, failures, field, form, listOf, setList } from "./review-form.js";

const MOST = 20;
const FIELDS = ["kind", "target", "detail"];
let blank;
const TOOLS = { must_call: true, must_not_call: true, must_ask_before: true };

const part = (row, name) => row.querySelector(`[data-part="${name}"]`);
const rowsOf = (failure) => [...failure.querySelectorAll("[data-condition]")];

function rowOf(condition) {
  const row = blank.content.firstElementChild.cloneNode(true);
  for (const name of FIELDS) part(row, name).value = condition[name] ?? part(row, name).value;
  suggest(row);
  return row;
}

// Tools are called or asked for; words are said.
function suggest(row) {
  const target = part(row, "target");
  if (TOOLS[part(row, "kind").value]) target.setAttribute("list", "tool-names");
  else target.removeAttribute("list");
  target.placeholder = TOOLS[part(row, "kind").value] ? "Tool" : "Words";
}

function showAll() {
  for (const [index, failure] of failures().entries()) {
    const kept = listOf("assertions", index);
    failure.querySelector("[data-conditions]").replaceChildren(...kept.map(rowOf));
    if (kept.length) failure.querySelector("details.more-fields").open = true;
  }
}

function keep(failure) {
  const index = failures().indexOf(failure);
  const rows = rowsOf(failure).map((row) => Object.fromEntries(FIELDS.map((name) => [name, part(row, name).value])));
  setList("assertions", rows.filter(({ target, detail }) => target || detail), index);
  clearError(field("assertions", index).name);
}

function add(failure) {
  if (rowsOf(failure).length >= MOST) return;
  const row = rowOf({});
  failure.querySelector("[data-conditions]").append(row);
  part(row, "kind").focus();
}

function remove(row) {
  const failure = row.closest("[data-failure]");
  const at = rowsOf(failure).indexOf(row);
  row.remove();
  keep(failure);
  (rowsOf(failure)[at]?.querySelector("button") ?? failure.querySelector("[data-add-condition]")).focus();
  changed();
}

function entered(event) {
  const row = event.target.closest("[data-condition]");
  if (!row) return;
  if (event.target.dataset.part === "kind") suggest(row);
  keep(row.closest("[data-failure]"));
}

eachPage(() => {
  const list = document.getElementById("failures");
  blank = document.getElementById("blank-condition");
  // Before the form hears of it, so that the draft has what the row says.
  for (const kind of ["input", "change"]) list.addEventListener(kind, entered);
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-condition]");
    if (row && event.target.closest("button")) remove(row);
    else if (event.target.closest("[data-add-condition]")) add(event.target.closest("[data-failure]"));
  });
  form.addEventListener("filled", showAll);
  showAll();
});
