"""The map of all failures in a real Chromium: chosen by mouse and by keyboard, coloured, placed, and placed back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import Project, User
from annotate.models import Failure
from issues.models import Issue, IssueMembership
from tests.accessibility import violations_in_every_look
from tests.browsing import log_in
from tests.builders import make_failure_type
from tests.hostile.corpus import CORPUS, storable
from tests.issues.makers import draw_map, make_issue, make_told

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Three to the left, two to the right, one far below.
PLACES = [(-0.8, -0.4), (-0.71, -0.45), (-0.6, -0.4), (0.6, -0.5), (0.8, -0.4), (0.0, 0.8)]
LEFT = [(-0.95, -0.7), (-0.4, -0.7), (-0.4, -0.2), (-0.95, -0.2)]
ALL = [(-0.99, -0.99), (0.99, -0.99), (0.99, 0.99), (-0.99, 0.99)]
COLOUR_AT = """
(canvas, [x, y]) => {
  const ratio = canvas.width / canvas.clientWidth;
  return [...canvas.getContext("2d").getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data].join();
}
"""


@pytest.fixture(autouse=True)
def nothing_is_regrouped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.actions._ringing.ring", lambda *_, **__: None)


@pytest.fixture
def failures(project: Project, lead: User) -> list[Failure]:
    kind = make_failure_type(project, "Invented")
    found = [
        make_told(project, lead, f"failure {number}", failure_type=kind if number > 2 else None)
        for number in range(len(PLACES))
    ]
    draw_map(project, dict(zip(found, PLACES, strict=True)))
    return found


@pytest.fixture
def issue(failures: list[Failure], lead: User) -> Issue:
    """Of the first to the right."""
    return make_issue(failures[3], lead, "Invents a fee")


@pytest.fixture
def page(chromium: Browser, live_server: Any, lead: User, issue: Issue) -> Iterator[Page]:
    """The map with its points; fails at the end if a script of the page failed."""
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1300, "height": 900})
    log_in(context, lead, live_server.url)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    page.goto(reverse("failure_map", args=["acme"]))
    expect(page.locator("#map-status")).to_have_text("6 failures.")
    yield page
    assert errors == []
    context.close()


def canvas(page: Page) -> Locator:
    return page.get_by_role("application", name="Map of failures")


def on_screen(page: Page, place: tuple[float, float]) -> tuple[float, float]:
    """Where a place of the map lies when all of it is shown, from the canvas's corner."""
    box = canvas(page).bounding_box()
    assert box is not None
    scale = min(box["width"], box["height"]) / 2 * 0.94
    return box["width"] / 2 + place[0] * scale, box["height"] / 2 + place[1] * scale


def go_to(page: Page, place: tuple[float, float]) -> None:
    box = canvas(page).bounding_box()
    assert box is not None
    x, y = on_screen(page, place)
    page.mouse.move(box["x"] + x, box["y"] + y, steps=3)


def lasso(page: Page, corners: list[tuple[float, float]], *keys: str) -> None:
    for key in keys:
        page.keyboard.down(key)
    go_to(page, corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        go_to(page, corner)
    page.mouse.up()
    for key in keys:
        page.keyboard.up(key)


def expect_chosen(page: Page, words: str, *notes: str) -> None:
    expect(page.locator("#map-count")).to_have_text(words)
    expect(page.locator("#map-list .map-note")).to_have_text(list(notes))


def test_lasso_chooses_what_is_inside(page: Page) -> None:
    lasso(page, LEFT, "Shift")
    expect_chosen(page, "3 failures: 3 in no issue", "failure 0", "failure 1", "failure 2")
    page.get_by_role("button", name="Lasso").click()
    lasso(page, [(0.4, -0.7), (0.95, -0.7), (0.95, -0.2), (0.4, -0.2)], "Control")
    expect(page.locator("#map-count")).to_have_text("5 failures: 4 in no issue, 1 in ISS-1 Invents a fee")
    lasso(page, [(0.4, -0.7), (0.95, -0.7), (0.95, -0.2), (0.4, -0.2)])
    expect_chosen(page, "2 failures: 1 in ISS-1 Invents a fee, 1 in no issue", "failure 3", "failure 4")
    page.get_by_role("button", name="Lasso").click()
    go_to(page, (0.0, 0.2))
    page.mouse.down()
    page.mouse.up()
    expect_chosen(page, "Nothing is chosen yet. Draw around points, click one, or choose a group.")


def test_point_says_what_it_is_under_the_mouse_and_is_chosen_by_a_click(page: Page) -> None:
    go_to(page, PLACES[3])
    tip = page.locator("#map-tip")
    expect(tip).to_contain_text("failure 3")
    expect(tip).to_contain_text("Invented")
    expect(tip).to_contain_text("ISS-1 Invents a fee")
    page.mouse.down()
    page.mouse.up()
    expect_chosen(page, "1 failure: 1 in ISS-1 Invents a fee", "failure 3")
    go_to(page, (0.0, 0.2))
    expect(tip).to_be_hidden()


def test_dragging_and_the_wheel_move_the_map(page: Page) -> None:
    go_to(page, (0.0, 0.8))
    page.mouse.wheel(0, -1000)
    page.mouse.down()
    page.mouse.up()
    expect_chosen(page, "1 failure: 1 in no issue", "failure 5")
    go_to(page, (0.3, 0.3))
    page.mouse.down()
    go_to(page, (-0.3, -0.3))
    page.mouse.up()
    go_to(page, PLACES[5])
    expect(page.locator("#map-tip")).to_be_hidden()
    page.get_by_role("button", name="Show all").click()
    go_to(page, PLACES[1])
    expect(page.locator("#map-tip")).to_contain_text("failure 1")


def test_colours_follow_the_choice_and_stand_in_the_address(page: Page) -> None:
    legend = page.locator("#map-legend .map-name")
    expect(legend).to_have_text(["ISS-1 Invents a fee", "In no issue"])
    middle = list(on_screen(page, PLACES[4]))
    before = canvas(page).evaluate(COLOUR_AT, middle)
    page.get_by_label("Colour by").select_option("Failure type")
    expect(legend).to_have_text(["Invented", "Without a type"])
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?by=type")
    page.wait_for_timeout(100)
    assert canvas(page).evaluate(COLOUR_AT, middle) != before
    page.keyboard.press("Escape")
    canvas(page).focus()
    page.keyboard.press("c")
    expect(legend).to_have_text(["refunds", "Without a workflow"])
    page.keyboard.press("c")
    expect(legend).to_have_text(["New", "In no issue"])
    page.reload()
    expect(page.get_by_label("Colour by")).to_have_value("state")


def test_what_the_legend_hides_is_not_chosen(page: Page) -> None:
    page.get_by_role("checkbox", name="In no issue").uncheck()
    lasso(page, ALL, "Shift")
    expect_chosen(page, "1 failure: 1 in ISS-1 Invents a fee", "failure 3")
    page.get_by_role("button", name="Choose all of In no issue").click()
    expect(page.locator("#map-list li")).to_have_count(5)
    page.locator("#map-list").get_by_role("checkbox").first.uncheck()
    expect(page.locator("#map-count")).to_have_text("4 failures: 4 in no issue")


def issue_of(failure: Failure) -> str | None:
    row = IssueMembership.objects.filter(failure=failure, until=None).select_related("issue").first()
    return row.issue.title if row else None


def test_chosen_ones_become_an_issue_by_keyboard_and_back(page: Page, failures: list[Failure]) -> None:
    lasso(page, LEFT, "Shift")
    page.keyboard.press("w")
    page.keyboard.type("Loops on search")
    page.keyboard.press("Enter")
    done = page.locator("#map-done")
    expect(done).to_contain_text("3 failures made into ISS-2 Loops on search.")
    expect(page.locator("#map-legend .map-name")).to_have_text(
        ["ISS-2 Loops on search", "ISS-1 Invents a fee", "In no issue"]
    )
    expect(page.locator("#map-count")).to_have_text("3 failures: 3 in ISS-2 Loops on search")
    assert [issue_of(failure) for failure in failures[:4]] == [*["Loops on search"] * 3, "Invents a fee"]
    canvas(page).focus()
    page.keyboard.press("u")
    expect(done).to_contain_text("Undone.")
    expect(page.locator("#map-count")).to_have_text("3 failures: 3 in no issue")
    assert [issue_of(failure) for failure in failures[:3]] == [None, None, None]
    canvas(page).focus()
    page.keyboard.press("u")
    expect(done).to_contain_text("Done again.")
    assert issue_of(failures[0]) == "Loops on search"


def test_chosen_ones_move_and_a_contradiction_is_overruled(page: Page, failures: list[Failure]) -> None:
    lasso(page, LEFT, "Shift")
    page.keyboard.press("m")
    page.keyboard.type("ISS-1")
    page.keyboard.press("Enter")
    expect(page.locator("#map-done")).to_contain_text("3 failures moved to ISS-1 Invents a fee.")
    expect(page.get_by_text("Split them off as an issue, called")).to_be_visible()
    page.get_by_label("Split them off as an issue, called").fill("Other thing")
    page.get_by_role("button", name="Split off").click()
    expect(page.locator("#map-done")).to_contain_text("3 failures split off ISS-1 as ISS-2 Other thing.")
    page.get_by_label("Move them to issue").fill("1")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("To do it all the same, overrule what was said.")
    assert issue_of(failures[0]) == "Other thing"
    page.get_by_role("button", name="Overrule, and do it all the same").click()
    expect(page.locator("#map-done")).to_contain_text("3 failures moved to ISS-1 Invents a fee.")
    expect(page.locator("#map-done")).to_be_focused()
    assert issue_of(failures[0]) == "Invents a fee"


def test_points_are_reached_and_chosen_by_keys_alone(page: Page) -> None:
    page.get_by_role("button", name="Keys").focus()
    page.keyboard.press("Tab")
    expect(canvas(page)).to_be_focused()
    tip = page.locator("#map-tip")
    expect(tip).to_be_visible()
    for key in ("ArrowUp", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    expect(tip).to_contain_text("failure 0")
    page.keyboard.press("Enter")
    expect_chosen(page, "1 failure: 1 in no issue", "failure 0")
    page.keyboard.press("Enter")
    expect(page.locator("#map-list li")).to_have_count(0)
    page.keyboard.press("r")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("r")
    expect(page.locator("#map-count")).to_contain_text("2 failures: ")
    page.keyboard.press("Escape")
    expect(page.locator("#map-list li")).to_have_count(0)
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("0")
    page.keyboard.press("x")
    expect(page.locator("#map-list li")).to_have_count(1)


def test_rectangle_of_the_keys_takes_what_is_between(page: Page) -> None:
    canvas(page).focus()
    go_to(page, PLACES[0])
    expect(page.locator("#map-tip")).to_contain_text("failure 0")
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Rectangle")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("r")
    expect_chosen(page, "2 failures: 2 in no issue", "failure 0", "failure 2")


def test_keys_are_on_the_sheet(page: Page) -> None:
    canvas(page).focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Choose by drawing around failures")


def test_map_with_what_is_chosen_is_for_everybody(page: Page) -> None:
    lasso(page, LEFT, "Shift")
    expect(page.locator("#map-list li")).to_have_count(3)
    go_to(page, PLACES[0])
    expect(page.locator("#map-tip")).to_be_visible()
    assert violations_in_every_look(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_words_of_strangers_stay_words(page: Page, project: Project, lead: User, failures: list[Failure]) -> None:
    wild = [storable(string) for string in CORPUS]
    for number, string in enumerate(wild):
        kind = make_failure_type(project, f"{number} {string}"[:80])
        failures.append(make_told(project, lead, string, failure_type=kind))
    make_issue(failures[-1], lead, f"Issue {wild[0]}"[:200])
    failures[0].project.layout.delete()
    draw_map(project, {failure: (0.9 * number / len(failures), 0.0) for number, failure in enumerate(failures)})
    page.reload()
    expect(page.locator("#map-status")).to_have_text(f"{len(failures)} failures.")
    for colour in ("type", "issue"):
        page.get_by_label("Colour by").select_option(colour)
        lasso(page, ALL, "Shift")
        expect(page.locator("#map-count")).to_contain_text(f"{len(failures)} failures")
        while page.locator("#map-more").is_visible():
            page.locator("#map-more").click()
            page.wait_for_timeout(100)
    shown = page.locator("#map-list .map-note").all_inner_texts()
    assert len(shown) == len(failures)
    assert page.locator("#map-list :is(img, script, iframe, svg, style)").count() == 0


def test_page_that_waits_shows_the_map_when_it_is_there(
    chromium: Browser, live_server: Any, project: Project, lead: User
) -> None:
    failures = [make_told(project, lead, f"failure {number}") for number in range(5)]
    context = chromium.new_context(base_url=live_server.url)
    log_in(context, lead, live_server.url)
    page = context.new_page()
    page.goto(reverse("failure_map", args=["acme"]))
    expect(page.get_by_role("heading", name="The map is being drawn")).to_be_visible()
    draw_map(project, dict.fromkeys(failures, (0.0, 0.0)))
    expect(page.locator("#map-status")).to_have_text("5 failures.", timeout=10_000)
    context.close()
