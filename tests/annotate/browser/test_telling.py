"""What a failure is told with: quotes, conditions, answers to questions, the known issue that it looks like."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from annotate.models import Answer, Draft, Failure, FailureType, Question, Queue, Review
from issues.models import Issue, IssueMembership, Source
from issues.queries.nearest import read_issues
from tests.annotate.browser.screen import expect_session, press
from tests.builders import make_failure, make_review, make_session, make_talk, tell
from traces.models import AgentSession
from traces.words import Words

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOTE = "#id_failures-0-note"
SELECT = """([key, from, to]) => {
  const node = document.querySelector(`.step[data-step="${key}"] [data-plain]`);
  const text = document.createTreeWalker(node, NodeFilter.SHOW_TEXT).nextNode();
  getSelection().setBaseAndExtent(text, from, text, to);
}"""


def select(page: Page, key: str, start: int, end: int) -> None:
    page.evaluate(SELECT, [key, start, end])


def saved(page: Page) -> None:
    expect(page.locator("#status")).to_have_text("Saved")


def test_selected_words_are_quoted_kept_and_submitted(page: Page) -> None:
    press(page, "j j x w")
    page.keyboard.type("It lied.")
    press(page, "Escape")
    select(page, "k3", 0, 5)
    expect(page.locator("#quote-button")).to_be_visible()
    press(page, "q")
    select(page, "k3", 11, 17)
    page.locator("#quote-button").click()
    expect(page.locator("[data-quote]")).to_have_count(2)
    saved(page)
    page.reload()

    expect(page.locator("[data-quote] [data-text]")).to_have_text(["Done!", "refund"])
    page.locator("[data-quote] a").first.click()
    expect(page.locator(".step.current")).to_have_attribute("data-step", "k3")
    page.get_by_role("button", name="Remove this quote").last.click()
    press(page, "Control+Enter")
    expect_session(page, 2)
    assert Failure.objects.get().quotes == [{"step": "k3", "start": 0, "end": 5, "text": "Done!"}]
    press(page, "u")
    expect_session(page, 1)
    expect(page.locator("[data-quote] [data-text]")).to_have_text(["Done!"])


@pytest.fixture
def nasty(queue: Queue) -> list[str]:
    """Texts in which a browser and a server could count differently, told before the page is opened."""
    session = AgentSession.objects.get(external_id="s1")
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- *two* \x1c\x85"
    code = "```\n\ncode  😀\n```\n![chart](https://example.com/a.png)\n"
    told = {
        "k1": Words(text=f"😀 a\u00a0b\ufeff \u2028<b>x</b> &amp; &\n\n{table}"),
        "k2": Words(
            arguments='\n\n{"a": "<pre>\\n😀"}', result="\n\r\n line \u3000\n\u2003", error_message="401\u00a0\u00a0x"
        ),
        "k3": Words(text=f"{code}<img src=x onerror=alert(1)>\nline  \nbreak"),
    }
    tell(session, told)
    return list(told)


def test_the_server_counts_as_the_browser_does(nasty: list[str], page: Page) -> None:
    for _ in nasty:
        press(page, "j q")
    expect(page.locator("[data-quote]")).to_have_count(3)
    press(page, "x w")
    page.keyboard.type("All of it.")
    press(page, "Control+Enter")
    expect_session(page, 2)

    assert [quote["step"] for quote in Failure.objects.get().quotes] == nasty


def test_a_key_quotes_the_whole_step_where_nothing_is_selected(page: Page) -> None:
    press(page, "q")
    expect(page.locator("#status")).to_have_text("Select words in a step first.")
    press(page, "j q")

    expect(page.locator("[data-quote] [data-text]")).to_have_text(["Please refund order A-1."])
    expect(page.locator("#status")).to_have_text("Saved")


ACROSS = """
const words = [...document.querySelectorAll(".step .words")];
getSelection().setBaseAndExtent(words.at(0), 0, words.at(-1), 1);
"""


def test_what_cannot_be_quoted_is_not_taken_for_the_step_at_hand(page: Page) -> None:
    said, quotes = page.locator("#status"), page.locator("[data-quote]")
    press(page, "j")
    page.evaluate(ACROSS)
    press(page, "q")
    expect(said).to_have_text("Select words inside one step to quote them.")
    press(page, "j o")
    page.get_by_role("button", name="As a tree").first.click()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.tree li'))")
    press(page, "q")
    expect(said).to_contain_text("Show it as text to quote it")
    expect(quotes).to_have_count(0)
    page.evaluate("getSelection().removeAllRanges()")
    press(page, "q")
    expect(quotes).to_have_count(1)


def test_conditions_are_told_by_keyboard(page: Page) -> None:
    press(page, "j j x w")
    page.keyboard.type("It lied.")
    press(page, "Escape f")
    page.keyboard.type("Say so.")
    page.get_by_role("button", name="Add a condition").press("Enter")
    page.keyboard.type("must not say")
    press(page, "Tab")
    page.keyboard.type("Your refund is on its way")
    press(page, "Tab")
    page.keyboard.type("if it failed")
    page.get_by_role("button", name="Add a condition").press("Enter")
    expect(page.locator("[data-condition] [data-part='target']").last).to_have_attribute("list", "tool-names")
    assert page.locator("#tool-names option").evaluate_all("nodes => nodes.map(node => node.value)") == ["refund"]
    saved(page)
    page.reload()

    expect(page.locator("[data-condition]")).to_have_count(1)
    press(page, "Control+Enter")
    expect_session(page, 2)
    failure = Failure.objects.get()
    assert failure.expected == "Say so."
    assert failure.assertions == [
        {"kind": "must_not_say", "target": "Your refund is on its way", "detail": "if it failed"}
    ]


@pytest.fixture
def questions(queue: Queue) -> list[Question]:
    """Asked before the page is opened."""
    rows: list[dict[str, Any]] = [
        {"key": "polite", "kind": "pass_fail", "text": "Was it polite?", "guidance": "**Rude** is a fail."},
        {"key": "tone", "kind": "scale", "text": "How was the tone?", "options": {"lowest": 1, "highest": 5}},
        {"key": "areas", "kind": "choices", "text": "What is it about?", "is_required": True},
        {"key": "more", "kind": "text", "text": "Anything else?"},
    ]
    rows[2]["options"] = [{"value": "money", "label": "Money"}, {"value": "time", "label": "Time"}]
    return [Question.objects.create(rubric=queue.rubric, position=place, **row) for place, row in enumerate(rows)]


def test_questions_are_answered_by_keyboard(questions: list[Question], page: Page) -> None:
    press(page, "1 Enter")
    expect(page.get_by_text("Answer this too: What is it about?")).to_be_visible()
    page.get_by_label("Pass").focus()
    press(page, "h")
    expect(page.get_by_text("Rude is a fail.")).to_be_visible()
    press(page, "Space r Space ArrowRight ArrowRight r Space r")
    page.keyboard.type("No.")
    expect(page.get_by_text("Answer this too")).to_have_count(0)
    saved(page)
    assert Draft.objects.get().content["answers"] == {"polite": "pass", "tone": "3", "areas": ["money"], "more": "No."}
    page.reload()
    press(page, "r Backspace Control+Enter")
    expect_session(page, 2)

    answers = dict(Answer.objects.values_list("question__key", "value"))
    assert answers == {"tone": 3, "areas": ["money"], "more": "No."}
    press(page, "u")
    expect_session(page, 1)
    expect(page.get_by_label("3", exact=True)).to_be_checked()
    expect(page.get_by_label("Anything else?")).to_have_value("No.")


def test_what_it_looks_like_is_offered_and_taken_with_a_key(page: Page, queue: Queue, ada: User) -> None:
    session = make_session(queue.project, "known")
    make_talk(session)
    failure = make_failure(make_review(session, ada), "Claims that the refund is done although it failed.")
    issue = Issue.objects.create(project=queue.project, number=7, title="Claims a refund that failed")
    IssueMembership.objects.place(issue, [failure.pk], source=Source.PERSON)
    read_issues(queue.project)
    press(page, "2 w")
    page.keyboard.type("claims that the refund has gone out, but it failed")

    expect(page.locator(".near-issue")).to_contain_text("Claims a refund that failed")
    press(page, "Alt+1")
    expect(page.locator("#id_failures-0-chosen_issue")).to_have_value("ISS-7 Claims a refund that failed")
    expect(page.locator(".near-issue")).to_have_attribute("aria-pressed", "true")
    press(page, "Alt+1")
    expect(page.locator("#id_failures-0-chosen_issue")).to_have_value("")


OFFERED = '<button class="near-issue" type="button" data-choose="ISS-{0} Some title">ISS-{0}</button>'


def test_a_list_of_issues_that_comes_anew_takes_no_focus_away(page: Page, queue: Queue) -> None:
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    def offer(*numbers: int) -> None:
        while not asked:
            page.wait_for_timeout(10)
        body = "".join(OFFERED.format(number) for number in numbers)
        asked.pop().fulfill(content_type="text/html", body=f"<div>{body}</div>")
        expect(offered).to_have_text([f"ISS-{number}" for number in numbers])

    page.route("**/issues/near/", hold)
    note, chosen, offered = (page.locator(css) for css in (NOTE, "#id_failures-0-chosen_issue", ".near-issue"))
    press(page, "2 w")
    page.keyboard.insert_text("It lied.")
    offer(7, 8)
    # The last word is typed, and its writer is on an issue before the server has read it.
    page.keyboard.insert_text(" Again.")
    offered.last.focus()
    offer(8, 9)
    expect(offered.first).to_be_focused()
    note.focus()
    page.keyboard.insert_text(" And again.")
    offered.first.focus()
    offer(9)
    expect(note).to_be_focused()
    press(page, "Enter")
    expect(chosen).to_have_value("")
    assert Review.objects.count() == 0


def test_the_marked_type_says_when_it_is_the_right_one(queue: Queue, page: Page, ada: User) -> None:
    page.goto("about:blank")
    for name, when in (("Tone", "Rude, <b>cold</b> or too long."), ("Tone deaf", "It misses how the user feels.")):
        FailureType.objects.create(project=queue.project, name=name, description=when)
    page.go_back()
    expect_session(page, 1)
    press(page, "2 t")
    page.keyboard.type("tone")
    choices = page.locator("#type-choices")
    expect(choices.get_by_text("Rude, <b>cold</b> or too long.")).to_be_visible()
    expect(choices.get_by_text("It misses how the user feels.")).to_be_hidden()
    press(page, "ArrowDown")
    expect(choices.get_by_text("It misses how the user feels.")).to_be_visible()
    press(page, "Enter")
    expect(page.locator("#id_failures-0-failure_type")).to_have_value("Tone deaf")


def test_a_merged_type_is_not_offered_and_its_name_leads_on(queue: Queue, page: Page, ada: User) -> None:
    page.goto("about:blank")
    target = FailureType.objects.create(project=queue.project, name="Silent failure", group="Honesty")
    FailureType.objects.create(project=queue.project, name="Hides errors", merged_into=target)
    page.go_back()
    expect_session(page, 1)
    press(page, "2 t")
    page.keyboard.type("hides err")
    expect(page.locator("#type-choices li")).to_have_text(["Silent failure Honesty", "Create “hides err”"])
    page.keyboard.type("ors")
    expect(page.locator("#type-choices li")).to_have_text(["Silent failure Honesty"])
    press(page, "Enter")
    expect(page.locator("#id_failures-0-failure_type")).to_have_value("Silent failure")
    expect(page.get_by_text("a new type")).to_have_count(0)


def test_a_quote_that_does_not_stand_there_is_named(page: Page) -> None:
    press(page, "j j x w")
    page.keyboard.type("It lied.")
    press(page, "Escape j q")
    kept = json.loads(page.locator("#id_failures-0-quotes").input_value())
    kept[0]["start"] += 1
    page.locator("#id_failures-0-quotes").evaluate("(node, text) => { node.value = text; }", json.dumps(kept))
    press(page, "Control+Enter")

    expect(page.get_by_text("does not stand there in its step")).to_be_visible()
    assert Review.objects.count() == 0
