// The keys of the review screen. This one table binds them and makes the sheet that `?` shows.

export const KEYS = [
  { keys: ["1"], shown: "1", does: "Success", act: "success" },
  { keys: ["2"], shown: "2", does: "Failure", act: "failure" },
  { keys: ["3"], shown: "3", does: "Can't tell", act: "unknown" },
  { keys: ["j", "ArrowRight"], shown: "j", does: "Next step", act: "next" },
  { keys: ["k", "ArrowLeft"], shown: "k", does: "Previous step", act: "previous" },
  { keys: ["n"], shown: "n", does: "Next signal: a step where something looks wrong", act: "signal" },
  { keys: ["o"], shown: "o", does: "Open or fold the step", act: "open" },
  { keys: ["x"], shown: "x", does: "It first went wrong at this step", act: "root" },
  { keys: ["s"], shown: "s", does: "It showed at this step", act: "surfaced" },
  { keys: ["w"], shown: "w", does: "Write what went wrong", act: "note" },
  { keys: ["t"], shown: "t", does: "Name the type of failure", act: "type" },
  { keys: ["i"], shown: "i", does: "Choose the known issue that it looks like", act: "issue" },
  { keys: ["v"], shown: "v", does: "Change the severity", act: "severity" },
  { keys: ["a"], shown: "a", does: "Add another failure", act: "another" },
  { keys: ["Enter"], shown: "Enter", does: "Submit and next (Ctrl+Enter while typing)", act: "submit" },
  { keys: ["u"], shown: "u", does: "Undo my last review or skip", act: "undo" },
  { keys: ["z"], shown: "z", does: "Skip this session", act: "skip" },
  { keys: ["?"], shown: "?", does: "Show the keys", act: "keys" },
];

const TYPED_IN = "input:not([type='radio'], [type='checkbox']), textarea, select, [contenteditable]";
const ENTER_MEANS_ITSELF = "a, button, summary";

/** Calls `acts[act]` for the key pressed: never while someone types, composes, or has a dialog open. */
export function bind(acts) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest?.(TYPED_IN);
    if (event.key === "Escape" && typing) acts.leave(typing);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run(event, acts.submit);
    else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) pressed(event, acts);
  });
}

function pressed(event, acts) {
  if (event.key === "Enter" && event.target.closest?.(ENTER_MEANS_ITSELF)) return;
  // Arrows belong to the radio group they are pressed in.
  if (event.key.startsWith("Arrow") && event.target.closest?.("input")) return;
  const entry = KEYS.find(({ keys }) => keys.includes(event.key));
  if (entry) run(event, acts[entry.act]);
}

// A session that has been judged is only read: then most keys have nothing to do.
function run(event, act) {
  if (!act) return;
  event.preventDefault();
  act();
}

/** Fills the sheet from the table. */
export function writeSheet(list) {
  list.replaceChildren(...KEYS.map(({ shown, does }) => {
    const pair = document.createElement("div");
    const term = document.createElement("dt");
    const key = document.createElement("kbd");
    const meaning = document.createElement("dd");
    key.textContent = shown;
    meaning.textContent = does;
    term.append(key);
    pair.append(term, meaning);
    return pair;
  }));
}
