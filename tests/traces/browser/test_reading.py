"""Reading a long session in a real Chromium: jumping, finding, links, what the agent saw, paper and telephone."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Project, Role
from tests.browsing import PHONE, browsing
from tests.builders import make_member, make_session, make_steps
from tests.traces.browser.conftest import Opener
from traces.models import AgentSession, Signal, StepKind

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LONG = "An answer that goes on. " * 120


@pytest.fixture
def session(project: Project) -> AgentSession:
    """200 steps; some fail, one has a signal, and one word stands only in a folded call far down."""
    session = make_session(project)
    steps: list[tuple[StepKind, dict[str, Any]]] = []
    for number in range(1, 201):
        if number % 10 == 1:
            steps.append((StepKind.USER, {"text": f"Question {number}"}))
        elif number % 10 == 0:
            steps.append((StepKind.AGENT, {"text": f"{LONG} Reply **{number}** is bold"}))
        elif number == 63:
            steps.append((StepKind.LLM, {"name": "gpt", "text": "a hidden zebra"}))
        else:
            found = {"id": number, "note": "the needle" if number == 155 else "hay"}
            failed = {"is_error": True, "error_message": "timeout"} if number in {57, 127} else {}
            steps.append((StepKind.TOOL, {"name": "look_up", "arguments": "{}", "result": json.dumps(found), **failed}))
    make_steps(session, *steps)
    Signal.objects.create(session=session, kind="tool_error", step_key="k84", strength=1, sentence="It failed.")
    return session


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def find(page: Page, words: str) -> None:
    press(page, "/")
    page.get_by_role("searchbox", name="Find words in the session").fill(words)
    press(page, "Enter")


def test_keys_jump_to_signals_errors_messages_and_ends(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "")
    for keys, number in (
        ("e", 57),
        ("e", 127),
        ("N", 84),
        ("m", 91),
        ("G", 200),
        ("g", 1),
        ("n n", 84),
        ("G m", 1),
    ):
        press(page, keys)
        step = page.locator(f"#step-{number}")
        expect(step).to_be_focused()
        expect(step).to_be_in_viewport()


def test_the_bar_does_the_same_with_the_mouse_and_is_one_tab_stop(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "")
    page.get_by_role("button", name="next error").click()
    expect(page.locator("#step-57")).to_be_focused()
    page.get_by_role("button", name="next user message").focus()
    press(page, "ArrowRight")
    expect(page.get_by_role("button", name="first", exact=True)).to_be_focused()
    stops = page.locator(".talk-bar .jumps button").evaluate_all("all => all.map((each) => each.tabIndex)")
    assert sorted(stops) == [-1] * (len(stops) - 1) + [0]


def test_finding_opens_what_is_folded_and_far_down(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "")
    find(page, "THE  needle")
    expect(page.locator("#find .count")).to_have_text("1 of 1")
    expect(page.locator("#step-155 dl")).to_be_visible()
    expect(page.locator("#step-155 pre", has_text="needle")).to_be_in_viewport()
    expect(page.get_by_role("searchbox")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("#step-155")).to_be_focused()
    expect(page.locator("#find")).to_be_hidden()


def test_finding_goes_through_the_matches_and_round(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "")
    find(page, "reply 20 is")  # over the end of a bold word
    expect(page.locator("#find .count")).to_have_text("1 of 1")
    find(page, "question")
    count = page.locator("#find .count")
    expect(count).to_have_text("1 of 20")
    press(page, "Enter Enter Shift+Enter")
    expect(count).to_have_text("2 of 20")
    press(page, "Shift+Enter Shift+Enter")
    expect(count).to_have_text("20 of 20")
    expect(page.locator("#step-191")).to_be_in_viewport()
    assert page.evaluate("[...CSS.highlights.get('found')].length") == 20
    press(page, "Escape")
    assert page.evaluate("CSS.highlights.size") == 0


@pytest.mark.parametrize("words", ["no such words", "a.*b", "[", "\\"])
def test_finding_nothing_says_so(open_page: Opener, session: AgentSession, words: str) -> None:
    page = open_page(session, "")
    find(page, words)
    expect(page.locator("#find .count")).to_have_text("not found")


def test_finding_shows_what_happened_behind_the_scenes(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "")
    expect(page.locator("#step-63")).to_be_hidden()
    find(page, "zebra")
    expect(page.locator("#step-63 pre", has_text="zebra")).to_be_in_viewport()


def test_a_link_to_a_step_leads_there_and_opens_it(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "#step-155")
    expect(page.locator("#step-155")).to_be_focused()
    expect(page.locator("#step-155 dl")).to_be_visible()
    expect(page.locator("#step-155")).to_be_in_viewport()


def test_the_link_to_a_step_is_copied(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "")
    press(page, "e l")
    expect(page.locator("#status")).to_have_text("The link to step 57 is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url + "#step-57"
    press(page, "j")
    page.get_by_role("button", name="Copy a link (l), step 58").click()
    expect(page.locator("#status")).to_have_text("The link to step 58 is copied.")


def test_an_answer_that_came_before_is_compared(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "#step-5")
    step = page.locator("#step-5")
    expect(step.get_by_text("differs from step 4")).to_be_visible()
    expect(step.locator(".diff .gone")).to_have_text(['before:   "id": 4,'])
    expect(step.locator(".diff .new")).to_have_text(['now:   "id": 5,'])
    step.get_by_role("link", name="step 4").click()
    expect(page.locator("#step-4")).to_be_focused()


def test_what_the_agent_saw_is_asked_for_and_leads_back(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "")
    press(page, "j j j p")
    dialog = page.get_by_role("dialog", name="What the agent saw at step 3")
    expect(dialog.get_by_text("Question 1")).to_be_visible()
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("link", name="2", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#step-2")).to_be_focused()


def test_the_sheet_shows_the_keys_that_do_something_here(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "")
    press(page, "?")
    shown = page.locator("#key-sheet kbd").all_inner_texts()
    assert {"c", "C", "j", "k", "n", "N", "e", "m", "g", "G", "/", "o", "b", "p", "l", "?"} == set(shown)


def test_the_end_of_a_long_session_is_not_laid_out_before_it_is_seen(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "")
    seen = "node => node.checkVisibility({ contentVisibilityAuto: true })"
    assert page.locator("#step-1").evaluate(seen)
    assert not page.locator("#step-190").evaluate(seen)
    assert page.locator(".step").count() == 200


RUNS = "<script>window.ran = 1</script><img src=/x onerror='window.ran = 1'>\n"


def test_all_of_a_long_text_opens_as_words_and_nothing_in_it_runs(open_page: Opener, project: Project) -> None:
    session = make_session(project)
    make_steps(session, (StepKind.USER, {"text": f"<!doctype html><title>x</title>{RUNS * 1_200}the last word"}))
    page = open_page(session, "")
    expect(page.locator("#step-1")).not_to_contain_text("the last word")
    expect(page.get_by_role("link", name="Show all")).to_be_hidden()
    page.get_by_text("Show more").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Show all").click()
    words = opened.value
    words.wait_for_load_state("networkidle")
    assert words.url.endswith(f"/sessions/{session.pk}/steps/1/text/")
    assert words.evaluate("[document.contentType, document.images.length, window.ran, window.origin]") == [
        *("text/plain", 0, None, "null"),
    ]
    assert words.evaluate("document.body.innerText").endswith("the last word")


def test_paper_has_all_of_an_answer_that_nothing_is_said_of(open_page: Opener, project: Project) -> None:
    session = make_session(project)
    make_steps(session, (StepKind.TOOL, {"name": "look_up", "result": "\n".join(f"line {n}" for n in range(200))}))
    page = open_page(session, "")
    page.emulate_media(media="print")
    answer = page.locator("#step-1 pre").last
    assert answer.evaluate("node => [node.scrollHeight - node.clientHeight, getComputedStyle(node).maskImage]") == [
        *(0, "none"),
    ]
    assert answer.evaluate("node => node.offsetHeight") > 2_000


def test_paper_has_the_words_and_no_controls(open_page: Opener, session: AgentSession) -> None:
    page = open_page(session, "")
    page.emulate_media(media="print")
    for gone in (".topbar", ".talk-bar", ".step-tools", ".more", "#keys"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator("#step-200 .words")).to_be_visible()
    assert page.locator("#step-155 pre").last.evaluate("node => node.offsetHeight") > 20
    assert page.locator("#step-10 .words").evaluate("node => node.scrollHeight - node.clientHeight") == 0


def test_on_a_telephone_nothing_is_wider_than_the_screen_nor_too_small_to_hit(
    chromium: Browser, live_server: Any, project: Project, session: AgentSession
) -> None:
    phone = make_member(project, Role.VIEWER, "phone@example.com")
    with browsing(chromium, live_server.url, phone, **PHONE) as context:
        page = context.new_page()
        page.goto(f"/p/{project.slug}/sessions/{session.pk}/#step-5")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        targets = (
            ".talk-bar .jumps button, #step-5 .step-tools button, #step-5 summary, #step-10 summary, #step-5 .as-tree"
        )
        sizes = page.locator(targets).evaluate_all("all => all.map((each) => each.getBoundingClientRect().height)")
        assert len(sizes) >= 12
        assert min(sizes) >= 40
