"""What axe-core finds wrong with a page for people who hear it, magnify it, or use it without a mouse."""

from typing import Any, Literal

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page, ViewportSize

AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
GRAVE = ("serious", "critical")
WIDE, NARROW = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
ONLY_COLOURS = {"type": "rule", "values": ["color-contrast"]}
# Page.evaluate is the browser's own door for tools: the content security policy stays as strict as it is for people.
RUN = """
async ([within, only]) => {
  const found = await axe.run(within ?? document, {resultTypes: ["violations"], ...(only && {runOnly: only})});
  return found.violations.map(({id, impact, nodes}) => ({id, impact, nodes: nodes.map(({target, failureSummary}) =>
    `${target.join(" ")}: ${failureSummary.replace(/\\s+/g, " ")}`)}));
}
"""
# What is folded is read, too.
UNFOLD = "document.querySelectorAll('details:not(.menu)').forEach((each) => { each.open = true; })"
MENUS = "(open) => document.querySelectorAll('details.menu').forEach((each) => { each.open = open; })"
DIALOGS = "() => [...document.querySelectorAll('dialog:not([open])')].map((each) => each.id)"


def violations(page: Page, within: str | None = None, *, only: dict[str, Any] | None = None) -> list[str]:
    """What is serious or critical on the page, or inside `within` (a selector): one line for each element."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found = page.evaluate(RUN, [within, only])
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
    found += [f"{line} (in the dialog, light)" for line in violations(page, selector, only=ONLY_COLOURS)]
    page.evaluate("(name) => document.getElementById(name).close()", name)
    return found


def look(page: Page, size: ViewportSize, scheme: Literal["light", "dark"]) -> None:
    """Another width of the window, another colour scheme; returns once it is drawn."""
    if page.viewport_size != size:
        page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
