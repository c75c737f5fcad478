// Finding words in a session, also in what is folded, hidden, or not laid out yet: whatever holds a match is opened.

import { composes, eachPage } from "./page.js";
import { all, conversation, focusCurrent, setCurrent, settle, unfold } from "./talk-steps.js";

const MOST = 2000;
const TYPING_MS = 150;
const SEARCHED = "[data-plain], .call .name";
let box;
let input;
let count;
const highlights = globalThis.CSS?.highlights; // where it is missing, the match at hand is selected instead
let matches = [];
let at = -1;
let timer = 0;

/** A pattern for the words as they stand, in upper or lower case, with any white space between them. */
function patternOf(words) {
  const escaped = words.trim().split(/\s+/).map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return escaped[0] && new RegExp(escaped.join("\\s+"), "giu");
}

function* search(pattern) {
  for (const step of all) {
    for (const node of step.querySelectorAll(SEARCHED)) {
      for (const match of node.textContent.matchAll(pattern)) {
        yield { step, node, start: match.index, end: match.index + match[0].length };
      }
    }
  }
}

/** The boundary `offset` code units into the node's text. */
function boundary(node, offset) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  let left = offset;
  while (walker.nextNode()) {
    const { length } = walker.currentNode.data;
    if (left <= length) return [walker.currentNode, left];
    left -= length;
  }
  return [node, node.childNodes.length];
}

function rangeOf({ node, start, end }) {
  const range = document.createRange();
  range.setStart(...boundary(node, start));
  range.setEnd(...boundary(node, end));
  return range;
}

function find() {
  const pattern = patternOf(input.value);
  matches = [];
  for (const match of pattern ? search(pattern) : []) if (matches.push(match) === MOST) break;
  highlights?.set("found", new Highlight(...matches.map(rangeOf)));
  at = matches.length ? 0 : -1;
  show();
}

function show() {
  const most = matches.length === MOST ? "+" : "";
  count.textContent = matches.length ? `${at + 1} of ${matches.length}${most}` : patternOf(input.value) ? "not found" : "";
  highlights?.delete("found-here");
  if (at < 0) return;
  const match = matches[at];
  unfold(match.step);
  match.node.hidden = false; // where its JSON is shown as a tree
  setCurrent(match.step);
  const range = rangeOf(match);
  highlights?.set("found-here", new Highlight(range));
  settle(match.node, () => bring(range));
}

/** Scrolls whatever the range stands in, from the inside out, so that it can be seen. */
function bring(range) {
  for (let frame = range.startContainer.parentElement; frame; frame = frame.parentElement) {
    if (frame.scrollHeight <= frame.clientHeight + 1 && frame !== document.scrollingElement) continue;
    if (frame !== document.scrollingElement && getComputedStyle(frame).overflowY === "visible") continue;
    const { top, bottom } = range.getBoundingClientRect();
    const seen = frame === document.scrollingElement ? { top: 0, bottom: innerHeight } : frame.getBoundingClientRect();
    const margin = Math.min(96, (seen.bottom - seen.top) / 3);
    if (top < seen.top + margin || bottom > seen.bottom - margin) frame.scrollTop += top - (seen.top + seen.bottom) / 2;
  }
}

function step(by) {
  if (timer) {
    clearTimeout(timer);
    timer = 0;
    find();
    return;
  }
  if (!matches.length) return;
  at = (at + by + matches.length) % matches.length;
  show();
}

function open() {
  box.hidden = false;
  input.focus();
  input.select();
}

function close() {
  const met = at >= 0;
  forget();
  box.hidden = true;
  if (met) focusCurrent();
  else conversation.querySelector(".step[tabindex='0']")?.focus({ preventScroll: true });
}

function typed() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = 0;
    find();
  }, TYPING_MS);
}

function pressed(event) {
  if (composes(event) || !["Enter", "Escape"].includes(event.key)) return;
  event.preventDefault();
  if (event.key === "Escape") close();
  else step(event.shiftKey ? -1 : 1);
}

function forget() {
  clearTimeout(timer);
  timer = 0;
  matches = [];
  at = -1;
  highlights?.delete("found");
  highlights?.delete("found-here");
}

eachPage(() => {
  forget();
  box = document.getElementById("find");
  input = box?.querySelector("input");
  count = box?.querySelector("[role='status']");
  input?.addEventListener("input", typed);
  input?.addEventListener("keydown", pressed);
});

export function findActs() {
  return { find: open, findNext: () => step(1), findBefore: () => step(-1), findEnd: close };
}
