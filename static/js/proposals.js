// The inbox of proposals by keyboard: keys choose one of the list, and decide on it.

import { bindPage } from "./keys.js";
import { walkRows } from "./rows.js";

const items = [...document.querySelectorAll("[data-item]")];
const list = walkRows(items, (item) => item);

const press = (selector) => list.row()?.querySelector(selector)?.click();
const deciding = {
  accept: () => press("[value='accept']"),
  decline: () => press("[value='decline']"),
  undoAct: () => document.querySelector(".toast [data-undo]")?.click(),
  redoAct: () => document.querySelector(".toast [data-redo]")?.click(),
};

bindPage({
  nextRow: list.next,
  previousRow: list.previous,
  ...(document.querySelector("[data-may-decide]") && deciding),
});

// After a decision the keys go on where they were: at the card that the address names, or at the one that was refused.
const refused = items.findIndex((item) => item.hasAttribute("data-refused"));
if (refused !== -1) list.choose(refused);
else if (location.hash.startsWith("#proposal-")) list.choose(items.findIndex((item) => `#${item.id}` === location.hash));
