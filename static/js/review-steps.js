// The steps on the review screen: which of them the failures name, and the buttons that say so.

import { hint } from "./keys.js";
import { eachPage } from "./page.js";
import { alsoEquip, outlineOf, setCurrent, stepOfKey } from "./talk-steps.js";

export { currentKey, goTo } from "./talk-steps.js";

const LABELS = { root: "first went wrong here", surfaced: "showed here" };
let named;

eachPage(() => { named = { root: new Set(), surfaced: new Set() }; });

/** Puts two more buttons on every step. `choose(what, key)` is told which was pressed. */
export function addTools(choose) {
  alsoEquip((tools, step) => {
    tools.prepend(...Object.keys(LABELS).map((what) => markButton(what, step, choose)));
    paint(step);
  });
}

function markButton(what, step, choose) {
  const label = LABELS[what];
  const button = document.createElement("button");
  button.type = "button";
  button.className = `button small ${what}`;
  button.dataset.mark = what;
  button.setAttribute("aria-pressed", String(named[what].has(step.dataset.step)));
  button.setAttribute("aria-label", `Step ${step.dataset.position} ${label}`);
  button.textContent = label;
  button.title = label + hint(what);
  button.addEventListener("click", () => {
    setCurrent(step);
    choose(what, step.dataset.step);
  });
  return button;
}

function paint(step) {
  const key = step.dataset.step;
  for (const [what, keys] of Object.entries(named)) {
    step.classList.toggle(`is-${what}`, keys.has(key));
    step.querySelector(`[data-mark="${what}"]`)?.setAttribute("aria-pressed", String(keys.has(key)));
    outlineOf(key)?.classList.toggle(`is-${what}`, keys.has(key));
  }
}

/** Shows which steps the failures name: sets of keys. */
export function showMarks(root, surfaced) {
  const touched = [...named.root, ...named.surfaced, ...root, ...surfaced];
  named = { root, surfaced };
  for (const key of new Set(touched)) {
    const step = stepOfKey(key);
    if (step) paint(step);
  }
}
