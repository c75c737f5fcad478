// The failures that a lead tells of in their own words: which one the keys speak of, one more, one less.

const form = document.getElementById("settle");
const own = form.querySelector(".own");
const total = form.elements["own-TOTAL_FORMS"];
const most = Number(form.elements["own-MAX_NUM_FORMS"].value);
const all = () => [...own.querySelectorAll("[data-own]")];
let touched = null;

/** A field of the failure that was touched last. */
export function ownField(name) {
  const failure = touched?.isConnected ? touched : all().at(-1);
  return failure.querySelector(`[name$='-${name}']`);
}

// That a row came or went is told as a change of a field is.
const moved = () => form.dispatchEvent(new Event("moved"));

/** One more row. Numbers are not given again: what was removed leaves a gap, in which nothing is told. */
export function addRow() {
  const failure = all().at(-1).cloneNode(true);
  for (const name of ["name", "id", "for"]) {
    for (const each of failure.querySelectorAll(`[${name}]`)) {
      each.setAttribute(name, each.getAttribute(name).replace(/own-\d+-/, `own-${total.value}-`));
    }
  }
  for (const error of failure.querySelectorAll(".errorlist")) error.remove();
  clear(failure);
  all().at(-1).after(failure);
  total.value = Number(total.value) + 1;
}

function clear(failure) {
  for (const field of failure.querySelectorAll("input, textarea, select:not([name$='-severity'])")) field.value = "";
}

/** One more failure to tell of; where no more can be told, the last one. */
export function another() {
  if (Number(total.value) < most) addRow();
  moved();
  touched = all().at(-1);
  return ownField("root_step");
}

// One form stays, so that there is always one to write in.
function remove(failure) {
  if (all().length > 1) failure.remove();
  else clear(failure);
  moved();
}

own.addEventListener("focusin", (event) => { touched = event.target.closest("[data-own]") ?? touched; });
own.addEventListener("click", (event) => {
  if (!event.target.closest("[data-remove-own]")) return;
  remove(event.target.closest("[data-own]"));
  own.querySelector("[data-act='another']").focus();
});
