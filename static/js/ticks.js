// Boxes of a list: Shift ticks all between the last box and this one, or unticks them.

/** `boxes` returns those of the list, in order. Pressing Space with Shift is a click with Shift, too. */
export function tickRanges(boxes) {
  let last = null;
  document.addEventListener("click", (event) => {
    const all = boxes();
    const at = all.indexOf(event.target);
    if (at === -1) return;
    if (event.shiftKey && last) {
      const [from, to] = [all.indexOf(last), at].sort((one, other) => one - other);
      for (const between of all.slice(from, to + 1)) between.checked = event.target.checked;
    }
    last = event.target;
  });
}
