// The board and the inbox of proposals by keyboard: keys choose one of the list, and open it or decide on it.

import { bindPage } from "./keys.js";

const items = [...document.querySelectorAll("[data-item]")];
let chosen = -1;

function choose(index) {
  if (!items.length) return;
  mark(Math.max(0, Math.min(items.length - 1, index)));
  const item = items[chosen];
  (item.querySelector("[data-open]") ?? item).focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

function mark(index) {
  show(items[chosen], false);
  chosen = index;
  show(items[chosen], true);
}

function show(item, isChosen) {
  item?.classList.toggle("chosen", isChosen);
  if (item?.matches("tr")) item.setAttribute("aria-selected", String(isChosen));
}

const press = (selector) => items[chosen]?.querySelector(selector)?.click();
const deciding = {
  accept: () => press("[value='accept']"),
  decline: () => press("[value='decline']"),
  reopen: () => document.querySelector(".toast [data-reopen]")?.click(),
};

bindPage({
  nextRow: () => choose(chosen + 1),
  previousRow: () => choose(chosen - 1),
  openRow: () => press("[data-open]"),
  ...(document.querySelector("[data-may-decide]") && deciding),
});

document.addEventListener("focusin", (event) => {
  const index = items.indexOf(event.target.closest("[data-item]"));
  if (index !== -1 && index !== chosen) mark(index);
});

// After a decision the keys go on where they were: at the card that the address names, or at the one that was refused.
const refused = items.findIndex((item) => item.hasAttribute("data-refused"));
if (refused !== -1) choose(refused);
else if (location.hash.startsWith("#proposal-")) choose(items.findIndex((item) => `#${item.id}` === location.hash));
