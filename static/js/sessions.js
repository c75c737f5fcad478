// The list of sessions: one box ticks all of the page; Shift ticks all between the last box and this one.

import { tickRanges } from "./ticks.js";

const boxes = () => [...document.querySelectorAll('input[name="session"]')];
tickRanges(boxes);

document.addEventListener("change", (event) => {
  const every = document.querySelector("[data-tick-all]");
  if (event.target === every) for (const box of boxes()) box.checked = every.checked;
  const ticked = boxes().filter((box) => box.checked).length;
  every.checked = ticked > 0 && ticked === boxes().length;
  every.indeterminate = ticked > 0 && !every.checked;
});
