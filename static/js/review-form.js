// The judgement form as values: what it holds, filling it again, several failures, errors at their fields.

import { eachPage } from "./page.js";

export let form;
let list;
let blank;
let total;
let most;
const LISTS = ["quotes", "assertions"]; // hidden fields that hold JSON, each with a script that shows and edits it
const STEPS = ["root_step", "surfaced_step"];
const ANSWER = "answer_";
const FIELDS = ["root_step", "surfaced_step", "note", "failure_type", "severity", "expected", "chosen_issue"];
let active = 0;

eachPage(() => {
  form = document.getElementById("judgement");
  list = document.getElementById("failures");
  blank = document.getElementById("blank-failure");
  total = form.elements["failures-TOTAL_FORMS"];
  most = Number(form.elements["failures-MAX_NUM_FORMS"].value);
  active = 0;
  list.addEventListener("focusin", activate);
  list.addEventListener("click", (event) => {
    if (event.target.closest("[data-act='remove-failure']")) removeFailure(event.target.closest("[data-failure]"));
  });
  number();
});

function activate(event) {
  const at = failures().indexOf(event.target.closest("[data-failure]"));
  if (at >= 0) active = at;
}

export function failures() {
  return [...list.querySelectorAll("[data-failure]")];
}

/** The field of the failure that is being told (the one last touched). */
export function field(name, index = active) {
  return form.elements[`failures-${index}-${name}`];
}

export function outcome() {
  return form.elements.outcome.value;
}

export function setOutcome(value) {
  form.querySelector(`input[name="outcome"][value="${value}"]`).checked = true;
  changed();
}

/** Says that a script has changed what is entered. */
export function changed() {
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

/** All that is entered. Lists that are empty and questions without an answer are left out, as the server does. */
export function values() {
  const answers = answersGiven();
  return {
    outcome: outcome(),
    failures: failures().map((_, index) => told(index)),
    ...(Object.keys(answers).length ? { answers } : {}),
  };
}

function told(index) {
  const texts = FIELDS.map((name) => [name, field(name, index).value]);
  const lists = LISTS.map((name) => [name, listOf(name, index)]).filter(([, rows]) => rows.length);
  return Object.fromEntries([...texts, ...lists]);
}

/** What a failure's hidden list holds. */
export function listOf(name, index = active) {
  return JSON.parse(field(name, index).value || "[]");
}

export function setList(name, rows, index = active) {
  field(name, index).value = JSON.stringify(rows);
}

function answersGiven() {
  const given = {};
  for (const input of form.querySelectorAll(`[name^="${ANSWER}"]`)) {
    const key = input.name.slice(ANSWER.length);
    if (input.type === "checkbox" && input.checked) given[key] = [...(given[key] ?? []), input.value];
    else if (input.type === "radio" ? input.checked : input.type !== "checkbox" && input.value) given[key] = input.value;
  }
  return given;
}

function fillAnswers(answers) {
  for (const input of form.querySelectorAll(`[name^="${ANSWER}"]`)) {
    const value = answers[input.name.slice(ANSWER.length)] ?? "";
    if (["radio", "checkbox"].includes(input.type)) input.checked = [value].flat().includes(input.value);
    else input.value = value;
  }
}

/** Makes the form hold what `values` gave, and nothing else. Only named fields are touched, as text. */
export function fill(content) {
  const rows = Array.isArray(content.failures) ? content.failures.slice(0, most) : [];
  while (failures().length < rows.length) addFailure();
  for (const surplus of failures().slice(Math.max(rows.length, 1))) surplus.remove();
  number();
  active = 0;
  for (const [index, row] of (rows.length ? rows : [{}]).entries()) {
    for (const name of FIELDS) setField(field(name, index), typeof row[name] === "string" ? row[name] : "");
    for (const name of LISTS) setList(name, Array.isArray(row[name]) ? row[name] : [], index);
  }
  for (const input of form.elements.outcome) input.checked = input.value === content.outcome;
  fillAnswers(content.answers ?? {});
  form.dispatchEvent(new Event("filled"));
}

// A radio group without the value asked for keeps its own.
function setField(target, value) {
  if (target instanceof RadioNodeList && ![...target].some((input) => input.value === value)) return;
  target.value = value;
}

export function addFailure() {
  const index = failures().length;
  if (index >= most) return null;
  list.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll("__prefix__", String(index)));
  for (const name of STEPS) offerSteps(field(name, index), field(name, 0));
  number();
  active = index;
  return failures()[index];
}

// The blank form comes without the session's steps, of which there may be thousands.
function offerSteps(select, known) {
  select.replaceChildren(...[...known.options].map((option) => option.cloneNode(true)));
  select.selectedIndex = 0;
}

function removeFailure(node) {
  const at = failures().indexOf(node);
  node.remove();
  for (const [index, failure] of failures().entries()) renumber(failure, index);
  active = 0;
  number();
  const next = failures()[Math.min(at, failures().length - 1)].querySelector("[data-act='remove-failure']:not([hidden])");
  (next ?? form.querySelector("[data-act='another']")).focus();
  changed();
}

function renumber(failure, index) {
  for (const node of failure.querySelectorAll("[name], [id], [for], [data-errors], [aria-describedby]")) {
    for (const name of ["name", "id", "for", "data-errors", "aria-describedby"]) {
      const value = node.getAttribute(name);
      if (value) node.setAttribute(name, value.replace(/failures-\d+-/, `failures-${index}-`));
    }
  }
}

function number() {
  const nodes = failures();
  total.value = String(nodes.length);
  for (const [index, node] of nodes.entries()) {
    node.querySelector("[data-number]").textContent = nodes.length > 1 ? `Failure ${index + 1}` : "";
    node.querySelector("[data-act='remove-failure']").hidden = nodes.length < 2;
  }
}

export function markStep(what, key) {
  const target = field(what === "root" ? "root_step" : "surfaced_step");
  // Choosing the same step again takes it back.
  target.value = target.value === key ? "" : key;
  if (what === "surfaced") target.closest("details").open = true;
  for (const name of STEPS) clearError(field(name).name);
  if (outcome() !== "failure") setOutcome("failure");
  else changed();
}

export function nextSeverity() {
  const inputs = [...field("severity")];
  inputs[(inputs.findIndex((input) => input.checked) + 1) % inputs.length].checked = true;
  changed();
}

function boxOf(name) {
  return [...form.querySelectorAll("[data-errors]")].find((node) => node.dataset.errors === name);
}

/** Takes back what was said against a field. */
export function clearError(name) {
  boxOf(name)?.replaceChildren();
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    if (input.name !== name) continue;
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
}

/** Shows errors ([{field, message}]) at their fields and puts the focus on the first. */
export function showErrors(errors) {
  document.getElementById("form-errors").replaceChildren();
  for (const node of form.querySelectorAll("[data-errors]")) clearError(node.dataset.errors);
  for (const [index, { field: name, message }] of errors.entries()) {
    const box = boxOf(name);
    const line = document.createElement("p");
    line.className = "errors";
    line.textContent = message;
    (box ?? document.getElementById("form-errors")).append(line);
    if (box) pointAt(name, line, index === 0);
  }
}

function pointAt(name, line, isFirst) {
  const target = form.elements[name];
  const input = target instanceof RadioNodeList ? target[0] : target;
  line.id = `${name}-error`;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", line.id);
  input.closest("details")?.setAttribute("open", "");
  if (isFirst) focusOn(input);
}

// A hidden list has no focus of its own: what shows it has.
function focusOn(input) {
  const shown = input.type === "hidden" ? input.closest(".field").querySelector("button, a, select, input:not([type='hidden'])") : input;
  shown?.focus();
}
