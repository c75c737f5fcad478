"""What axe-core finds wrong with a page for people who hear it, magnify it, or use it without a mouse."""

from typing import Literal

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page, ViewportSize

AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
GRAVE = ("serious", "critical")
WIDE, NARROW = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
# Contrast is most of what axe computes. It follows from the colours of a text and of what is behind it, so that of the
# texts that are alike in these, such as the rows of a list, a few tell what all would: the first, one in the middle and
# the last, for something else may lie over one of them. Of a text of one letter or sign axe cannot tell.
SAMPLES = """
(roots) => {
  const grounds = new Map([[null, ""]]), alike = new Map(), seen = new Set();
  for (const root of roots) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) if (texts.currentNode.data.trim()) take(texts.currentNode.parentElement);
    root.querySelectorAll("input, select, textarea").forEach(take);
  }
  return [...alike.values()].flatMap((each) => [...new Set([each[0], each[each.length >> 1], each.at(-1)])]);
  function take(element) {
    if (!element || seen.has(element) || !element.checkVisibility()) return;
    seen.add(element);
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(element), {localName, className} = element;
    const said = [...element.childNodes].map((node) => (node.nodeType === Node.TEXT_NODE ? node.data : "")).join("");
    const tells = /[\\p{L}\\p{N}].*[\\p{L}\\p{N}]/su.test(said);
    const isOff = element.closest(":disabled, [aria-disabled='true']") || element.closest("label")?.control?.disabled;
    const off = Boolean(isOff);
    const key = [ground(element), color, fontSize, fontWeight, textShadow, localName, className, off, tells].join(" ");
    if (!alike.has(key)) alike.set(key, []);
    alike.get(key).push(element);
  }
  function ground(element) {
    if (!grounds.has(element)) grounds.set(element, ground(element.parentElement) + own(element));
    return grounds.get(element);
  }
  function own(element) {
    const {backgroundColor, backgroundImage, opacity, filter, position} = getComputedStyle(element);
    const shows = backgroundColor !== "rgba(0, 0, 0, 0)" || backgroundImage !== "none";
    const place = /absolute|fixed|sticky/.test(position) ? `${element.localName}.${element.className}` : "";
    const seen = shows || place || opacity !== "1" || filter !== "none";
    return seen ? `>${[backgroundColor, backgroundImage, opacity, filter, place].join()}` : "";
  }
}
"""
# Page.evaluate is the browser's own door for tools: the content security policy stays as strict as it is for people.
RUN = """
async ([within, colours]) => {
  const found = [], run = async (where, options) => {
    found.push(...(await axe.run(where, {resultTypes: ["violations"], ...options})).violations);
  };
  if (!colours) await run(within ?? document, {rules: {"color-contrast": {enabled: false}}});
  const include = (SAMPLES)(within ? document.querySelectorAll(within) : [document.body]);
  if (include.length) await run({include}, {runOnly: {type: "rule", values: ["color-contrast"]}});
  return found.map(({id, impact, nodes}) => ({id, impact, nodes: nodes.map(({target, failureSummary}) =>
    `${target.join(" ")}: ${failureSummary.replace(/\\s+/g, " ")}`)}));
}
""".replace("SAMPLES", SAMPLES)
# What is folded is read, too.
UNFOLD = "document.querySelectorAll('details:not(.menu)').forEach((each) => { each.open = true; })"
MENUS = "(open) => document.querySelectorAll('details.menu').forEach((each) => { each.open = open; })"
DIALOGS = "() => [...document.querySelectorAll('dialog:not([open])')].map((each) => each.id)"


def violations(page: Page, within: str | None = None, *, only_colours: bool = False) -> list[str]:
    """What is serious or critical on the page, or inside `within` (a selector): one line for each element."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found = page.evaluate(RUN, [within, only_colours])
    return [f"{each['id']} at {node}" for each in found if each["impact"] in GRAVE for node in each["nodes"]]


def violations_in_every_look(page: Page) -> list[str]:
    """The same, wide and light, then narrow and dark, with all that folds unfolded, and with each dialog open."""
    page.evaluate(UNFOLD)
    look(page, WIDE, "light")
    found = [f"{line} (wide, light)" for line in violations(page)]
    look(page, NARROW, "dark")
    page.evaluate(MENUS, True)
    found += [f"{line} (narrow, dark, menus open)" for line in violations(page)]
    page.evaluate(MENUS, False)
    for name in page.evaluate(DIALOGS):
        found += violations_in_dialog(page, name)
    return found


def violations_in_dialog(page: Page, name: str) -> list[str]:
    """Those inside a dialog, opened for the look, in both colour schemes."""
    selector = f"#{name}"
    page.evaluate("(name) => document.getElementById(name).showModal()", name)
    found = [f"{line} (in the dialog)" for line in violations(page, selector)]
    look(page, WIDE, "light")
    found += [f"{line} (in the dialog, light)" for line in violations(page, selector, only_colours=True)]
    page.evaluate("(name) => document.getElementById(name).close()", name)
    return found


def look(page: Page, size: ViewportSize, scheme: Literal["light", "dark"]) -> None:
    """Another width of the window, another colour scheme; returns once it is drawn."""
    if page.viewport_size != size:
        page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
