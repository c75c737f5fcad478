// The page at hand. On the review screen one session takes the place of another without a page being loaded: <main> is
// replaced, and every module finds its elements anew. Listeners on the document and the window stay, and are added once.

const beginners = [];

/** Calls `begin` now, and again whenever another <main> has taken this one's place; in the order of the imports. */
export function eachPage(begin) {
  beginners.push(begin);
  begin();
}

/** Puts another <main> in the place of the one that stands, and begins anew with it. */
export function replaceMain(main) {
  document.getElementById("main").replaceWith(main);
  htmx.process(main);
  for (const begin of beginners) begin();
  htmx.trigger(main, "htmx:afterSwap"); // local times and the like, as after every swap
}

/** Shows a short notice, where the page has its place for them. */
export function say(text) {
  document.getElementById("status").textContent = text;
}

/** Whether the key belongs to an input method that is composing a sign; Safari tells of the key that ends it only by 229. */
export const composes = (event) => event.isComposing || event.keyCode === 229;
