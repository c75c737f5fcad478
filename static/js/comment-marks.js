// Steps that somebody has commented on show how many comments there are, in the conversation and in the outline. What is
// counted is what stands in the list: it holds only what its reader may see.

import { eachPage } from "./page.js";
import { currentKey, outlineOf, reveal, stepOfKey } from "./talk-steps.js";

let counted = null; // the list whose comments are marked
let marks = [];

function byStep(list) {
  const found = new Map();
  for (const comment of list.querySelectorAll("[data-at-step]")) {
    const step = stepOfKey(comment.dataset.atStep);
    if (step) found.set(step, [...(found.get(step) ?? []), comment]);
  }
  return found;
}

function markOf(kind, number) {
  const mark = document.getElementById(`comments-at-${kind}`).content.firstElementChild.cloneNode(true);
  mark.querySelector("[data-number]").textContent = number;
  mark.querySelector("[data-noun]").textContent = number === 1 ? "comment" : "comments";
  return mark;
}

function markStep(step, comments) {
  reveal(step);
  const line = markOf("step", comments.length);
  const link = line.querySelector("a");
  link.href = `#${comments[0].id}`;
  link.tabIndex = currentKey() === step.dataset.step ? 0 : -1;
  step.append(line);
  const entry = markOf("outline", comments.length);
  outlineOf(step.dataset.step)?.querySelector("a").append(entry);
  marks.push(line, entry);
}

function count() {
  const list = document.getElementById("comment-list");
  if (!list || list === counted) return;
  counted = list;
  for (const mark of marks) mark.remove();
  marks = [];
  for (const [step, comments] of byStep(list)) markStep(step, comments);
}

eachPage(() => {
  counted = null;
  marks = [];
  count();
});
document.addEventListener("htmx:afterSwap", count);
