// The rubric's questions: going from one to the next, how each is to be answered, and taking an answer back.

import { eachPage } from "./page.js";
import { changed, form } from "./review-form.js";

const all = () => [...form.querySelectorAll("[data-question]")];
const inputsOf = (question) => [...question.querySelectorAll("input, textarea")];
const current = () => document.activeElement.closest?.("[data-question]");

/** Whether anything is chosen or written there. */
export function isAnswered(question) {
  return inputsOf(question).some((input) => (input.matches("textarea") ? input.value.trim() : input.checked));
}

/** Focuses the question after the one that has the focus, round the end; else the first without an answer. */
export function nextQuestion() {
  const questions = all().filter((question) => question.offsetParent);
  if (!questions.length) return form.elements.outcome.value ? "This rubric has no further questions." : "Say first whether it worked.";
  const at = questions.indexOf(current());
  const next = at < 0 ? questions.find((question) => !isAnswered(question)) ?? questions[0] : questions[(at + 1) % questions.length];
  const inputs = inputsOf(next);
  (inputs.find((input) => input.checked) ?? inputs[0]).focus();
  next.scrollIntoView({ block: "nearest" });
  return "";
}

/** Shows or hides how the question that has the focus is answered; of all where none has it. */
export function toggleGuide() {
  const guides = (current() ? [current()] : all()).map((question) => question.querySelector("details")).filter(Boolean);
  const open = guides.some((guide) => !guide.open);
  for (const guide of guides) guide.open = open;
  return guides.length ? "" : "There is nothing more to say on how to answer.";
}

// Choosing the same answer again takes it back; so does Delete.
function takeBack(radio) {
  radio.checked = false;
  changed();
}

let pressed = null;
eachPage(() => {
  form.addEventListener("pointerdown", (event) => {
    const radio = event.target.closest("[data-question] .choice")?.querySelector("input[type='radio']");
    pressed = radio?.checked ? radio : null;
  });
  form.addEventListener("click", (event) => {
    if (event.target !== pressed) return;
    pressed = null;
    takeBack(event.target);
  });
  form.addEventListener("keydown", (event) => {
    if (!["Delete", "Backspace"].includes(event.key) || !event.target.matches("[data-question] input[type='radio']:checked")) return;
    event.preventDefault();
    takeBack(event.target);
  });
});
