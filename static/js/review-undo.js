// Undo needs the server. What was decided last and still waits goes there first; else undo would take back another one.

import { eachPage } from "./page.js";
import { post, Unreachable } from "./review-net.js";
import { waiting } from "./review-outbox.js";
import { count, onTried, send } from "./review-waiting.js";

const MOST = 20;
let forms = [];
let isUnderWay = false;
let tell = () => {};
let newest = ""; // what was decided last, as far as this document knows

eachPage(() => {
  forms = [...document.querySelectorAll("form[data-undo]")];
  for (const form of forms) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      undo(form);
    });
  }
  tellNewest(); // a page that was kept ready may have been made before that decision
});

/** Handles every undo of the page; `say(text)` is told what happens. */
export function handleUndo(say) {
  tell = say;
}

async function undo(form) {
  if (isUnderWay) return;
  isUnderWay = true;
  try {
    tell(await whyNot(form));
  } finally {
    isUnderWay = false;
  }
}

async function whyNot(form) {
  if (waiting().length) await send();
  const left = waiting();
  if (left.length) return `Nothing was undone: ${count(left)} must reach the server first. Undo again once the server answers.`;
  try {
    const body = new URLSearchParams(new FormData(form));
    body.delete("csrfmiddlewaretoken");
    const { status, data } = await post(form.action, body);
    if (status !== 200) return data.errors[0].message;
    location.assign(data.next);
    return "Undone";
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return `${error.message} Undo again once the server answers: it takes back one decision, however often you press.`;
  }
}

// What was sent meanwhile is newer than what the page knew.
onTried((sent) => {
  newest = sent.map(({ answer }) => answer.decision).findLast(Boolean) ?? newest;
  tellNewest();
});

function tellNewest() {
  for (const form of newest ? forms : []) if (form.elements.decision) undoes(form, newest);
}

// The page says how many there were when it was made.
function undoes(form, decision) {
  const button = form.querySelector("[type='submit']");
  const left = form.querySelector(".left");
  if (left && form.elements.decision.value !== decision) left.textContent = `(${Math.min(parseInt(left.textContent.slice(1), 10) + 1, MOST)} left)`;
  form.elements.decision.value = decision;
  button.disabled = false;
  button.title = "Takes back your newest decision";
}
