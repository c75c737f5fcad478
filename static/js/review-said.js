// What somebody entered, in words: for reading what is kept, and for choosing between two texts.

import { form } from "./review-form.js";

const NAMES = {
  root_step: "First went wrong at",
  surfaced_step: "Showed at",
  note: "What went wrong",
  failure_type: "Failure type",
  severity: "Severity",
  expected: "What should have happened",
  chosen_issue: "Known issue",
};
const LISTS = { quotes: quoteInWords, assertions: conditionInWords };

export function outcomeOf({ outcome }) {
  return labelOf("outcome", outcome) || "no outcome yet";
}

/** The content of a form, as `values` gives it: one line for each thing said. */
export function said(content) {
  const told = (content.failures ?? []).filter(isTold);
  const rows = told.flatMap((failure, index) => [told.length > 1 ? `\nFailure ${index + 1}` : "", ...linesOf(failure)]);
  return [`Outcome: ${outcomeOf(content)}`, ...rows, ...Object.entries(content.answers ?? {}).map(answerInWords)].filter(Boolean).join("\n");
}

// A severity is always chosen, so it tells nothing by itself.
function isTold(failure) {
  return Object.entries(failure).some(([name, value]) => name !== "severity" && value?.length);
}

function linesOf(failure) {
  const texts = Object.keys(NAMES).filter((name) => failure[name]).map((name) => `${NAMES[name]}: ${labelOf(name, failure[name])}`);
  return [...texts, ...Object.entries(LISTS).flatMap(([name, inWords]) => (failure[name] ?? []).map(inWords))];
}

function quoteInWords({ step, text }) {
  return `Quote from ${labelOf("root_step", step)}: “${text}”`;
}

function conditionInWords({ kind, target, detail }) {
  const options = [...document.getElementById("blank-condition").content.querySelectorAll("option")];
  return ["It", options.find((option) => option.value === kind)?.text ?? kind, target, detail].filter(Boolean).join(" ");
}

function answerInWords([key, value]) {
  const inputs = [...form.querySelectorAll(`[name="answer_${CSS.escape(key)}"]`)];
  const question = inputs[0]?.closest("fieldset").querySelector("[data-question-text]")?.textContent ?? key;
  const chosen = [value].flat().map((each) => inputs.find((input) => input.type !== "textarea" && input.value === each)?.nextElementSibling?.textContent.trim() ?? each);
  return `${question} ${chosen.join(", ")}`;
}

// Steps, outcomes and severities are keys; the page has the words that stand for them.
function labelOf(name, value) {
  const field = form.elements[name] ?? form.elements[`failures-0-${name}`];
  if (field instanceof HTMLSelectElement) return [...field.options].find((option) => option.value === value)?.text ?? value;
  if (!(field instanceof RadioNodeList)) return value;
  const label = [...field].find((input) => input.value === value)?.nextElementSibling;
  return label?.firstChild.textContent.trim() ?? "";
}
