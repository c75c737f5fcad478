// Reading a session by keyboard: j and k go from step to step, n to the next signal, o opens, b shows what is hidden.

const conversation = document.querySelector(".conversation");

const SAID = { root: "first went wrong here", surfaced: "showed here" };

const shown = () => [...conversation.querySelectorAll(".step")].filter((step) => getComputedStyle(step).display !== "none");

function current() {
  return conversation.querySelector(".step.current");
}

function choose(step) {
  if (!step) return;
  current()?.classList.remove("current");
  step.classList.add("current");
  step.focus({ preventScroll: true });
  step.scrollIntoView({ block: "nearest" });
}

function go(direction, wanted = () => true) {
  const steps = shown();
  const here = steps.indexOf(current());
  const ahead = direction > 0 ? steps.slice(here + 1) : steps.slice(0, Math.max(here, 0)).reverse();
  choose(ahead.find(wanted));
}

function toggle(details) {
  if (details) details.open = !details.open;
}

const marked = (step) => step.classList.contains("marked");
const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  n: () => go(1, marked),
  N: () => go(-1, marked),
  o: () => toggle(current()?.querySelector("details")),
  b: () => toggle(conversation.querySelector(".behind")),
  "?": () => document.getElementById("keys").showModal(),
};

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

// A link to a step also opens what it points at.
function follow() {
  const step = document.getElementById(location.hash.slice(1));
  if (!step?.matches(".step")) return;
  choose(step);
  const call = step.querySelector("details.call");
  if (call) call.open = true;
}

// What people said comes in a moment after the page; then their steps are marked as on the review screen.
function markSaid(root) {
  for (const step of conversation.querySelectorAll(".step")) {
    const key = step.dataset.step;
    const said = Object.keys(SAID).filter((what) => [...root.querySelectorAll(`[data-${what}-step]`)].some((node) => node.dataset[`${what}Step`] === key));
    if (!key || !said.length) continue;
    step.classList.remove("hidden-step");
    step.querySelector(".said")?.remove();
    const line = document.createElement("p");
    line.className = "said";
    for (const what of said) {
      step.classList.add(`is-${what}`);
      const words = document.createElement("span");
      words.className = what;
      words.textContent = SAID[what];
      line.append(words);
    }
    step.append(line);
  }
}

if (conversation) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const act = Object.hasOwn(KEYS, event.key) && KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  conversation.addEventListener("focusin", (event) => {
    const step = event.target.closest(".step");
    if (step && step !== current()) {
      current()?.classList.remove("current");
      step.classList.add("current");
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "judgements") markSaid(event.target);
  });
  addEventListener("hashchange", follow);
  follow();
}
