// What every page needs: local times, the theme, dialogs, toasts, closing menus, the way to the first mistake in a form.

const when = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

function localise(root) {
  for (const node of root.querySelectorAll("time[datetime]:not([data-local])")) {
    const moment = new Date(node.dateTime);
    if (Number.isNaN(moment.valueOf())) continue;
    node.dataset.local = "";
    node.title = absolute.format(moment);
    node.textContent = node.hasAttribute("data-ago") ? ago(moment) : when.format(moment);
  }
}

function ago(moment) {
  const seconds = (moment - Date.now()) / 1000;
  if (Math.abs(seconds) > 14 * 86400) return when.format(moment);
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
  return relative.format(Math.round(seconds / size), unit);
}

function chooseTheme(choice) {
  if (choice === "system") localStorage.removeItem("theme");
  else localStorage.setItem("theme", choice);
  showTheme();
}

function showTheme() {
  const chosen = localStorage.getItem("theme") ?? "system";
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  for (const button of document.querySelectorAll('[data-do="theme"]')) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
}

// Good news goes by itself, but never under the reader's pointer or focus. Errors stay until they are dismissed, and so
// does whatever offers something to do.
const TOAST_MILLISECONDS = 8000;
const LEAVING_TOASTS = '#toasts .success:not([data-leaving], :has(a, button:not([data-do="dismiss"])))';

function letGo(toast) {
  let timer = 0;
  const pause = () => clearTimeout(timer);
  const start = () => {
    pause();
    timer = setTimeout(() => (toast.matches(":hover, :focus-within") ? start() : toast.remove()), TOAST_MILLISECONDS);
  };
  toast.dataset.leaving = "";
  for (const kind of ["mouseenter", "focusin"]) toast.addEventListener(kind, pause);
  for (const kind of ["mouseleave", "focusout"]) toast.addEventListener(kind, start);
  start();
}

// Without https a browser has no clipboard for us: then the text is selected, ready for the reader's own copy key.
async function copy(button, source) {
  getSelection().selectAllChildren(source);
  if (!navigator.clipboard) return;
  await navigator.clipboard.writeText(source.textContent);
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
}

function dismiss(note) {
  const next = (note.nextElementSibling ?? note.previousElementSibling)?.querySelector('[data-do="dismiss"]');
  note.remove();
  (next ?? document.getElementById("main")).focus({ preventScroll: true });
}

function tell(text) {
  const toasts = document.getElementById("toasts");
  if ([...toasts.children].some(({ firstElementChild }) => firstElementChild.textContent === text)) return;
  const toast = document.createElement("div");
  const button = document.createElement("button");
  toast.className = "toast error";
  toast.dataset.dismissable = "";
  Object.assign(button, { type: "button", className: "button plain small", textContent: "×", ariaLabel: "Dismiss" });
  button.dataset.do = "dismiss";
  toast.append(Object.assign(document.createElement("span"), { textContent: text }), button);
  toasts.append(toast);
}

// What somebody wanted done and was not is said. What a page only looks up is the page's own to say.
function tellFailed({ detail: { xhr, requestConfig } }) {
  if (requestConfig.verb === "get") return;
  const isSaid = xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
  tell(isSaid ? xhr.responseText : `That was not done: ${whyNot(xhr.status)}`);
}

// A login gives new tokens: what a page brings from before is refused with 403, whoever may do what.
function whyNot(status) {
  if (!status) return "the server cannot be reached. Try again.";
  return status === 403 ? "someone has logged in since this page was opened. Load it again." : `the server answered ${status}.`;
}

for (const kind of ["htmx:responseError", "htmx:sendError"]) document.addEventListener(kind, tellFailed);

// Whoever was logged out meanwhile keeps the page and what is written there; the login is no part of it.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (new URL(detail.xhr.responseURL || location).pathname !== document.body.dataset.login) return;
  detail.shouldSwap = false;
  tell("You have been logged out. Log in again in another tab.");
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do]");
  if (target?.dataset.do === "theme") chooseTheme(target.value);
  if (target?.dataset.do === "dismiss") dismiss(target.closest("[data-dismissable]"));
  if (target?.dataset.do === "open") document.getElementById(target.dataset.target).showModal();
  if (target?.dataset.do === "copy") copy(target, document.getElementById(target.dataset.target));
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Before a page's own keys: Escape closes the open menu and does nothing else.
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  event.stopImmediatePropagation();
  menu.open = false;
  menu.querySelector("summary").focus();
}, { capture: true });

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

function prepare(root) {
  localise(root);
  root.querySelector('form [aria-invalid="true"]')?.focus();
  for (const toast of document.querySelectorAll(LEAVING_TOASTS)) letGo(toast);
}

document.addEventListener("DOMContentLoaded", () => {
  prepare(document);
  showTheme();
});
// Another tab of the same reader chose.
window.addEventListener("storage", showTheme);
document.addEventListener("htmx:afterSwap", (event) => prepare(event.target));

// A part of the page that is put in anew takes what had the focus with it. Then the part itself gets it: the next Tab goes
// on from there, not from the top. htmx by itself keeps it only where what had it has an id.
let held = null;

document.addEventListener("htmx:beforeSwap", ({ detail: { target, shouldSwap } }) => {
  const isWithin = shouldSwap && target?.contains(document.activeElement) && document.activeElement !== document.body;
  held = isWithin ? { target, id: target.id, around: target.parentElement } : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!held || document.activeElement !== document.body) return;
  const place = held.target.isConnected ? held.target : document.getElementById(held.id) ?? held.around;
  if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
  held = null;
});
