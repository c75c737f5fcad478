// The page of one session: the same keys as on the review screen, as far as they are for reading.

import { bindPage } from "./keys.js";
import { say } from "./page.js";
import { commentActs } from "./review-comments.js";
import * as outbox from "./review-waiting.js";
import { readTalk } from "./talk.js";
import { conversation, reveal, stepOfKey } from "./talk-steps.js";

const SAID = { root: "first went wrong here", surfaced: "showed here" };
const reading = readTalk(say);

// What people said comes in a moment after the page; then their steps are marked as on the review screen.
function markSaid(root) {
  const said = new Map();
  for (const what of Object.keys(SAID)) {
    for (const node of root.querySelectorAll(`[data-${what}-step]`)) {
      const step = stepOfKey(node.dataset[`${what}Step`]);
      if (step) said.set(step, (said.get(step) ?? new Set()).add(what));
    }
  }
  for (const [step, what] of said) mark(step, what);
}

function mark(step, said) {
  reveal(step);
  step.querySelector(".said")?.remove();
  const line = document.createElement("p");
  line.className = "said";
  for (const what of said) {
    step.classList.add(`is-${what}`);
    const words = document.createElement("span");
    words.className = what;
    words.textContent = SAID[what];
    line.append(words);
  }
  step.append(line);
}

// Without steps there is nothing to read, but something to say.
bindPage({ ...(conversation ? reading : { leave: (field) => field.blur() }), ...commentActs(say) });
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "judgements") markSaid(event.target);
});
await outbox.begin();
