// The keys of a page. Their table comes with it (annotate/keys.py), with its reader's own keys in it; this binds them and
// makes the sheet that `?` shows.

import { composes, eachPage } from "./page.js";

const { use, actions: KEYS } = JSON.parse(document.getElementById("keymap")?.textContent ?? '{"use": "off", "actions": []}');
/** Where keys are letters. */
export const TYPED_IN =
  "input:not([type='radio'], [type='checkbox']), textarea, select, [contenteditable]:not([contenteditable='false']), [role='textbox']";
const ENTER_MEANS_ITSELF = "a, button, summary, #outbox"; // the last has the focus when the button that had it is gone
const LIVES = ["confirmOpen", "startWork", "reopenIssue", "watchIssue", "tickRow"]; // of issues
const ACTS = ["takeOut", "notThis", "undoAct", "redoAct", "mergeIssue", "keepFirst", "keepSecond", ...LIVES];
// A key that is held down does these once, also where the first time leads to another page of the kind.
const ONCE_A_PRESS = ["submit", "undo", "skip", "another", "nextDispute", "begin", "openRow", "accept", "decline", "mapLasso", "mapRectangle", "mapUndo", ...ACTS];

/** An action's key in brackets, to stand behind the words of a button's tooltip; "" where there is none to press. */
export function hint(act) {
  const shown = use === "off" ? "" : KEYS.find((entry) => entry.act === act)?.shown;
  return shown ? ` (${shown})` : "";
}

/** Binds `acts` to the keys of a page, and to its buttons with their names (`data-act`), and fills its sheet with them. */
export function bindPage(acts) {
  const all = { ...acts, keys: () => document.getElementById("keys").showModal() };
  bind(all);
  eachPage(() => writeSheet(document.getElementById("key-sheet"), all));
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-act]");
    if (!all[target?.dataset.act]) return;
    if (target.matches("a")) event.preventDefault();
    all[target.dataset.act]();
  });
}

// Calls `acts[act]` for the key pressed: never while someone types, composes, or has a dialog open.
function bind(acts) {
  document.addEventListener("keydown", (event) => {
    if (composes(event) || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest?.(TYPED_IN);
    if (event.key === "Escape" && typing) acts.leave?.(typing);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run(event, acts, "submit");
    else if (!typing && isMeant(event)) pressed(event, acts);
  });
}

// A sign that takes AltGr is a sign like others, though some systems report AltGr as Ctrl and Alt.
function isMeant(event) {
  if (use === "off") return false;
  const isSign = event.getModifierState("AltGraph");
  if (use === "alt") return event.altKey && !isSign && !event.ctrlKey && !event.metaKey;
  return isSign || (!event.ctrlKey && !event.metaKey && !event.altKey);
}

function pressed(event, acts) {
  if (event.key === "Enter" && event.target.closest?.(ENTER_MEANS_ITSELF)) return;
  // Arrows belong to the radio group they are pressed in.
  if (event.key.startsWith("Arrow") && event.target.closest?.("input")) return;
  const entry = entryOf(keyOf(event)) ?? entryOf(latinOf(event));
  if (entry && !(event.repeat && ONCE_A_PRESS.includes(entry.act))) run(event, acts, entry.act);
}

const entryOf = (key) => KEYS.find(({ keys }) => keys.includes(key));

// CapsLock is no part of a key: what counts is whether Shift is held.
function keyOf(event) {
  const { key } = event;
  if (!event.getModifierState("CapsLock") || !/^\p{L}$/u.test(key)) return key;
  return event.shiftKey ? key.toUpperCase() : key.toLowerCase();
}

// Where letters are not Latin, where digits take Shift, or where Alt makes other signs: the key in that place.
function latinOf(event) {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter && !/^[a-z]$/i.test(event.key)) return event.shiftKey ? letter : letter.toLowerCase();
  return event.shiftKey ? null : /^Digit([0-9])$/.exec(event.code)?.[1];
}

// A session that has been judged is only read: then most keys have nothing to do.
function run(event, acts, name) {
  if (!acts[name]) return;
  event.preventDefault();
  acts[name]();
}

// Fills the sheet from the table: with the keys that do something here, and those that are no page's to bind, unless it
// says of one, by `false`, that it does nothing here.
function writeSheet(list, acts) {
  const shown = KEYS.filter(({ act, keys, shown }) => shown && (acts[act] ?? !keys.length));
  const groups = [...new Set(shown.map(({ group }) => group))];
  list.replaceChildren(...groups.map((title) => sheetOf(title, shown.filter(({ group }) => group === title))));
}

function sheetOf(title, entries) {
  const section = document.createElement("section");
  const list = element("dl", "");
  list.className = "keys";
  list.append(...entries.map(({ shown, does }) => {
    const pair = document.createElement("div");
    const term = document.createElement("dt");
    term.append(element("kbd", shown));
    pair.append(term, element("dd", does));
    return pair;
  }));
  section.append(element("h3", title), list);
  return section;
}

function element(name, text) {
  const node = document.createElement(name);
  node.textContent = text;
  return node;
}
