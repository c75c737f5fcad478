// Moving through the conversation, and marking the steps where it went wrong.

const all = [...document.querySelectorAll(".conversation .step")];
const entries = new Map([...document.querySelectorAll(".outline [data-for]")].map((node) => [node.dataset.for, node]));
const LABELS = { root: ["first went wrong here", "x"], surfaced: ["showed here", "s"] };
const INSIDE = "a, button, summary";
let current = null;

// The conversation is one tab stop, however long: its current step and what is inside that; the outline another.
function setTabStop(step, is) {
  step.tabIndex = is ? 0 : -1;
  for (const node of step.querySelectorAll(INSIDE)) node.tabIndex = is && step === current ? 0 : -1;
}

function setOutlineStop(entry) {
  for (const other of entries.values()) other.querySelector("a").tabIndex = other === entry ? 0 : -1;
}

function visible() {
  return all.filter((step) => getComputedStyle(step).display !== "none");
}

export function currentKey() {
  return current?.dataset.step ?? "";
}

function setCurrent(step) {
  if (step === current) return;
  const before = current ?? all.find((each) => each.tabIndex === 0);
  current?.classList.remove("current");
  entries.get(current?.dataset.step)?.removeAttribute("aria-current");
  current = step;
  step.classList.add("current");
  if (before) setTabStop(before, false);
  setTabStop(step, true);
  const entry = entries.get(step.dataset.step);
  if (!entry) return;
  entry.setAttribute("aria-current", "step");
  entry.scrollIntoView({ block: "nearest" });
  setOutlineStop(entry);
}

export function goTo(step) {
  if (!step) return;
  setCurrent(step);
  step.focus({ preventScroll: true });
  step.scrollIntoView({ block: step.offsetHeight > innerHeight * 0.6 ? "start" : "center" });
}

export function move(by) {
  const steps = visible();
  const at = steps.indexOf(current);
  goTo(at < 0 ? steps[by > 0 ? 0 : steps.length - 1] : steps[Math.min(steps.length - 1, Math.max(0, at + by))]);
}

/** The next step with a signal or an error, round the end to the first one. */
export function nextSignal() {
  const marked = visible().filter((step) => step.matches(".marked, .failed, .suspect"));
  const at = current ? all.indexOf(current) : -1;
  goTo(marked.find((step) => all.indexOf(step) > at) ?? marked[0]);
  return marked.length;
}

/** Opens or folds the current step: a call's details, or a long text. */
export function toggle() {
  const details = current?.querySelector("details.call, details.more");
  if (details) details.open = !details.open;
}

/** Back from a field to the step that was being read. */
export function focusCurrent() {
  const step = current ?? visible()[0];
  if (step) goTo(step);
}

/** Puts the two buttons on every step. `choose(what, key)` is told which was pressed. */
export function addTools(choose) {
  for (const step of all) {
    const tools = document.createElement("div");
    tools.className = "step-tools";
    for (const [what, [label, key]] of Object.entries(LABELS)) {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = step === current ? 0 : -1;
      button.className = `button small ${what}`;
      button.dataset.mark = what;
      button.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-label", `Step ${step.dataset.position} ${label}`);
      button.textContent = label;
      button.title = `${label} (${key})`;
      button.addEventListener("click", () => {
        setCurrent(step);
        choose(what, step.dataset.step);
      });
      tools.append(button);
    }
    step.append(tools);
  }
}

/** Shows which steps the failures name. */
export function showMarks(roots, surfaced) {
  for (const step of all) {
    const named = { root: roots.has(step.dataset.step), surfaced: surfaced.has(step.dataset.step) };
    for (const [what, is] of Object.entries(named)) {
      step.classList.toggle(`is-${what}`, is);
      step.querySelector(`[data-mark="${what}"]`)?.setAttribute("aria-pressed", String(is));
      entries.get(step.dataset.step)?.classList.toggle(`is-${what}`, is);
    }
  }
}

document.querySelector(".outline")?.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#step-']");
  if (!link) return;
  event.preventDefault();
  goTo(document.getElementById(link.hash.slice(1)));
});
// Up and down walk the outline; Enter follows the link.
document.querySelector(".outline ol")?.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const rows = [...entries.values()];
  const row = rows[rows.indexOf(event.target.closest("[data-for]")) + by];
  if (!row) return;
  setOutlineStop(row);
  row.querySelector("a").focus();
});
document.addEventListener("focusin", (event) => {
  const step = event.target.closest?.(".conversation .step");
  if (step) setCurrent(step);
});

for (const step of all) setTabStop(step, step === visible()[0]);
setOutlineStop([...entries.values()][0]);
