// The list of queues and the page at a queue's end: Enter starts, what is kept is sent, and undo says what it does.

import { handleUndo } from "./review-undo.js";
import { begin } from "./review-waiting.js";

const undone = document.getElementById("undone");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.target.closest("a, button, input, select, textarea, summary, dialog")) return;
  document.querySelector("[data-first]")?.click();
});
handleUndo((text) => { undone.textContent = text; });
begin();
