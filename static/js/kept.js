// What is typed into a form with `data-kept` lies in this browser, for each person and each address that it is sent to,
// until the server says that it has taken it. What was left, or lost its way, is found again where it was typed. Such a
// form has `autocomplete="off"`: what some browsers put back by themselves, as counts of rows that are not there, misleads.

import { reader, recallAll, remember } from "./review-net.js";

const ASK = "Discard what you wrote here before? It is then gone.";
const served = new WeakMap(); // what each form held when it came

const keyOf = (path) => `misstep:kept:${reader}:${path}`;
const keyOfForm = (form) => keyOf(new URL(form.action).pathname);
const isTicked = (field) => field.matches("[type='radio'], [type='checkbox']");
// A hidden field counts where it belongs to a row, or counts rows. All others are the page's own: tokens and ids.
const isTold = (field) => field.matches("input, select, textarea") && field.name && (field.type !== "hidden" || field.name.includes("-"));
const fieldsOf = (form) => [...form.elements].filter(isTold);

/** What the form holds, as [name, value]. */
function valuesOf(form) {
  return fieldsOf(form).filter((field) => !isTicked(field) || field.checked).map(({ name, value }) => [name, value]);
}

// What stands as it came need not be kept.
function note(form) {
  const values = valuesOf(form);
  remember(keyOfForm(form), JSON.stringify(values) === served.get(form) ? null : values);
}

function makeRoom(form, values, add) {
  const total = form.querySelector("[name$='-TOTAL_FORMS']");
  const [, wanted] = values.find(([name]) => name === total?.name) ?? [];
  while (Number(total?.value) < Number(wanted)) add();
}

function fill(form, values) {
  for (const field of fieldsOf(form)) {
    const told = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (!isTicked(field)) setValue(field, told[0] ?? "");
    else if (told.length || field.type === "checkbox") field.checked = told.includes(field.value);
  }
}

// Where a value cannot be chosen, or nothing was kept of a row, a choice stands as it came: else it would be of nothing.
function setValue(field, value) {
  field.value = value;
  if (field.selectedIndex === -1) field.selectedIndex = Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
}

function say(form) {
  const line = document.createElement("p");
  const button = document.createElement("button");
  line.className = "notice spread row";
  line.setAttribute("role", "status");
  line.append("What you wrote here before is back.", button);
  Object.assign(button, { type: "button", className: "button small", textContent: "Start anew" });
  button.addEventListener("click", () => startAnew(form));
  form.prepend(line);
}

function startAnew(form) {
  if (!confirm(ASK)) return;
  remember(keyOfForm(form), null);
  location.assign(form.dataset.kept || location.pathname + location.search);
}

/**
 * Puts back what was kept of the form; true where something was. `add` makes one row more of a form that has rows. What
 * the server refused comes back with the page: it is kept as it stands there.
 */
export function putBack(form, add) {
  if (form.querySelector(".errorlist")) {
    note(form);
    return false;
  }
  served.set(form, JSON.stringify(valuesOf(form)));
  const [, kept] = recallAll(keyOfForm(form)).find(([key]) => key === keyOfForm(form)) ?? [];
  if (!kept || JSON.stringify(kept) === served.get(form)) return false;
  makeRoom(form, kept, add);
  fill(form, kept);
  say(form);
  return true;
}

// The page that follows names the addresses at which something was taken.
function forgetTaken(root) {
  for (const { dataset } of root.querySelectorAll("[data-taken]")) remember(keyOf(dataset.taken), null);
}

for (const kind of ["input", "change", "moved"]) {
  document.addEventListener(kind, ({ target }) => {
    const form = target.closest("form[data-kept]");
    if (form) note(form);
  }, { capture: true });
}
document.addEventListener("htmx:afterSwap", () => forgetTaken(document));
forgetTaken(document);
