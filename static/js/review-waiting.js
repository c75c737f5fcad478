// What the outbox holds, said in words on every page of review, and sent again until the server has it.

import { eachPage } from "./page.js";
import { drop, flush, isSafe, kept, waiting } from "./review-outbox.js";

const RETRY_MS = 4000;
const SETTLED_MS = 1000; // a decision that another tab sends without trouble is no news
const TOLD = "misstep:told";
let words;
let tools;
let list;
let blank;
const listeners = [];
let timer = null;
let reason = "";
let news = [];
let listed = "[]";

eachPage(() => {
  words = document.getElementById("outbox");
  const box = words.parentNode;
  tools = box.querySelector("[data-kept]");
  list = box.querySelector(".kept");
  blank = box.querySelector("template");
  listed = "[]";
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-kept-act]");
    if (button) acts[button.dataset.keptAct](button);
  });
});

/** Calls `listener(sent)` with what the server took, whenever something was tried, or another tab changed something. */
export function onTried(listener) {
  listeners.push(listener);
}

/** Sends what waits. `fresh` is the entry that the page has just made: no news while all goes well. */
export async function send({ again = false, fresh = "" } = {}) {
  clearTimeout(timer);
  const { sent, reason: why } = await flush({ again });
  reason = why;
  const late = sent.filter(({ id }) => id !== fresh);
  const told = sent.map(({ answer }) => answer.told).filter(Boolean);
  if (sent.length) news = [...(late.length ? [`${count(late, "kept ")} ${late.length > 1 ? "were" : "was"} sent.`] : []), ...told];
  for (const listener of listeners) listener(sent);
  show();
  if (waiting().length) timer = setTimeout(send, RETRY_MS);
  return sent;
}

/** Takes the news along to the page that the reader is being led to. */
export function carry() {
  try {
    if (news.length) sessionStorage.setItem(TOLD, JSON.stringify(news));
  } catch { /* forbidden: then it is not told */ }
}

/** Sends what earlier pages left, and tells what they had to say. */
export function begin() {
  try {
    news = JSON.parse(sessionStorage.getItem(TOLD)) ?? [];
    sessionStorage.removeItem(TOLD);
  } catch { /* forbidden */ }
  show();
  return waiting().length ? send() : [];
}

/** "2 reviews and 1 skip"; `which` stands before the first kind. */
export function count(entries, which = "") {
  const kinds = ["review", "skip", "comment"].map((kind) => [kind, entries.filter((entry) => entry.kind === kind).length]);
  const parts = kinds.filter(([, number]) => number).map(([kind, number], index) => `${number} ${index ? "" : which}${kind}${number > 1 ? "s" : ""}`);
  return parts.join(" and ");
}

/** Says what is kept now. */
export function show() {
  const all = kept();
  const text = [...news, ...stateOf(all)].join(" ");
  if (words.textContent !== text) words.textContent = text;
  const isHeld = tools.contains(document.activeElement);
  tools.hidden = !all.length;
  // Whoever reads or copies there is not to lose their place with every try.
  if (listed !== JSON.stringify(all)) fill(all);
  if (isHeld && !all.length) words.focus();
  else if (isHeld && !tools.contains(document.activeElement)) tools.querySelector("summary").focus();
}

function fill(all) {
  listed = JSON.stringify(all);
  list.replaceChildren(...all.map(row));
  // What was refused is of a session that was left already: here is the way back to it.
  if (all.some((entry) => entry.refused)) list.parentNode.open = true;
}

function stateOf(all) {
  const unsent = all.filter((entry) => !entry.refused);
  const refused = all.filter((entry) => entry.refused);
  return [
    unsent.length && `${count(unsent)} ${unsent.length > 1 ? "wait" : "waits"} on this computer until the server answers. ${reason}`.trim(),
    !isSafe() && "This browser keeps nothing for us: leave this page open.",
    refused.length && `${count(refused)} ${refused.length > 1 ? "were" : "was"} refused by the server, and kept here to be read, copied or changed.`,
  ].filter(Boolean);
}

function row(entry) {
  const node = blank.content.cloneNode(true).firstElementChild;
  const say = (name, text) => { node.querySelector(`[data-say="${name}"]`).textContent = text; };
  say("what", entry.what);
  say("where", entry.where);
  say("said", entry.said);
  say("refused", (entry.refused ?? []).map(({ message }) => message).join(" "));
  node.querySelector("[data-say='refused']").hidden = !entry.refused;
  node.querySelector("[data-say='said']").id = `kept-${entry.id}`;
  node.querySelector("[data-do='copy']").dataset.target = `kept-${entry.id}`;
  node.querySelector("time").dateTime = entry.at;
  node.querySelector("time").textContent = new Date(entry.at).toLocaleTimeString([], { timeStyle: "short" });
  node.querySelector("a").href = entry.page;
  // What waits may have reached the server already: it cannot be taken back here.
  node.querySelector("[data-kept-act='discard']").hidden = !entry.refused;
  node.dataset.entry = entry.id;
  return node;
}

const acts = {
  send: () => send({ again: true }),
  discard: (button) => {
    if (!confirm("Discard it? What you wrote there is then gone.")) return;
    drop(button.closest("[data-entry]").dataset.entry);
    show();
  },
};

addEventListener("online", () => { if (waiting().length) send(); });
let settling = null;
addEventListener("storage", ({ key }) => {
  if (key !== null && !key.startsWith("misstep:outbox:")) return;
  clearTimeout(settling);
  settling = setTimeout(() => {
    for (const listener of listeners) listener([]);
    show();
    if (waiting().length) send();
  }, SETTLED_MS);
});
