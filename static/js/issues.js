// The inbox of proposals and the page of an issue: choices that many forms share, and lists that are cut until asked for.

// A thousand issues are written once into the page, not once for every proposal.
for (const select of document.querySelectorAll("select[data-options]")) {
  select.append(document.getElementById(select.dataset.options).content.cloneNode(true));
  select.value = select.dataset.chosen ?? "";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-more]");
  if (!button) return;
  for (const row of button.closest("form").querySelectorAll(".more")) row.classList.remove("more");
  button.remove();
});
