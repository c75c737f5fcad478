// The list of sessions: one box ticks all of the page; Shift ticks all between the last box and this one.

const boxes = () => [...document.querySelectorAll('input[name="session"]')];
let last = null;

document.addEventListener("click", (event) => {
  const box = event.target.closest('input[name="session"]');
  if (!box) return;
  const all = boxes();
  if (event.shiftKey && last) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", (event) => {
  const every = document.querySelector("[data-tick-all]");
  if (event.target === every) for (const box of boxes()) box.checked = every.checked;
  const ticked = boxes().filter((box) => box.checked).length;
  every.checked = ticked > 0 && ticked === boxes().length;
  every.indeterminate = ticked > 0 && !every.checked;
});
