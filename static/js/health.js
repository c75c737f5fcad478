// The facts come anew by themselves, but never under the reader's hands, and are read out only when the news is other news.
const facts = document.getElementById("facts");
const said = document.getElementById("said");

const isBusy = () =>
  document.hidden || facts.contains(document.activeElement) || facts.querySelector("details[open]") ||
  (!getSelection().isCollapsed && facts.contains(getSelection().anchorNode));

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === facts && isBusy()) event.preventDefault();
});

let mood = facts.querySelector("[data-mood]").dataset.mood;
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== facts) return;
  const verdict = facts.querySelector("[data-mood]");
  if (verdict.dataset.mood !== mood) said.textContent = verdict.innerText;
  mood = verdict.dataset.mood;
});
