// Names behind an @: a list that the arrow keys walk, while a comment is typed.

import { composes } from "./page.js";
import { folded } from "./review-near.js";

const MOST = 6;
const BEFORE = /(?:^|[\s(])@([^@\n]{0,60})$/; // what is typed behind the @ that the caret stands at

/** Offers the options of `datalist` behind an @ in the `field`; `tell` says to who cannot see it how many there are. */
export function offerNames(field, datalist, tell) {
  const people = [...datalist.options].map(({ value, dataset, textContent }) => ({ handle: value, name: dataset.name, email: textContent }));
  const box = document.createElement("ul");
  let at = -1;

  box.id = "comment-names";
  box.className = "combobox-list";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "People");
  for (const [name, value] of Object.entries({ "aria-autocomplete": "list", "aria-haspopup": "listbox" })) field.setAttribute(name, value);

  const typed = () => BEFORE.exec(field.value.slice(0, field.selectionStart))?.[1];
  const isOpen = () => box.isConnected;

  function near(text) {
    const words = folded(text);
    const begins = ({ name, email }) => [name, ...name.split(/\s+/), email].some((part) => folded(part).startsWith(words));
    return people.filter(begins).slice(0, MOST);
  }

  function show() {
    const text = typed();
    const found = text === undefined ? [] : near(text);
    if (!found.length) return close();
    box.replaceChildren(...found.map(row));
    if (!isOpen()) {
      field.after(box);
      field.setAttribute("aria-controls", box.id);
    }
    tell(found.length === 1 ? "One person: Enter takes it" : `${found.length} people: arrow keys choose, Enter takes one`);
    highlight(0);
  }

  function row({ handle, name, email }, place) {
    const node = document.createElement("li");
    const small = document.createElement("small");
    node.id = `comment-name-${place}`;
    node.setAttribute("role", "option");
    node.dataset.handle = handle;
    node.textContent = name;
    small.textContent = email;
    if (name !== email) node.append(" ", small);
    return node;
  }

  function highlight(place) {
    at = place;
    for (const [number, node] of [...box.children].entries()) node.setAttribute("aria-selected", String(number === at));
    field.setAttribute("aria-activedescendant", box.children[at].id);
  }

  function close() {
    if (!isOpen()) return;
    box.remove();
    tell("");
    field.removeAttribute("aria-controls");
    field.removeAttribute("aria-activedescendant");
  }

  function take(node) {
    const end = field.selectionStart;
    field.setRangeText(`${node.dataset.handle} `, end - typed().length, end, "end");
    close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close(); // what stands there now may be the beginning of another name
  }

  const walk = (by) => highlight((at + by + box.children.length) % box.children.length);
  const KEYS = {
    ArrowDown: () => walk(1),
    ArrowUp: () => walk(-1),
    Enter: () => take(box.children[at]),
    Tab: () => take(box.children[at]),
    Escape: close,
  };

  field.addEventListener("keydown", (event) => {
    if (!isOpen() || composes(event) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (!Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  field.addEventListener("input", show);
  field.addEventListener("focusout", close);
  // The press must not take the focus from the field.
  box.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("click", (event) => { if (event.target !== box) take(event.target.closest("li")); });
}
