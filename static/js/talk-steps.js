// Moving through a conversation: from step to step, to the next signal, error or message of the user; links to steps.

import { eachPage } from "./page.js";

export let conversation;
export let all;
let places;
let byKey;
let entries;
let behind;
let tools;
const INSIDE = "a, button, summary";
const HIDDEN = ".hidden-step:not(:target)";
const SETTLED_AFTER = 12; // frames
const STILL_FOR = 3; // frames: what comes near is laid out in the one after the next
const equippers = [];
let current = null;
let say = () => {};

// --- which step is the current one ---

// The conversation is one tab stop, however long: its current step and what is inside that; the outline another.
function setTabStop(step, is) {
  step.tabIndex = is ? 0 : -1;
  for (const node of step.querySelectorAll(INSIDE)) node.tabIndex = is && step === current ? 0 : -1;
}

function setOutlineStop(entry) {
  const before = document.querySelector(".outline [data-for] a[tabindex='0']");
  if (before) before.tabIndex = -1;
  if (entry) entry.querySelector("a").tabIndex = 0;
}

const isShown = (step) => behind?.open || !step.matches(HIDDEN);

export function currentKey() {
  return current?.dataset.step ?? "";
}

export function stepOfKey(key) {
  return byKey.get(key) ?? null;
}

export function outlineOf(key) {
  return entries.get(key) ?? null;
}

export function setCurrent(step) {
  if (step === current) return;
  const before = current ?? all.find((each) => each.tabIndex === 0);
  current?.classList.remove("current");
  entries.get(currentKey())?.removeAttribute("aria-current");
  current = step;
  step.classList.add("current");
  equip(step);
  if (before) setTabStop(before, false);
  setTabStop(step, true);
  const entry = entries.get(step.dataset.step);
  if (!entry) return;
  entry.setAttribute("aria-current", "step");
  entry.scrollIntoView({ block: "nearest" });
  setOutlineStop(entry);
}

// --- going there ---

/** Does `scroll` again until the steps around, which are laid out only now, push its target away no more. */
export function settle(target, scroll) {
  let frames = SETTLED_AFTER;
  let still = 0;
  let before = NaN;
  const again = () => {
    scroll();
    const { top } = target.getBoundingClientRect();
    still = Math.abs(top - before) < 1 ? still + 1 : 0;
    if (still === STILL_FOR || !frames--) return;
    before = top;
    requestAnimationFrame(again);
  };
  again();
}

/** Shows a step that stands behind the scenes. */
export function reveal(step) {
  if (!isShown(step)) step.classList.remove("hidden-step");
}

export function goTo(step) {
  if (!step) return false;
  reveal(step);
  setCurrent(step);
  step.focus({ preventScroll: true });
  settle(step, () => {
    if (step === current) step.scrollIntoView({ block: step.offsetHeight > innerHeight * 0.6 ? "start" : "center" });
  });
  return true;
}

function nearest(by, from, wanted) {
  for (let place = from; place >= 0 && place < all.length; place += by) if (wanted(all[place])) return all[place];
  return null;
}

export function move(by) {
  const from = current ? places.get(current) + by : by > 0 ? 0 : all.length - 1;
  goTo(nearest(by, from, isShown) ?? current);
}

/** The next step that matches, round the end to the first one; false where none does. */
function jump(selector, by = 1) {
  const wanted = (step) => isShown(step) && step.matches(selector);
  const from = current ? places.get(current) + by : by > 0 ? 0 : all.length - 1;
  return goTo(nearest(by, from, wanted) ?? nearest(by, by > 0 ? 0 : all.length - 1, wanted));
}

/** Opens or folds the current step: a call's details, or a long text. */
export function toggle() {
  const details = current?.querySelector("details.call, details.more");
  if (details) details.open = !details.open;
}

/** Opens all of a step that is folded. */
export function unfold(step) {
  reveal(step);
  for (const details of step.querySelectorAll("details.call, details.more")) details.open = true;
}

/** Back from a field to the step that was being read. */
export function focusCurrent() {
  goTo(current ?? nearest(1, 0, isShown));
}

// --- links to steps ---

/** The address of a step on its session's own page, which whoever may read the session can open. */
function linkTo(step) {
  return new URL(`${conversation.dataset.sessionUrl}#${step.id}`, location.href).href;
}

async function copyLink(step) {
  if (!step) return say("Go to a step first: click one.");
  const link = linkTo(step);
  try {
    await navigator.clipboard.writeText(link);
    say(`The link to step ${step.dataset.position} is copied.`);
  } catch { // without https a browser has no clipboard for us
    say(link);
  }
}

// A link to a step opens what it points at, and whoever comes by it reads on from there.
function follow() {
  const step = /^#step-\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (!step || !places.has(step)) return;
  goTo(step);
  unfold(step);
}

// --- the buttons of a step ---

/**
 * `equipper(tools, step)` puts more buttons among a step's tools before anybody can see them. It is named again, on a
 * page where it could not do so at once, when it can: it finds tools, too, that have its buttons already.
 */
export function alsoEquip(equipper) {
  if (!equippers.includes(equipper)) equippers.push(equipper);
  for (const own of conversation?.querySelectorAll(".step-tools") ?? []) {
    equipper(own, own.parentNode);
    setStops(own, own.parentNode);
  }
}

function setStops(own, step) {
  for (const button of own.children) button.tabIndex = step === current ? 0 : -1;
}

function equip(step) {
  if (!tools || step.querySelector(":scope > .step-tools")) return;
  const own = tools.cloneNode(true);
  for (const button of own.children) button.setAttribute("aria-label", `${button.title}, step ${step.dataset.position}`);
  for (const equipper of equippers) equipper(own, step);
  setStops(own, step);
  step.append(own);
}

// Thousands of steps get their buttons when they come near; the first ones at once.
const comingNear = new IntersectionObserver((stretches) => {
  for (const { target } of stretches.filter((each) => each.isIntersecting)) {
    comingNear.unobserve(target);
    for (const step of target.children) equip(step);
  }
});

/** What keys and buttons do on every page that shows a conversation; `tell` is told what there is to say. */
export function begin(tell) {
  say = tell;
  eachPage(() => {
    equipWhatComesNear();
    follow();
  });
  const to = (selector, nothing, by) => () => jump(selector, by) || say(nothing);
  return {
    next: () => move(1),
    previous: () => move(-1),
    signal: to(".marked, .failed, .suspect", "No step has a signal."),
    signalBefore: to(".marked, .failed, .suspect", "No step has a signal.", -1),
    error: to(".failed, .suspect", "No step failed."),
    turn: to(".user", "The user says nothing here."),
    first: () => goTo(nearest(1, 0, isShown)),
    last: () => goTo(nearest(-1, all.length - 1, isShown)),
    open: toggle,
    behind: () => { if (behind) behind.open = !behind.open; },
    link: () => copyLink(current),
    leave: focusCurrent,
  };
}

function choose(event) {
  const link = event.target.closest("a[href^='#step-']");
  if (!link) return;
  event.preventDefault();
  goTo(document.getElementById(link.hash.slice(1)));
}

// Up and down walk the outline; Enter follows the link.
function walk(event) {
  const by = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  if (!by) return;
  event.preventDefault();
  const row = event.target.closest("[data-for]")[by];
  if (!row) return;
  setOutlineStop(row);
  row.querySelector("a").focus();
}

function clicked(event) {
  const step = event.target.closest(".step");
  if (event.target.closest("[data-tool='link']")) copyLink(step);
  // The same link again changes no address, and would do nothing.
  const link = event.target.closest("a[href^='#step-']");
  if (link?.hash === location.hash) follow();
}

function equipWhatComesNear() {
  comingNear.disconnect();
  const [first, ...others] = conversation?.querySelectorAll(".stretch") ?? [];
  for (const step of first?.children ?? []) equip(step);
  for (const stretch of others) comingNear.observe(stretch);
}

function setStopsOfAll() {
  const first = nearest(1, 0, isShown);
  for (const step of all) setTabStop(step, step === first);
  for (const entry of entries.values()) entry.querySelector("a").tabIndex = -1;
  setOutlineStop([...entries.values()][0]);
}

document.addEventListener("focusin", (event) => {
  const step = event.target.closest?.(".conversation .step");
  if (step) setCurrent(step);
});
addEventListener("hashchange", follow);

eachPage(() => {
  current = null;
  conversation = document.querySelector(".conversation");
  all = conversation ? [...conversation.querySelectorAll(".step")] : [];
  places = new Map(all.map((step, place) => [step, place]));
  byKey = new Map(all.map((step) => [step.dataset.step, step]));
  entries = new Map([...document.querySelectorAll(".outline [data-for]")].map((node) => [node.dataset.for, node]));
  behind = conversation?.querySelector(".behind");
  tools = document.getElementById("step-tools")?.content.firstElementChild;
  document.querySelector(".outline")?.addEventListener("click", choose);
  document.querySelector(".outline ol")?.addEventListener("keydown", walk);
  conversation?.addEventListener("click", clicked);
  setStopsOfAll();
});
