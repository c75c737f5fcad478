// What is done about an issue on its page, by keyboard: each key presses the button, or goes to the field, that the mouse
// would. What the page does not offer has no key.

import { goTo } from "./row-forms.js";

const doing = (act) => document.querySelector(`[data-does='${act}']`);

// What takes words is unfolded and waits for them; the rest is done at once.
function begin(control) {
  if (!control.matches("details")) return control.click();
  control.open = true;
  control.querySelector("input:not([type='hidden'])").focus();
}

const offered = (name, control, act = begin) => control && { [name]: () => act(control) };
const focus = (field) => field.focus();

/** Out of a field, to what it belongs to. */
export function leaveField(field) {
  const summary = field.closest("details")?.querySelector("summary");
  if (summary) summary.focus();
  else goTo(field.closest("section").getAttribute("aria-labelledby"));
}

/** The acts that this page offers, by name. */
export function lifeActs() {
  return {
    ...offered("confirmOpen", doing("triage")),
    ...offered("startWork", doing("take")),
    ...offered("fixIssue", doing("fix")),
    ...offered("ignoreIssue", doing("ignore")),
    ...offered("reopenIssue", doing("reopen") ?? doing("unignore")),
    ...offered("nameIssue", document.getElementById("issue-title"), (field) => { field.focus(); field.select(); }),
    ...offered("giveOwner", document.getElementById("issue-owner"), focus),
    ...offered("rateIssue", document.getElementById("issue-severity"), focus),
    ...offered("sayOnIssue", document.getElementById("say"), focus),
    ...offered("watchIssue", document.getElementById("watch")),
  };
}
