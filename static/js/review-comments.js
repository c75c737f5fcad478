// Comments on a session or a step, and questions to the lead. What is typed is kept as a draft; what is sent goes by
// way of the outbox, so that neither a closed tab nor a broken network loses a word.

import "./comment-marks.js";
import { eachPage } from "./page.js";
import { offerNames } from "./review-mentions.js";
import { newId, reader, recallAll, remember } from "./review-net.js";
import { drop, keep, kept } from "./review-outbox.js";
import { onTried, send } from "./review-waiting.js";
import { alsoEquip, currentKey, setCurrent, settle as comeToRest, stepOfKey } from "./talk-steps.js";

const EMPTY = { text: "", step: "", for_lead: false };
let place;
let page; // of the session: whoever may read it can open it
let form; // null until it has come, and for who only reads
let draftKey; // of this tab

const drafts = () => `misstep:comment:${reader}:${page}`; // what the keys of all tabs begin with that show this session
const clientId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const values = () => ({ text: form.elements.text.value, step: form.elements.step.value, for_lead: form.elements.for_lead.checked });

function fill({ text, step, for_lead: forLead }) {
  form.elements.text.value = text;
  form.elements.for_lead.checked = forLead;
  about(step);
}

function about(key) {
  const step = stepOfKey(key);
  const link = form.querySelector("[data-about]");
  form.elements.step.value = step ? key : "";
  link.closest(".about-step").hidden = !step;
  if (!step) return;
  link.href = `#${step.id}`;
  link.textContent = `step ${step.dataset.position}`;
}

function saveDraft() {
  return remember(draftKey, values().text.trim() ? values() : null);
}

// What tabs left unsent, one after the other; what two of them have the same, once.
function unsent() {
  const found = recallAll(drafts()).map(([, draft]) => draft);
  return { ...EMPTY, ...found.at(-1), text: [...new Set(found.map(({ text }) => text))].join("\n\n") };
}

// This tab goes on with all of it. Another that is still open keeps its own again with its next letter.
function takeOver() {
  const others = recallAll(drafts()).map(([key]) => key);
  fill(unsent());
  if (saveDraft()) for (const key of others) remember(key, null);
}

function showErrors(errors) {
  const box = form.querySelector("[data-errors]");
  box.replaceChildren(...errors.map(({ message }) => {
    const line = document.createElement("p");
    line.className = "errorlist";
    line.textContent = message;
    return line;
  }));
  form.elements.text.toggleAttribute("aria-invalid", errors.length > 0);
}

const tell = (text) => { form.querySelector("[data-comment-status]").textContent = text; };

function submit(event) {
  event.preventDefault();
  const { text, step, for_lead: forLead } = values();
  if (!text.trim()) {
    showErrors([{ message: "Write something first." }]);
    return form.elements.text.focus();
  }
  const body = new URLSearchParams({ client_id: clientId(), text, step, ...(forLead && { for_lead: "on" }) });
  const url = new URL(form.action).pathname;
  const what = forLead ? "Question to the lead" : "Comment";
  const own = keep({ kind: "comment", url, body: body.toString(), page, where: place.dataset.where, what, said: text, draft: values() });
  fill(EMPTY);
  saveDraft();
  showErrors([]);
  tell("Sending …");
  send({ fresh: own });
}

const ofHere = (entry) => entry.kind === "comment" && entry.page === page;

function settle(sent) {
  if (!form) return;
  const mine = kept().filter(ofHere);
  const refused = mine.find((entry) => entry.refused);
  if (sent.some(ofHere)) {
    tell("Sent.");
    globalThis.htmx.trigger("#comment-list", "refresh");
  } else if (mine.some((entry) => !entry.refused)) {
    tell("Kept on this computer, and sent once the server answers.");
  }
  // What was refused comes back into the field, unless something new stands there: then it stays in the outbox.
  if (!refused || values().text.trim()) return;
  tell("");
  fill(refused.draft);
  saveDraft();
  showErrors(refused.refused);
  drop(refused.id);
}

function open(key, forLead) {
  about(key);
  if (forLead) form.elements.for_lead.checked = true;
  form.elements.text.focus({ preventScroll: true });
  comeToRest(form, () => form.scrollIntoView({ block: "nearest" }));
  if (form.elements.text.value) saveDraft();
}

function equip(tools, step) {
  if (!form || tools.querySelector("[data-tool='comment']")) return;
  const button = document.getElementById("comment-tool").content.firstElementChild.cloneNode(true);
  button.setAttribute("aria-label", `Comment on step ${step.dataset.position}`);
  button.addEventListener("click", () => {
    setCurrent(step);
    open(step.dataset.step, false);
  });
  tools.append(button);
}

function begin() {
  form = place.querySelector(".comment-form");
  if (!form) return;
  takeOver();
  form.addEventListener("submit", submit);
  form.addEventListener("input", () => {
    saveDraft();
    showErrors([]);
    tell("");
  });
  form.addEventListener("change", saveDraft);
  form.querySelector("[data-comment-act='whole']").addEventListener("click", () => {
    about("");
    saveDraft();
    form.elements.text.focus();
  });
  // Before the page's own keys, which would submit the review.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  offerNames(form.elements.text, form.querySelector("datalist"), tell);
  alsoEquip(equip);
  settle([]);
}

// --- where they did not come with the session, as without a network ---

const box = () => place.querySelector("[data-comments]");
const isThere = () => box().querySelector("#comment-list") !== null;

function sayWhy(event) {
  if (event.target !== box()) return;
  const away = event.type !== "htmx:responseError";
  box().firstElementChild.textContent = away ? "Comments come when the connection is back." : "The comments could not be loaded. Load this page again.";
}

function askAgain() {
  if (!isThere() && !box().matches(".htmx-request")) globalThis.htmx.trigger(box(), "again");
}

eachPage(() => {
  form = null;
  place = document.getElementById("comments");
  page = place.dataset.page;
  draftKey = `${drafts()}:${newId()}`;
  place.addEventListener("htmx:afterSwap", (event) => { if (event.target === box()) begin(); });
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) place.addEventListener(name, sayWhy);
});
addEventListener("online", askAgain);
onTried(askAgain);
onTried(settle);

/** What the keys do, by the names in keys.js; `say` is told why nothing happened. */
export function commentActs(say) {
  const act = (forLead) => () => {
    if (form) return open(currentKey(), forLead);
    if (isThere()) return say("Only reviewers can comment.");
    say("The comments are not here yet.");
    askAgain();
  };
  return { comment: act(false), ask: act(true) };
}
