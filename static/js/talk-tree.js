// JSON as a tree, made only when somebody asks for it, and of text nodes only.
//
// Its rows stand beside one another, however deep the value nests: a row's children are put after it when it is opened
// and taken away when it is closed. Keys are those of every tree: arrows, Home, End, Enter.

import { eachPage } from "./page.js";
import { conversation } from "./talk-steps.js";

const MOST_CHILDREN = 500;
const DEEPEST_INDENT = 24;
const LONGEST = 2000;
const BRACKETS = { "{": "}", "[": "]" };

/** A number as it was written: JavaScript's own would round an order's number of twenty digits. */
class Written {
  constructor(source) { this.source = source; }
}

function parse(text) {
  return JSON.parse(text, (_, value, context) => (typeof value === "number" && context?.source ? new Written(context.source) : value));
}

const isBranch = (value) => typeof value === "object" && value !== null && !(value instanceof Written);
const childrenOf = (value) => (Array.isArray(value) ? value.map((held, place) => [String(place), held]) : Object.entries(value));

function words(value) {
  if (isBranch(value)) {
    const size = childrenOf(value).length;
    return Array.isArray(value) ? `${size} item${size === 1 ? "" : "s"}` : `${size} field${size === 1 ? "" : "s"}`;
  }
  if (value instanceof Written) return value.source;
  const text = typeof value === "string" && value.trim() ? value : JSON.stringify(value); // what is blank, in its quotes
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} … ${text.length - LONGEST} more characters` : text;
}

function span(className, text) {
  const node = document.createElement("span");
  node.className = className;
  node.textContent = text;
  return node;
}

class Row {
  constructor(name, value, level) {
    Object.assign(this, { name, value, level, open: false });
    this.node = document.createElement("li");
    this.node.role = "treeitem";
    this.node.tabIndex = -1;
    this.node.ariaLevel = String(level);
    this.node.style.setProperty("--level", Math.min(level - 1, DEEPEST_INDENT));
    if (isBranch(value)) this.node.ariaExpanded = "false";
    const kind = isBranch(value) ? "size" : value instanceof Written ? "number" : typeof value;
    this.node.append(span("key", name), span(`value is-${kind}`, words(value)));
  }
}

class Tree {
  constructor(value, label) {
    this.rows = new Map();
    this.list = document.createElement("ul");
    this.list.className = "tree";
    this.list.role = "tree";
    this.list.ariaLabel = label;
    this.add(this.made(value, 1), null);
    this.list.firstElementChild.tabIndex = 0;
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("keydown", (event) => this.pressed(event));
  }

  made(value, level) {
    const all = childrenOf(value);
    const rows = all.slice(0, MOST_CHILDREN).map(([name, held]) => new Row(name, held, level));
    if (all.length > MOST_CHILDREN) rows.push(new Row("…", `${all.length - MOST_CHILDREN} more: see them as text`, level));
    if (!all.length && level === 1) rows.push(new Row("", "nothing", level));
    return rows;
  }

  add(rows, after) {
    for (const row of rows) this.rows.set(row.node, row);
    const nodes = rows.map(({ node }) => node);
    if (after) after.after(...nodes);
    else this.list.append(...nodes);
  }

  toggle(row, open = !row.open) {
    if (!isBranch(row.value) || open === row.open) return;
    row.open = open;
    row.node.ariaExpanded = String(open);
    if (open) this.add(this.made(row.value, row.level + 1), row.node);
    else {
      for (let next = row.node.nextElementSibling; next && this.rows.get(next).level > row.level; next = row.node.nextElementSibling) {
        this.rows.delete(next);
        next.remove();
      }
    }
  }

  focus(node) {
    if (!node) return;
    this.list.querySelector("[tabindex='0']").tabIndex = -1;
    node.tabIndex = 0;
    node.focus();
  }

  parentOf(row) {
    let before = row.node.previousElementSibling;
    while (before && this.rows.get(before).level >= row.level) before = before.previousElementSibling;
    return before;
  }

  clicked(event) {
    const row = this.rows.get(event.target.closest("li"));
    if (!row || getSelection()?.type === "Range") return;
    this.toggle(row);
    this.focus(row.node);
  }

  pressed(event) {
    const row = this.rows.get(event.target);
    const { node } = row ?? {};
    const acts = row && {
      ArrowDown: () => this.focus(node.nextElementSibling),
      ArrowUp: () => this.focus(node.previousElementSibling),
      ArrowRight: () => (row.open ? this.focus(node.nextElementSibling) : this.toggle(row, true)),
      ArrowLeft: () => (row.open ? this.toggle(row, false) : this.focus(this.parentOf(row))),
      Home: () => this.focus(this.list.firstElementChild),
      End: () => this.focus(this.list.lastElementChild),
      Enter: () => this.toggle(row),
      " ": () => this.toggle(row),
    };
    if (!acts || !Object.hasOwn(acts, event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }
}

// --- the button over a text that looks like JSON ---

/** Where all of a text is, of which the page shows only the beginning; null where it shows all. */
const linkToWhole = (pre) => pre.parentElement.querySelector(".whole a");

function looksLikeJson(pre) {
  const text = pre.textContent.trim();
  return linkToWhole(pre) ? text[0] in BRACKETS : BRACKETS[text[0]] === text.at(-1) && text.length > 2;
}

/** All of the text, asked for where the page has only the beginning; null where it does not come. */
async function wholeOf(pre) {
  const link = linkToWhole(pre);
  if (!link) return pre.textContent;
  try {
    const answer = await fetch(link.href);
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } catch {
    return null;
  }
}

function offer(pre) {
  const label = pre.closest("dd").previousElementSibling.textContent;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small as-tree";
  button.textContent = "As a tree";
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => swap(pre, button, label));
  pre.before(button);
}

async function swap(pre, button, label) {
  if (button.ariaBusy || button.ariaDisabled) return;
  const shown = pre.parentElement.querySelector(".tree");
  if (shown) {
    shown.remove();
    pre.hidden = false;
  } else if (!(await show(pre, button, label))) {
    return;
  }
  button.setAttribute("aria-pressed", String(!shown));
}

/** Puts the tree in the place of the text; where it cannot, the button says why. */
async function show(pre, button, label) {
  button.ariaBusy = "true";
  const text = await wholeOf(pre);
  button.ariaBusy = null;
  if (text === null) {
    button.textContent = "Not loaded: try again";
    return false;
  }
  if (!build(pre, label, text)) {
    button.ariaDisabled = "true"; // and not disabled: that would take the focus from it
    button.textContent = "Too deep, or no JSON";
    return false;
  }
  button.textContent = "As a tree";
  return true;
}

function build(pre, label, text) {
  try {
    pre.after(new Tree(parse(text), label).list);
  } catch { // no JSON after all, or one that nests deeper than a browser reads
    return false;
  }
  pre.hidden = true;
  return true;
}

function opened(event) {
  if (!event.target.matches("details.call[open]:not([data-trees])")) return;
  event.target.dataset.trees = "";
  for (const pre of event.target.querySelectorAll("dd > pre[data-plain]")) if (looksLikeJson(pre)) offer(pre);
}

eachPage(() => { conversation?.addEventListener("toggle", opened, { capture: true }); });
