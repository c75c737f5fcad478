"""JSON as a tree in a real Chromium: made when asked for, of text alone, by keyboard."""

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import Project
from tests.builders import make_session, make_steps
from tests.traces.browser.conftest import Opener
from traces.models import StepKind

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HOSTILE = "<img src=/x onerror=window.ran=1>"


def opened(open_page: Opener, project: Project, result: str) -> Page:
    session = make_session(project)
    make_steps(session, (StepKind.TOOL, {"name": "look_up", "result": result}))
    return open_page(session, "#step-1")


def tree(page: Page) -> Locator:
    page.get_by_role("button", name="As a tree").click()
    return page.get_by_role("tree", name="Answered")


def rows(found: Locator) -> list[str]:
    texts: list[str] = found.get_by_role("treeitem").evaluate_all(
        "all => all.map((row) => [...row.children].map((part) => part.textContent).join(': '))"
    )
    return texts


def test_a_tree_is_walked_by_keyboard(open_page: Opener, project: Project) -> None:
    page = opened(open_page, project, json.dumps({"order": {"id": 7, "items": ["a", "b"]}, "paid": True}))
    found = tree(page)
    assert rows(found) == ["order: 2 fields", "paid: true"]
    found.get_by_role("treeitem").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter", "ArrowDown"):
        page.keyboard.press(key)
    assert rows(found) == ["order: 2 fields", "id: 7", "items: 2 items", "0: a", "1: b", "paid: true"]
    expect(found.get_by_role("treeitem").nth(3)).to_be_focused()
    assert found.get_by_role("treeitem").nth(3).get_attribute("aria-level") == "3"

    # Left leads to what holds it, and closes that; nothing of it stays.
    for key in ("ArrowLeft", "ArrowLeft", "Home", "ArrowLeft", "End"):
        page.keyboard.press(key)
    assert rows(found) == ["order: 2 fields", "paid: true"]
    expect(found.get_by_role("treeitem").last).to_be_focused()
    # Its keys are its own: the page's did nothing meanwhile.
    expect(page.locator("#step-1")).to_have_class("step tool current")


def test_paper_has_the_text_of_what_is_shown_as_a_tree(open_page: Opener, project: Project) -> None:
    page = opened(open_page, project, '{"a": [1]}')
    found = tree(page)
    page.emulate_media(media="print")
    expect(found).to_be_hidden()
    expect(page.locator("#step-1 pre", has_text='"a"')).to_be_visible()


def test_a_tree_takes_the_place_of_the_text_and_gives_it_back(open_page: Opener, project: Project) -> None:
    page = opened(open_page, project, '{"a": [1]}')
    text = page.locator("#step-1 pre", has_text='"a"')
    found = tree(page)
    expect(text).to_be_hidden()
    page.get_by_role("button", name="As a tree").click()
    expect(text).to_be_visible()
    expect(found).to_have_count(0)


def test_a_tree_keeps_numbers_as_they_were_written(open_page: Opener, project: Project) -> None:
    page = opened(open_page, project, '{"order": 12345678901234567890, "price": 1.50, "__proto__": null}')
    assert rows(tree(page)) == ["order: 12345678901234567890", "price: 1.5", "__proto__: null"]


def test_a_tree_runs_nothing(open_page: Opener, project: Project) -> None:
    page = opened(open_page, project, json.dumps({HOSTILE: HOSTILE, "constructor": {"x": [HOSTILE]}}))
    found = tree(page)
    assert rows(found)[0] == f"{HOSTILE}: {HOSTILE}"
    assert page.evaluate("window.ran") is None
    expect(page.locator(".conversation img")).to_have_count(0)


def test_a_tree_of_500_levels_opens_to_the_bottom(open_page: Opener, project: Project) -> None:
    page = opened(open_page, project, '{"deeper": ' * 500 + "1" + "}" * 500)
    found = tree(page)
    found.get_by_role("treeitem").first.focus()
    page.evaluate(
        """() => {
          const press = (key) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
          for (let level = 0; level < 500; level++) { press("ArrowRight"); press("ArrowDown"); }
        }"""
    )
    assert len(rows(found)) == 500
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_tree_shows_the_first_of_very_many(open_page: Opener, project: Project) -> None:
    page = opened(open_page, project, json.dumps(list(range(1200))))
    found = rows(tree(page))
    assert (len(found), found[-1]) == (501, "…: 700 more: see them as text")


LARGE = json.dumps({"rows": [{"n": n, HOSTILE: HOSTILE} for n in range(1, 1_500)], "end": "the last word"})


def test_a_tree_of_what_the_page_cuts_has_all_of_it(open_page: Opener, project: Project) -> None:
    page = opened(open_page, project, LARGE)
    expect(page.locator("#step-1 pre").last).to_contain_text("more characters")
    found = tree(page)
    expect(found.get_by_role("treeitem")).to_have_count(2)
    assert rows(found) == ["rows: 1499 items", "end: the last word"]
    expect(page.locator("#step-1 pre").last).to_be_hidden()
    page.get_by_role("button", name="As a tree").click()
    expect(found).to_have_count(0)
    expect(page.locator("#step-1 pre").last).to_be_visible()


def test_a_tree_whose_words_do_not_come_says_so_and_can_be_asked_for_again(open_page: Opener, project: Project) -> None:
    page = opened(open_page, project, LARGE)
    login = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="As a tree").click()
    again = page.get_by_role("button", name="Not loaded: try again")
    expect(again).to_be_visible()
    page.context.add_cookies(login)  # type: ignore[arg-type]  # what Playwright gives, it takes
    again.click()
    expect(page.get_by_role("tree", name="Answered").get_by_role("treeitem")).to_have_count(2)


def test_what_is_no_json_after_all_says_so(open_page: Opener, project: Project) -> None:
    page = opened(open_page, project, "{not json}")
    page.get_by_role("button", name="As a tree").press("Enter")
    told = page.get_by_role("button", name="Too deep, or no JSON")
    expect(told).to_have_attribute("aria-disabled", "true")
    expect(told).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#step-1 pre", has_text="not json")).to_be_visible()
