// What the agent saw at a step: asked of the server when somebody wants to know.

import { eachPage } from "./page.js";
import { conversation, currentKey, goTo, stepOfKey } from "./talk-steps.js";

let dialog;
let place;

function show(step) {
  const waiting = document.createElement("p");
  waiting.className = "faint";
  waiting.textContent = "Looking …";
  place.replaceChildren(waiting);
  dialog.showModal();
  const url = conversation.dataset.sawUrl.replace("/0/saw/", `/${step.dataset.position}/saw/`);
  htmx.ajax("GET", url, { target: place, swap: "innerHTML" });
}

export function sawActs(say) {
  const saw = () => {
    const step = stepOfKey(currentKey());
    if (step) show(step);
    else say("Go to a step first: click one.");
  };
  return { saw };
}

// A link to one of the messages leads there, out of the dialog.
function follow(event) {
  const link = event.target.closest("a[href^='#step-']");
  if (!link) return;
  event.preventDefault();
  dialog.close();
  goTo(document.getElementById(link.hash.slice(1)));
}

eachPage(() => {
  dialog = document.getElementById("saw");
  place = dialog?.querySelector("[data-saw]");
  conversation?.addEventListener("click", (event) => {
    if (event.target.closest("[data-tool='saw']")) show(event.target.closest(".step"));
  });
  place?.addEventListener("click", follow);
  // What failed on the way is said where the answer would stand.
  dialog?.addEventListener("htmx:responseError", () => { place.textContent = "That could not be loaded. Close this and try again."; });
  dialog?.addEventListener("htmx:sendError", () => { place.textContent = "The server cannot be reached. Close this and try again."; });
});
