// The list of queues and the page at a queue's end: Enter starts, and kept reviews are sent.

import { flush, pending } from "./review-net.js";

const RETRY_MS = 5000;
const notice = document.getElementById("outbox");

function show(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

async function sendKept() {
  if (!pending().length) return;
  const { sent, left, refused } = await flush();
  const parts = [];
  if (sent) parts.push(`${sent} kept ${sent === 1 ? "review was" : "reviews were"} sent.`);
  if (refused) parts.push(`${refused} kept ${refused === 1 ? "review was" : "reviews were"} refused: open the session again, your draft is there.`);
  if (left) parts.push(`${left} ${left === 1 ? "review waits" : "reviews wait"} on this computer until the server answers.`);
  show(parts.join(" "));
  if (left) setTimeout(sendKept, RETRY_MS);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.target.closest("a, button, input, select, textarea, summary, dialog")) return;
  document.querySelector("[data-first]")?.click();
});
addEventListener("online", sendKept);
sendKept();
