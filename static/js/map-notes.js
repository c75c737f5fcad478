// What people said of failures: fetched when it is wanted, fifty at a time, and put on the page as text and nothing else.

const AT_ONCE = 50;
const MOST_KEPT = 5000;
const known = new Map();

/** The notes of these failures in their order, without those that are gone. */
export async function fetchNotes(url, ids) {
  const missing = ids.filter((id) => !known.has(id));
  if (known.size > MOST_KEPT) known.clear();
  for (let start = 0; start < missing.length; start += AT_ONCE) {
    const answer = await fetch(`${url}?failures=${missing.slice(start, start + AT_ONCE).join(",")}`);
    if (!answer.ok) throw new Error(String(answer.status));
    for (const note of (await answer.json()).notes) known.set(note.failure, note);
  }
  return ids.map((id) => known.get(id)).filter(Boolean);
}

/** Forgets what was fetched: failures have moved. */
export const forget = () => known.clear();

/** A note as it is read beside its point. */
export function writeTip(tip, note) {
  tip.replaceChildren(text("p", "map-note", note.note), text("p", "faint", about(note)));
}

/** A note in the list of those that are chosen, with a box that lets it go. */
export function listEntry(note, letGo) {
  const item = document.createElement("li");
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
  box.addEventListener("change", () => letGo(note.failure, box.checked));
  label.append(box, text("span", "map-note", note.note));
  const where = text("p", "faint", `${about({ ...note, issue: "" })} · `);
  where.append(link(note.url, note.session));
  if (note.issue) where.append(" · ", link(note.issue_url, note.issue));
  item.append(label, where);
  return item;
}

const about = ({ type, severity, workflow, issue }) =>
  [type, severity, workflow, issue].filter(Boolean).join(" · ");

function text(name, className, words) {
  return Object.assign(document.createElement(name), { className, textContent: words });
}

function link(href, words) {
  return Object.assign(document.createElement("a"), { href, textContent: words });
}
