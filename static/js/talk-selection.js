// What the reader has selected, as a passage of one step's plain text.
//
// The plain text of a step is what its elements with data-plain say, in their order, each with its white space
// collapsed, the empty ones left out, one to a line. The server counts in the same way: plain_text in traces/reading.py.

const SPACE = /[ \t\n\r\f\v\u00a0]+/g;
const STEP = ".conversation .step";

const collapsed = (text) => text.replace(SPACE, " ");
const length = (text) => [...text].length; // characters, not UTF-16 units: as Python counts
const stepOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(STEP) ?? null;

/** The elements whose words are the step's plain text, each with its words and the place where they begin. */
function partsOf(step) {
  let start = 0;
  const parts = [];
  for (const node of step.querySelectorAll("[data-plain]")) {
    const text = collapsed(node.textContent).trim();
    if (!text) continue;
    parts.push({ node, text, start });
    start += length(text) + 1;
  }
  return parts;
}

export function plainText(step) {
  return partsOf(step).map(({ text }) => text).join("\n");
}

/** How far into the part a boundary of the selection lies, in characters of its collapsed text. */
function placeIn(part, container, offset) {
  const before = document.createRange();
  before.selectNodeContents(part.node);
  const at = before.comparePoint(container, offset);
  if (at < 0) return 0;
  if (at > 0) return length(part.text);
  before.setEnd(container, offset);
  return Math.min(length(collapsed(before.toString()).trimStart()), length(part.text));
}

/** The selected stretch of the step: from, to, and the words; null where none of its words are selected. */
function passage(step, range) {
  const touched = partsOf(step).filter(({ node }) => range.intersectsNode(node));
  if (!touched.length) return null;
  const [first, last] = [touched[0], touched.at(-1)];
  const start = first.start + placeIn(first, range.startContainer, range.startOffset);
  const end = last.start + placeIn(last, range.endContainer, range.endOffset);
  const chosen = [...plainText(step)].slice(start, end).join("");
  const text = chosen.trim();
  if (!text) return null;
  const from = start + length(chosen) - length(chosen.trimStart());
  return { step: step.dataset.step, start: from, end: from + length(text), text };
}

/**
 * What is selected inside of one step: {step, start, end, text}, with offsets in characters of its plain text; null
 * where nothing is, or where it reaches into another step.
 */
export function selectionInStep() {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const [first, last] = [stepOf(range.startContainer), stepOf(range.endContainer)];
  // A triple click on the last line ends where whatever comes next begins: that takes none of its words.
  const reached = [...new Set([first, last])].filter(Boolean);
  const found = reached.map((step) => passage(step, range)).filter(Boolean);
  const between = first && last && first !== last && first.nextElementSibling !== last;
  return found.length === 1 && !between ? found[0] : null;
}
