// A list of which one row is chosen: by keys, or by where the focus goes.

/** `focusOf` names what in a row takes the focus. Returns the ways to choose, and to ask which row is chosen. */
export function walkRows(rows, focusOf) {
  let chosen = -1;

  function choose(index) {
    if (!rows.length) return;
    mark(Math.max(0, Math.min(rows.length - 1, index)));
    focusOf(rows[chosen]).focus({ preventScroll: true });
    rows[chosen].scrollIntoView({ block: "nearest" });
  }

  function mark(index) {
    show(rows[chosen], false);
    chosen = index;
    show(rows[chosen], true);
  }

  document.addEventListener("focusin", (event) => {
    const index = rows.indexOf(event.target.closest("[data-item]"));
    if (index !== -1 && index !== chosen) mark(index);
  });

  return {
    choose,
    next: () => choose(chosen + 1),
    previous: () => choose(chosen - 1),
    at: () => chosen,
    row: () => rows[chosen],
  };
}

function show(row, isChosen) {
  row?.classList.toggle("chosen", isChosen);
  if (row?.matches("tr")) row.setAttribute("aria-selected", String(isChosen));
}
