// What the agent saw at a step: asked of the server when somebody wants to know.

import { eachPage } from "./page.js";
import { conversation, currentKey, goTo, stepOfKey } from "./talk-steps.js";

let dialog;
let place;
let news;

function show(step) {
  dialog.querySelector("#saw-title").textContent = `What the agent saw at step ${step.dataset.position}`;
  place.replaceChildren();
  dialog.showModal();
  news.textContent = "Looking …";
  const url = conversation.dataset.sawUrl.replace("/0/saw/", `/${step.dataset.position}/saw/`);
  htmx.ajax("GET", url, { source: place, target: place, swap: "innerHTML" }).catch(() => {}); // the listeners below tell why
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
  news = dialog?.querySelector("[data-saw-news]");
  place?.addEventListener("click", follow);
  place?.addEventListener("htmx:afterSwap", () => { news.textContent = "Put together from what is recorded of this session before this step."; });
  place?.addEventListener("htmx:responseError", () => { news.textContent = "That could not be loaded. Close this and try again."; });
  place?.addEventListener("htmx:sendError", () => { news.textContent = "The server cannot be reached. Close this and try again."; });
});
