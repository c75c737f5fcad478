// What is chosen on the map: how many, what they say, and the forms that make an issue of them or move them.

import { fetchNotes, listEntry } from "./map-notes.js";

const SHOWN = 50;
const NOTHING = "Nothing is chosen yet. Draw around points, click one, or choose a group.";
const place = (name) => document.getElementById(name);
const [count, list, more, acts] = ["map-count", "map-list", "map-more", "map-acts"].map(place);
let shown = 0;
let turn = 0;

const clientId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Shows what is chosen. `letGo(failure, isChosen)` is called when a box of the list is unticked or ticked again. */
export function showChosen(map, url, letGo) {
  const ids = [...map.chosen].map((point) => map.points.ids[point]);
  count.textContent = ids.length ? `${ids.length.toLocaleString()} failure${ids.length === 1 ? "" : "s"}: ${whence(map)}` : NOTHING;
  fillForms(map, ids);
  list.replaceChildren();
  shown = 0;
  turn += 1;
  more.onclick = () => showMore(ids, url, letGo, turn);
  more.hidden = true;
  if (ids.length) showMore(ids, url, letGo, turn);
}

/** Only the count and the forms: the list stays as it is, with what was unticked. */
export function recount(map) {
  const ids = [...map.chosen].map((point) => map.points.ids[point]);
  count.textContent = ids.length ? `${ids.length.toLocaleString()} failure${ids.length === 1 ? "" : "s"}: ${whence(map)}` : NOTHING;
  fillForms(map, ids);
}

// Such as "8 in ISS-3 Token expired, 4 in no issue": the three most common, then how many more.
function whence({ chosen, points }) {
  const counts = new Map();
  for (const point of chosen) {
    const issue = points.columns.issue[point];
    counts.set(issue, (counts.get(issue) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  const words = sorted.slice(0, 3).map(([issue, number]) => `${number.toLocaleString()} in ${points.names.issue[issue] ?? "no issue"}`);
  return [...words, ...(sorted.length > 3 ? [`the rest in ${sorted.length - 3} more`] : [])].join(", ");
}

function fillForms(map, ids) {
  if (!acts) return;
  acts.hidden = !ids.length;
  for (const form of acts.querySelectorAll("form")) {
    form.elements.failures.value = ids.join(",");
    form.elements.client_id.value = clientId();
    form.elements.overrule.value = "";
  }
  const isPart = isPartOfOne(map);
  place("map-make-label").textContent = isPart ? "Split them off as an issue, called" : "Make an issue of them, called";
  acts.querySelector(".primary").textContent = isPart ? "Split off" : "Make issue";
}

// Whether all of them are in one issue, and others stay in it.
function isPartOfOne({ chosen, points }) {
  const issues = points.columns.issue;
  const [first] = chosen;
  if (first === undefined || issues[first] < 0) return false;
  for (const point of chosen) if (issues[point] !== issues[first]) return false;
  return issues.some((issue, point) => issue === issues[first] && !chosen.has(point));
}

async function showMore(ids, url, letGo, mine) {
  const next = ids.slice(shown, shown + SHOWN);
  let notes;
  try {
    notes = await fetchNotes(url, next);
  } catch {
    count.textContent += " – what they say could not be fetched. Choose them again.";
    return;
  }
  if (mine !== turn) return; // something else was chosen meanwhile
  shown += next.length;
  list.append(...notes.map((note) => listEntry(note, letGo)));
  more.hidden = shown >= ids.length;
  more.textContent = `Show ${Math.min(SHOWN, ids.length - shown)} more`;
}
