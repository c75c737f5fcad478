// The form of a rubric: questions are added, removed and put into another order; the server hears of it by their fields.

import { putBack } from "./kept.js";

const form = document.getElementById("rubric");
const list = document.getElementById("questions");
const blank = document.getElementById("blank-question");
const total = form.elements["questions-TOTAL_FORMS"];

const all = () => [...list.querySelectorAll("[data-question]")];
const asked = () => all().filter((question) => !question.classList.contains("gone"));
const field = (question, name) => question.querySelector(`[name$="-${name}"]`);

function number() {
  asked().forEach((question, index, questions) => {
    question.querySelector("[data-place]").textContent = `Question ${index + 1}`;
    field(question, "ORDER").value = index + 1;
    question.querySelector('[data-act="up"]').disabled = index === 0;
    question.querySelector('[data-act="down"]').disabled = index === questions.length - 1;
  });
  form.querySelector('[data-act="add"]').disabled = Number(total.value) >= Number(form.elements["questions-MAX_NUM_FORMS"].value);
}

function addRow() {
  const made = blank.content.firstElementChild ?? blank.content.querySelector("[data-question]");
  const copy = document.importNode(made, true);
  for (const node of copy.querySelectorAll("[name], [id], [for]")) {
    for (const attribute of ["name", "id", "for", "aria-describedby"]) {
      const value = node.getAttribute(attribute);
      if (value) node.setAttribute(attribute, value.replaceAll("__prefix__", total.value));
    }
  }
  total.value = Number(total.value) + 1;
  list.append(copy);
  return copy;
}

function move(question, step) {
  const shown = asked();
  const other = shown[shown.indexOf(question) + step];
  if (!other) return;
  if (step < 0) other.before(question);
  else other.after(question);
}

// What was removed goes along to the server, marked: a browser that goes back finds it again.
function remove(question) {
  field(question, "DELETE").checked = true;
  question.classList.add("gone");
  const [next] = asked();
  (next ? field(next, "text") : form.querySelector('[data-act="add"]')).focus();
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  const question = button.closest("[data-question]");
  if (button.dataset.act === "add") field(addRow(), "text").focus();
  if (button.dataset.act === "up") move(question, -1);
  if (button.dataset.act === "down") move(question, 1);
  if (button.dataset.act === "remove") remove(question);
  number();
  if (question && ["up", "down"].includes(button.dataset.act)) (button.disabled ? question.querySelector("[data-act]:enabled") : button).focus();
  form.dispatchEvent(new Event("moved"));
});

// Whether a change alters what answers mean is asked once there is a change.
const isChanged = (field) => (field.options ? [...field.options].some((option) => option.selected !== option.defaultSelected)
  : field.value !== field.defaultValue);

function ask(part) {
  const meaning = part.querySelector("[data-meaning]");
  if (!meaning) return;
  const select = meaning.querySelector("select");
  const fields = [...part.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox]), select")].filter((field) => field !== select);
  meaning.hidden = !select.value && !meaning.querySelector(".errorlist") && !fields.some(isChanged);
}

const askAll = () => form.querySelectorAll("[data-asks]").forEach(ask);
form.addEventListener("input", askAll);

const hideRemoved = () => { for (const question of all()) question.classList.toggle("gone", field(question, "DELETE").checked); };

// The example that the address brought stands behind what the guidance was before it.
function exampleIn(part) {
  const guidance = part.querySelector("textarea[name$='guidance']");
  const words = guidance.value.slice(part.dataset.before.trimEnd().length).trim();
  const [meaning, changed] = [part.querySelector("[data-meaning] select"), form.elements.changed].map((told) => [told, told.value]);
  return { guidance, words, says: [meaning, changed] };
}

// What was written before comes back without it.
function putBehind({ guidance, words, says }) {
  if (!words || guidance.value.includes(words)) return;
  guidance.value = `${guidance.value.trimEnd()}\n\n${words}`.trimStart();
  for (const [told, value] of says) told.value ||= value;
}

function putBackAll() {
  const examples = [...form.querySelectorAll("[data-before]")].map(exampleIn);
  if (!putBack(form, addRow)) return;
  examples.forEach(putBehind);
  list.append(...all().sort((one, other) => field(one, "ORDER").value - field(other, "ORDER").value));
  hideRemoved();
  number();
  for (const guidance of list.querySelectorAll("details textarea")) if (guidance.value) guidance.closest("details").open = true;
  form.dispatchEvent(new Event("moved"));
}

// Whoever hears the page is told how much stands there: read out, all of it would begin anew with each change.
const preview = document.getElementById("preview");
preview.addEventListener("htmx:afterSwap", () => {
  const shown = preview.querySelectorAll("legend").length;
  const left = preview.querySelector(".notice")?.textContent ?? "";
  document.getElementById("preview-said").textContent = `${shown} question${shown === 1 ? "" : "s"} shown. ${left}`.trim();
});

hideRemoved();
number();
putBackAll();
askAll();
