// Keys of the board and of the proposals inbox: j and k choose a row, Enter opens it, a and d decide on it, u undoes.

// A thousand issues are written once into the page, not once for every proposal.
for (const select of document.querySelectorAll("select[data-options]")) {
  select.append(document.getElementById(select.dataset.options).content.cloneNode(true));
  select.value = select.dataset.chosen ?? "";
}

const items = [...document.querySelectorAll("[data-keys='list'] [data-item]")];
let chosen = -1;

function choose(index) {
  if (!items.length) return;
  items[chosen]?.setAttribute("aria-selected", "false");
  items[chosen]?.classList.remove("chosen");
  chosen = Math.max(0, Math.min(items.length - 1, index));
  const item = items[chosen];
  if (item.tagName === "TR") item.setAttribute("aria-selected", "true");
  item.classList.add("chosen");
  (item.querySelector("[data-open]") ?? item).focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

// As on the review screen, some press keys together with Alt, and some have switched them off.
const use = document.querySelector("[data-keys='list']")?.dataset.use;

function isMeant({ target, isComposing, ctrlKey, metaKey, altKey }) {
  if (use === "off" || isComposing || ctrlKey || metaKey || altKey !== (use === "alt")) return false;
  return !target.closest("input:not([type='checkbox']), textarea, select, [contenteditable], dialog");
}

document.addEventListener("keydown", (event) => {
  if (!isMeant(event)) return;
  if (event.key === "j") choose(chosen + 1);
  else if (event.key === "k") choose(chosen - 1);
  else if (event.key === "a" || event.key === "d") items[chosen]?.querySelector(`[data-key="${event.key}"]`)?.click();
  else if (event.key === "u") document.querySelector(".toast [data-key='u']")?.click();
  else return;
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const item = event.target.closest("[data-item]");
  const index = items.indexOf(item);
  if (index === -1 || index === chosen) return;
  items[chosen]?.classList.remove("chosen");
  items[chosen]?.setAttribute("aria-selected", "false");
  chosen = index;
  item.classList.add("chosen");
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-more]");
  if (!button) return;
  for (const row of button.closest("form").querySelectorAll(".more")) row.classList.remove("more");
  button.remove();
});

// After a decision the keys go on where they were: at the card that the address names, or at the one that was refused.
const refused = items.findIndex((item) => item.hasAttribute("data-refused"));
if (refused !== -1) choose(refused);
else if (location.hash.startsWith("#proposal-")) choose(items.findIndex((item) => `#${item.id}` === location.hash));
