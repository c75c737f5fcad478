// Reading a conversation, wherever one is shown: moving, finding, JSON as a tree, what the agent saw.

import { eachPage } from "./page.js";
import { findActs } from "./talk-find.js";
import { sawActs } from "./talk-saw.js";
import { begin } from "./talk-steps.js";
import "./talk-tree.js";

/** What keys and buttons do on a page with a conversation, by the names in keys.js; `say` shows a short notice. */
export function readTalk(say) {
  return { ...begin(say), ...findActs(), ...sawActs(say) };
}

// The bar over the conversation is one tab stop; arrows go from button to button.
let buttons = [];

function setBarStop(chosen) {
  for (const button of buttons) button.tabIndex = button === chosen ? 0 : -1;
}

function walk(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const next = by && buttons[buttons.indexOf(event.target) + by];
  if (!by) return;
  event.preventDefault();
  next?.focus();
}

eachPage(() => {
  buttons = [...document.querySelectorAll(".talk-bar .jumps button")];
  const bar = buttons[0]?.parentNode;
  bar?.addEventListener("keydown", walk);
  bar?.addEventListener("focusin", (event) => setBarStop(event.target));
  setBarStop(buttons[0]);
});
