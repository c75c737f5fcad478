// Two texts for one session, from two tabs or two computers: both are shown, and the reader takes one.

import { eachPage } from "./page.js";
import { said } from "./review-said.js";

let dialog;

/** Asks; true when the reader takes `there`. Neither is lost before they have said so: Escape does not answer. */
export function takesOther(here, there) {
  dialog.querySelector("[data-text='here']").textContent = said(here);
  dialog.querySelector("[data-text='there']").textContent = said(there);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "there"), { once: true });
  });
}

eachPage(() => {
  dialog = document.getElementById("choose-dialog");
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  // A browser closes on the second Escape whatever a page says.
  dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") event.preventDefault(); });
});
