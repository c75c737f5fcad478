// The list of disagreements: Enter begins with the worst.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.target.closest("a, button, input, select, summary")) return;
  document.querySelector("[data-first]")?.click();
});
