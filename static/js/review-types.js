// The field for the failure type: what is near to what is typed, in a list that the arrow keys walk. The last entry
// makes a new type. While nothing is typed, those come first that the note looks like (the server names them beside the
// known issues). Without this script the field is plain, with the browser's own suggestions.

import { composes, eachPage } from "./page.js";
import { form } from "./review-form.js";
import { folded, nearest } from "./review-near.js";

const FIELD = "input[name$='-failure_type']";
const MOST = 7;
let types = [];
let ofName = new Map();
const box = document.createElement("ul");
let input = null;
let at = -1;

box.id = "type-choices";
box.className = "combobox-list";
box.setAttribute("role", "listbox");
box.setAttribute("aria-label", "Failure types");

function typeOf(node) {
  return {
    name: node.value,
    about: [node.dataset.group, node.textContent].filter(Boolean).join(" · "),
    when: node.dataset.when ?? "", // it is the right one
    also: node.dataset.also ? node.dataset.also.split("\n") : [], // names that now lead to it
  };
}

/** The known type of this name, whatever its case, or what it was merged into; undefined where it would be a new one. */
export function known(name) {
  return ofName.get(folded(name))?.name;
}

// The nearest first, each once, by whichever of its names is nearest.
function near(typed) {
  const names = types.flatMap(({ name, also }) => [name, ...also]);
  return new Set(nearest(typed, names).map((name) => ofName.get(folded(name))));
}

// Those that the failure's note looks like, and are offered here.
function fitting(field) {
  const options = [...field.closest("[data-failure]").querySelectorAll("[data-fits] option")];
  return options.map(({ value }) => ofName.get(folded(value))).filter(Boolean);
}

function unasked(field) {
  const fits = fitting(field).map((type) => ({ ...type, about: ["fits your note", type.about].filter(Boolean).join(" · ") }));
  const names = new Set(fits.map(({ name }) => name));
  return [...fits, ...types.filter(({ name }) => !names.has(name))];
}

function prepare(field) {
  if (field.getAttribute("role") === "combobox") return;
  field.removeAttribute("list");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" })) {
    field.setAttribute(name, value);
  }
}

function open(field) {
  close();
  const typed = field.value.trim().replace(/\s+/g, " ");
  const offered = [...(typed ? near(typed) : unasked(field))].slice(0, MOST);
  const rows = offered.map(({ name, about, when }) => entry(name, name, about, when));
  if (typed && !known(typed)) rows.push(entry(typed, `Create “${typed}”`));
  if (!rows.length) return;
  input = field;
  box.replaceChildren(...rows);
  field.after(box);
  field.setAttribute("aria-expanded", "true");
  field.setAttribute("aria-controls", box.id);
  highlight(typed ? 0 : -1);
}

function entry(value, text, about = "", when = "") {
  const row = document.createElement("li");
  row.setAttribute("role", "option");
  row.dataset.value = value;
  row.textContent = text;
  if (about) row.append(" ", small(about, ""));
  if (when) row.append(" ", small(when, "when"));
  return row;
}

function small(text, kind) {
  const node = document.createElement("small");
  node.className = kind;
  node.textContent = text;
  return node;
}

function highlight(index) {
  at = index;
  for (const [number, row] of [...box.children].entries()) {
    row.id = `type-choice-${number}`;
    row.setAttribute("aria-selected", String(number === at));
  }
  if (at < 0) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", box.children[at].id);
  box.children[at].scrollIntoView({ block: "nearest" });
}

function close() {
  if (!input) return;
  box.remove();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-controls");
  input.removeAttribute("aria-activedescendant");
  input = null;
}

// Whoever comes to the empty field sees at once what fits. What comes later changes no list that is being walked.
function offer(field) {
  if (!field.value.trim() && fitting(field).length && !(input && at >= 0)) open(field);
}

function choose(row) {
  const field = input;
  close();
  field.value = row.dataset.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function walk(field, by) {
  if (!input) return open(field);
  const count = box.children.length;
  highlight((Math.max(at, by > 0 ? -1 : 0) + by + count) % count);
}

const KEYS = {
  ArrowDown: (field) => walk(field, 1),
  ArrowUp: (field) => walk(field, -1),
  Enter: () => choose(box.children[at]),
  Escape: close,
};

function pressed(event) {
  if (!event.target.matches(FIELD) || composes(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && !(input && at >= 0)) return;
  if (event.key === "Escape" && !input) return;
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key](event.target);
}

eachPage(() => {
  input = null;
  types = [...document.querySelectorAll("#failure-types option")].map(typeOf);
  ofName = new Map(types.flatMap((type) => [...type.also, type.name].map((name) => [folded(name), type])));
  form.addEventListener("keydown", pressed);
  form.addEventListener("focusin", (event) => {
    if (!event.target.matches(FIELD)) return;
    prepare(event.target);
    offer(event.target);
  });
  form.addEventListener("near", (event) => {
    const field = event.target.querySelector(FIELD);
    if (field === document.activeElement) offer(field);
  });
  form.addEventListener("input", (event) => { if (event.target.matches(FIELD)) open(event.target); });
  form.addEventListener("focusout", (event) => {
    if (!event.target.matches(FIELD)) return;
    close();
    event.target.value = known(event.target.value) ?? event.target.value;
  });
});
// The press must not take the focus from the field.
box.addEventListener("mousedown", (event) => event.preventDefault());
box.addEventListener("click", (event) => { if (event.target !== box) choose(event.target.closest("li")); });
