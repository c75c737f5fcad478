// Forms that change what a page shows, and lead back to it: Enter does what stands beside a field, and the next page goes
// on where the hand was.

import { composes } from "./page.js";

const PLACE = "misstep:place";

/** A form of several buttons is sent by its first one: in a field Enter means the button that the field names. */
export function pressOnEnter() {
  document.addEventListener("keydown", (event) => {
    const field = event.key === "Enter" && !composes(event) && event.target.closest?.("[data-enter]");
    if (!field) return;
    event.preventDefault();
    document.querySelector(field.dataset.enter).click();
  });
}

/** Gives the focus to a part of the page, by its id, and shows it from its beginning. */
export function goTo(id) {
  const part = document.getElementById(id);
  if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
  part.focus();
  part.scrollIntoView({ block: "start" });
}

/**
 * What has the focus is gone with the page that had it: after a form with `data-goes-on` the next page gives it to the part
 * that this names, else to the row that was chosen. Not by the address: a browser goes there late, and takes the focus
 * away again.
 */
export function goOn(rows, list) {
  document.addEventListener("submit", ({ target }) => {
    const { goesOn } = target.dataset;
    if (goesOn !== undefined) sessionStorage.setItem(PLACE, goesOn || String(list.at()));
  });
  const place = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (place === null) return;
  if (/^\d+$/.test(place) && rows.length) list.choose(Number(place));
  else if (document.getElementById(place)) goTo(place);
  else document.getElementById("main").focus({ preventScroll: true });
}
