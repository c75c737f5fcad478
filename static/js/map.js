// The map of all failures: what is seen, coloured, in focus and chosen, and the keys for all of it.

import { bindPage } from "./keys.js";
import { recount, showChosen } from "./map-chosen.js";
import { draw, radiusOf } from "./map-draw.js";
import { readColours, writeLegend } from "./map-legend.js";
import { fetchNotes, forget, writeTip } from "./map-notes.js";
import { listen } from "./map-pointer.js";
import { decode, groupsBy, inside, nearest, towards } from "./map-points.js";
import { View } from "./map-view.js";

const place = (name) => document.getElementById(name);
const [root, frame, canvas, tip, by] = ["map", "map-frame", "map-canvas", "map-tip", "map-by"].map(place);
const REACH = 10; // pixels around a point in which it is meant
const STEP = 1.4;
const NOTE_AFTER = 80; // ms: who sweeps over points does not ask for all of them
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const map = {
  view: new View(),
  points: decode({ failures: [], x: [], y: [], issue: [], type: [], workflow: [], issues: [], types: [], workflows: [], missing: 0 }),
  of: [], groups: [], hidden: new Set(), chosen: new Set(), focus: -1, shape: [], screenX: [], screenY: [],
  placeOf: (point) => ({ x: map.points.x[point], y: map.points.y[point] }),
};
let colours = readColours(root);
let isLasso = false;
let corner = -1; // the point at which a rectangle of the keyboard began
let waiting = 0;
let asked = 0;

const isShown = (point) => !map.hidden.has(map.of[point]);

function redraw() {
  waiting ||= requestAnimationFrame(() => {
    waiting = 0;
    draw(canvas, map, colours);
  });
}

async function load() {
  const kept = new Set([...map.chosen].map((point) => map.points.ids[point]));
  const focused = map.points.ids[map.focus];
  try {
    const answer = await fetch(root.dataset.points);
    if (!answer.ok) throw new Error(String(answer.status));
    map.points = decode(await answer.json());
  } catch {
    place("map-status").textContent = "The points could not be fetched. Load the page again.";
    return;
  }
  const { count, ids, missing } = map.points;
  map.screenX = new Float32Array(count);
  map.screenY = new Float32Array(count);
  map.chosen = new Set(ids.flatMap((id, point) => (kept.has(id) ? [point] : [])));
  map.focus = focused === undefined ? -1 : ids.indexOf(focused);
  const more = missing ? `; ${missing.toLocaleString()} newer ${missing === 1 ? "one is" : "ones are"} not on it yet` : "";
  place("map-status").textContent = `${count.toLocaleString()} failure${count === 1 ? "" : "s"}${more}.`;
  colour();
  chosenChanged();
}

function colour() {
  const off = new Set([...map.hidden].map((group) => map.groups[group].name));
  Object.assign(map, groupsBy(map.points, by.value));
  map.hidden = new Set(map.groups.flatMap(({ name }, group) => (off.has(name) ? [group] : [])));
  writeLegend(place("map-legend"), map.groups, map.hidden, { toggled, chosen: (group) => choose(pointsOf(group)) });
  redraw();
}

function toggled(group, isOn) {
  if (isOn) map.hidden.delete(group);
  else map.hidden.add(group);
  redraw();
}

const pointsOf = (group) => map.points.ids.flatMap((_, point) => (map.of[point] === group ? [point] : []));

function choose(points, adds = false) {
  map.chosen = new Set(adds ? [...map.chosen, ...points] : points);
  chosenChanged();
}

function toggle(point) {
  if (point < 0) return;
  if (!map.chosen.delete(point)) map.chosen.add(point);
  chosenChanged();
}

function chosenChanged() {
  showChosen(map, root.dataset.notes, letGo);
  redraw();
}

function letGo(failure, isChosen) {
  const point = map.points.ids.indexOf(failure);
  if (isChosen) map.chosen.add(point);
  else map.chosen.delete(point);
  recount(map);
  redraw();
}

// --- what a point says ---------------------------------------------------------------------------------------------

function focusOn(point) {
  if (point === map.focus) return;
  map.focus = point;
  redraw();
  tip.hidden = true;
  clearTimeout(asked);
  if (point >= 0) asked = setTimeout(() => tell(point), NOTE_AFTER);
}

async function tell(point) {
  const [note] = await fetchNotes(root.dataset.notes, [map.points.ids[point]]).catch(() => []);
  if (!note || map.focus !== point) return;
  writeTip(tip, note);
  tip.hidden = false;
  // Whoever goes by keys hears it, too; under a mouse that sweeps over many points nobody wants to.
  if (document.activeElement === canvas) place("map-said").textContent = tip.innerText;
  moveTip();
}

// Beside the point, on the side where there is room.
function moveTip() {
  if (tip.hidden) return;
  const { x, y } = map.view.toScreen(map.placeOf(map.focus));
  const { width, height } = map.view;
  const left = x + 14 + tip.offsetWidth > width ? x - 14 - tip.offsetWidth : x + 14;
  tip.style.left = `${Math.max(4, Math.min(left, width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${Math.max(4, Math.min(y + 10, height - tip.offsetHeight - 4))}px`;
}

function at(screen) {
  const reach = (REACH + radiusOf(map.points.count, map.view.zoom)) / map.view.scale;
  return nearest(map.points, map.view.toMap(screen), reach, isShown);
}

// --- moving and drawing around -------------------------------------------------------------------------------------

function moved() {
  moveTip();
  redraw();
}

function zoom(factor, screen) {
  map.view.zoomAt(factor, screen);
  moved();
}

function outline(screens) {
  map.shape = screens.map((screen) => map.view.toMap(screen));
  redraw();
}

function take(corners, adds) {
  map.shape = [];
  choose(inside(map.points, corners, isShown), adds);
}

listen(canvas, {
  moved: (dx, dy) => { map.view.pan(dx, dy); moved(); },
  zoomed: zoom,
  hovered: (screen) => { if (corner < 0) focusOn(screen ? at(screen) : -1); },
  clicked: (screen, adds) => { const point = at(screen); if (adds) toggle(point); else choose(point < 0 ? [] : [point]); focusOn(point); },
  drawing: outline,
  drew: (screens, adds) => take(screens.map((screen) => map.view.toMap(screen)), adds),
}, () => isLasso);

function setLasso(isOn) {
  isLasso = isOn;
  place("map-lasso").setAttribute("aria-pressed", String(isOn));
  canvas.classList.toggle("lasso", isOn);
}

// --- by keyboard ---------------------------------------------------------------------------------------------------

const middle = () => nearest(map.points, map.view.toMap({ x: map.view.width / 2, y: map.view.height / 2 }), 4, isShown);

function step(direction) {
  const next = map.focus < 0 ? middle() : towards(map.points, map.focus, direction, isShown);
  if (next < 0) return;
  map.view.show(map.placeOf(next));
  focusOn(next);
  if (corner >= 0) stretch();
}

function rectangle() {
  if (corner >= 0) {
    const corners = map.shape;
    setCorner(-1);
    take(corners, false);
    return;
  }
  if (map.focus < 0) focusOn(middle());
  if (map.focus < 0) return;
  canvas.focus();
  setCorner(map.focus);
  stretch();
}

function setCorner(point) {
  corner = point;
  if (point < 0) map.shape = [];
  place("map-rectangle").setAttribute("aria-pressed", String(point >= 0));
}

// A little larger than the two points, so that they are inside.
function stretch() {
  const [a, b] = [map.placeOf(corner), map.placeOf(map.focus)];
  const edge = 3 / map.view.scale;
  const [left, right] = [Math.min(a.x, b.x) - edge, Math.max(a.x, b.x) + edge];
  const [top, bottom] = [Math.min(a.y, b.y) - edge, Math.max(a.y, b.y) + edge];
  map.shape = [{ x: left, y: top }, { x: right, y: top }, { x: right, y: bottom }, { x: left, y: bottom }];
  redraw();
}

function escape() {
  if (corner >= 0) setCorner(-1);
  else if (isLasso) setLasso(false);
  else choose([]);
  redraw();
}

canvas.addEventListener("keydown", (event) => {
  const direction = ARROWS[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (direction && event.shiftKey) { map.view.pan(-direction[0] * 60, -direction[1] * 60); moved(); }
  else if (direction) step(direction);
  else if (event.key === "Escape") escape();
  else if (event.key === "Enter" || event.key === " ") { if (corner >= 0) rectangle(); else toggle(map.focus); }
  else return;
  event.preventDefault();
});
canvas.addEventListener("focus", () => { if (map.focus < 0 && canvas.matches(":focus-visible")) focusOn(middle()); });

bindPage({
  mapIn: () => zoom(STEP),
  mapOut: () => zoom(1 / STEP),
  mapAll: () => { map.view.fit(); moved(); },
  mapColour: () => { by.selectedIndex = (by.selectedIndex + 1) % by.options.length; by.dispatchEvent(new Event("change")); },
  mapPoint: () => toggle(map.focus),
  mapLasso: () => setLasso(!isLasso),
  mapRectangle: rectangle,
  ...(place("map-acts") && {
    mapMake: () => place("map-title").focus(),
    mapMove: () => place("map-issue").focus(),
    mapUndo: () => document.querySelector("#map-done [data-undo]")?.click(),
  }),
});

by.addEventListener("change", () => {
  const address = new URL(location);
  address.searchParams.set("by", by.value);
  history.replaceState(null, "", address);
  colour();
});

// --- what was done with them ---------------------------------------------------------------------------------------

let last = null; // the form that was sent last: it is sent again to overrule

document.addEventListener("submit", ({ target }) => { if (target.matches(".map-act")) last = target; });
document.addEventListener("click", ({ target }) => {
  if (!target.matches("[data-overrule]") || !last) return;
  last.elements.overrule.value = "on";
  last.requestSubmit();
});
// What is refused is said where what was done is said.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "map-done" || detail.xhr.status !== 422) return;
  detail.shouldSwap = true;
  detail.isError = false;
});
document.addEventListener("map-changed", () => {
  for (const form of document.querySelectorAll(".map-act")) form.reset();
  forget();
  load();
});

// --- the frame -----------------------------------------------------------------------------------------------------

new ResizeObserver(() => {
  const ratio = devicePixelRatio || 1;
  Object.assign(map.view, { width: frame.clientWidth, height: frame.clientHeight });
  Object.assign(canvas, { width: Math.round(frame.clientWidth * ratio), height: Math.round(frame.clientHeight * ratio) });
  draw(canvas, map, colours);
  moveTip();
}).observe(frame);

function recolour() {
  colours = readColours(root);
  redraw();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["data-theme"] });

load();
