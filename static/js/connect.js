// A key made on this page is put into the examples, for as long as the page stays open.
let shown = "YOUR_KEY";

document.addEventListener("htmx:afterSwap", (event) => {
  const fresh = event.target.querySelector("[data-fresh-key]")?.dataset.freshKey;
  if (!fresh) return;
  for (const example of document.querySelectorAll("#ways pre")) {
    example.textContent = example.textContent.replaceAll(shown, fresh);
  }
  shown = fresh;
});
