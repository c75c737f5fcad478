// The judgement form as values: what it holds, filling it again, several failures, errors at their fields.

export const form = document.getElementById("judgement");
const list = document.getElementById("failures");
const blank = document.getElementById("blank-failure");
const total = form.elements["failures-TOTAL_FORMS"];
const MOST = Number(form.elements["failures-MAX_NUM_FORMS"].value);
const FIELDS = ["root_step", "surfaced_step", "note", "failure_type", "severity", "expected", "chosen_issue"];
let active = 0;

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

function changed() {
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

export function values() {
  return {
    outcome: outcome(),
    failures: failures().map((_, index) => Object.fromEntries(FIELDS.map((name) => [name, field(name, index).value]))),
  };
}

/** Fills the form with what `values` gave. Only named fields are touched, as text. */
export function fill(content) {
  const rows = Array.isArray(content.failures) ? content.failures.slice(0, MOST) : [];
  while (failures().length < rows.length) addFailure();
  for (const [index, row] of rows.entries()) {
    for (const name of FIELDS) if (typeof row[name] === "string") setField(field(name, index), row[name]);
  }
  const radio = [...form.elements.outcome].find((input) => input.value === content.outcome);
  if (radio) radio.checked = true;
}

// A radio group without the value asked for keeps its own.
function setField(target, value) {
  if (target instanceof RadioNodeList && ![...target].some((input) => input.value === value)) return;
  target.value = value;
}

export function addFailure() {
  const index = failures().length;
  if (index >= MOST) return null;
  list.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll("__prefix__", String(index)));
  number();
  active = index;
  return failures()[index];
}

function removeFailure(node) {
  node.remove();
  for (const [index, failure] of failures().entries()) renumber(failure, index);
  active = 0;
  number();
  changed();
}

function renumber(failure, index) {
  for (const node of failure.querySelectorAll("[name], [id], [for], [data-errors]")) {
    for (const name of ["name", "id", "for", "data-errors"]) {
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
  for (const name of ["root_step", "surfaced_step"]) clearError(field(name).name);
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
  if (isFirst) input.focus();
}

list.addEventListener("focusin", (event) => {
  const at = failures().indexOf(event.target.closest("[data-failure]"));
  if (at >= 0) active = at;
});
list.addEventListener("click", (event) => {
  if (event.target.closest("[data-act='remove-failure']")) removeFailure(event.target.closest("[data-failure]"));
});
number();
