// The list of queues, one queue, and the page at its end: a key starts, what is kept is sent, and undo says what it does.

import { handleUndo } from "./review-undo.js";
import { begin } from "./review-waiting.js";
import "./start.js";

const undone = document.getElementById("undone");

handleUndo((text) => { undone.textContent = text; });
begin();
