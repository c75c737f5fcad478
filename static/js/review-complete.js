// What a judgement lacks, said before it is sent, in the words of annotate/actions/checking.py. The server asks again.

import { failures, field, form, outcome } from "./review-form.js";
import { isAnswered } from "./review-questions.js";

const ISSUE = /^\s*(?:ISS-)?\d{1,9}\b/i;

/** What is missing, as the server's refusals: [{field, message}]. Empty where it is complete. */
export function lacking() {
  if (!outcome()) return [{ field: "outcome", message: "Say first whether it worked: success, failure, or can't tell." }];
  return [...(outcome() === "failure" ? lackingInFailures() : []), ...lackingAnswers()];
}

// A further failure that was opened and left blank says nothing.
function lackingInFailures() {
  return failures().flatMap((failure, index) => (index && isBlank(failure) ? [] : lackingIn(index))).slice(0, 1);
}

function isBlank(failure) {
  return [...failure.querySelectorAll("input:not([type='radio']), textarea, select")].every(({ value }) => ["", "[]"].includes(value));
}

function lackingIn(index) {
  const [root, surfaced, note, issue] = ["root_step", "surfaced_step", "note", "chosen_issue"].map((name) => field(name, index));
  const wrong = [];
  if (!root.value) wrong.push({ field: root.name, message: "Mark the step where it first went wrong." });
  else if (surfaced.value && surfaced.selectedIndex < root.selectedIndex) wrong.push({ field: surfaced.name, message: early(root) });
  if (!note.value.trim()) wrong.push({ field: note.name, message: "Say in a sentence what went wrong." });
  if (issue.value.trim() && !ISSUE.test(issue.value)) wrong.push({ field: issue.name, message: "Choose a known issue, such as ISS-12, or leave this empty." });
  return wrong;
}

function early({ selectedOptions: [option] }) {
  const position = option.text.split(" ", 1)[0];
  return `This is before step ${position}, where it first went wrong. Choose step ${position} or a later one.`;
}

function lackingAnswers() {
  if (outcome() === "unknown") return [];
  const asked = [...form.querySelectorAll("[data-question]:has(.needed)")];
  return asked.filter((question) => !isAnswered(question)).map((question) => {
    const [input] = question.querySelectorAll("input, textarea");
    return { field: input.name, message: `Answer this too: ${question.querySelector("[data-question-text]").textContent.trim()}` };
  });
}
