"""Settling the answers to a rubric's questions: what each reviewer said, and what the lead begins with."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, User
from annotate.models import Answer, Outcome, QuestionKind, Review
from annotate.queries.gold import gold_of
from tests.annotate.judging import answer, ask, judge_all
from tests.annotate.views.pages import page, settle
from tests.builders import make_queue, make_review, make_slot
from traces.models import AgentSession


@pytest.fixture
def asked(project: Project, reviewers: list[User]) -> AgentSession:
    """Two call it a success, one a failure; two find it polite, one not; of its speed two think differently."""
    [session] = judge_all(project, reviewers, "ssf")
    reviews = list(session.reviews.order_by("reviewer__email"))
    answer(ask(project, "polite", is_required=True), reviews, "pass", "fail", "pass")
    scale = {"lowest": 1, "highest": 5, "low_words": "slow", "high_words": "fast"}
    answer(ask(project, "quick", kind=QuestionKind.SCALE, options=scale), reviews, 2, 4, None)
    options = [{"value": value, "label": value.title()} for value in ("tone", "facts")]
    answer(ask(project, "wrong", kind=QuestionKind.CHOICES, options=options), reviews, ["tone"], ["tone"], ["facts"])
    answer(ask(project, "words", kind=QuestionKind.TEXT), reviews, "It <b>dawdled</b>.", None, None)
    return session


def checked(text: str, name: str) -> list[str]:
    """The values of the radio buttons and boxes of this name that are chosen."""
    boxes = re.findall(rf'<input[^>]*name="{name}"[^>]*>', text)
    return [re.findall(r'value="([^"]*)"', box)[0] for box in boxes if " checked" in box]


def test_each_question_says_who_answered_what_and_begins_with_what_most_did(
    lead_client: Client, project: Project, asked: AgentSession
) -> None:
    text = page(lead_client, "disagreement_page", project, asked.pk)
    assert '<th scope="row"><bdi>polite?</bdi> <span class="mark"' in text
    assert '<strong class="note-text">Pass</strong> <span class="faint">ada@example.com, cyd@example.com</span>' in text
    assert checked(text, "answer_polite") == ["pass"]
    assert checked(text, "answer_quick") == [""], "evenly split: the lead is to decide"
    assert checked(text, "answer_wrong") == ["tone"]
    assert text.count("Leave it open") == 2, "boxes are left open by ticking none"
    assert "It &lt;b&gt;dawdled&lt;/b&gt;." in text
    assert ">\n</textarea>" in text.split('name="answer_words"')[1]


def test_answers_are_settled_and_settling_anew_begins_with_them(
    lead_client: Client, project: Project, asked: AgentSession
) -> None:
    settle(lead_client, asked, outcome="success", answer_polite="fail", answer_quick="", answer_words="Slow & rude.")
    gold = gold_of(asked)
    assert gold is not None
    assert dict(gold.answers.values_list("question__key", "value")) == {"polite": "fail", "words": "Slow & rude."}
    text = page(lead_client, "disagreement_page", project, asked.pk)
    assert (checked(text, "answer_polite"), checked(text, "answer_quick")) == (["fail"], [""])
    assert "Slow &amp; rude.</textarea>" in text


def test_a_wrong_answer_is_said_at_its_question_and_what_was_chosen_stays(
    lead_client: Client, project: Project, asked: AgentSession
) -> None:
    response = settle(lead_client, asked, outcome="success", answer_quick="9", answer_polite="fail")
    text = response.getvalue().decode()
    assert response.status_code == 422
    assert "Answer with a whole number from 1 to 5." in text
    assert checked(text, "answer_polite") == ["fail"]
    assert gold_of(asked) is None


def shown_rubric(text: str) -> str:
    """Which version the form says that it asks."""
    [number] = re.findall(r'<input type="hidden" name="rubric" value="(\d+)">', text)
    return str(number)


def test_what_was_answered_to_other_questions_is_not_dropped_in_silence(
    lead_client: Client, project: Project, asked: AgentSession, reviewers: list[User]
) -> None:
    older = shown_rubric(page(lead_client, "disagreement_page", project, asked.pk))
    # The older questions cannot be told from the newer by their answers.
    newer = ask(project, "polite", version=2, since=2).rubric
    Review.objects.filter(pk=make_review(asked, reviewers[0]).pk).update(rubric=newer)
    fields = {"outcome": "success", "answer_polite": "fail", "answer_words": "Rude.", "reason": "I say so."}
    response = settle(lead_client, asked, rubric=older, **fields)
    text = response.getvalue().decode()
    assert (response.status_code, gold_of(asked)) == (422, None)
    assert "another version of the rubric. Its questions stand here now" in text
    assert ("I say so." in text, checked(text, "answer_polite")) == (True, ["fail"])
    assert shown_rubric(text) == str(newer.pk)
    settle(lead_client, asked, rubric=shown_rubric(text), **fields)
    gold = gold_of(asked)
    assert gold is not None
    assert [(one.question.rubric, one.value) for one in gold.answers.all()] == [(newer, "fail")]


def test_answers_to_an_older_meaning_are_shown_and_not_taken_for_the_present_one(
    lead_client: Client, project: Project, asked: AgentSession, reviewers: list[User]
) -> None:
    newer = ask(project, "polite", version=2, since=2)
    same = ask(project, "quick", version=2, kind=QuestionKind.SCALE, options={"lowest": 1, "highest": 5})
    review = make_review(asked, reviewers[0], Outcome.SUCCESS)
    Review.objects.filter(pk=review.pk).update(rubric=newer.rubric)
    answer(newer, [review], "fail")
    answer(same, [review], 4)
    text = page(lead_client, "disagreement_page", project, asked.pk)
    assert checked(text, "answer_polite") == ["fail"]
    # Ada judged it twice and speaks once, as she did last; what Bob said under version 1 still means the same.
    assert checked(text, "answer_quick") == ["4"]
    assert 'name="answer_words"' not in text, "version 2 does not ask it"
    assert "dawdled" in text


def test_the_page_asks_the_same_queries_for_one_question_and_for_nine(
    lead_client: Client, project: Project, reviewers: list[User]
) -> None:
    [session] = judge_all(project, reviewers, "ssf")
    reviews = list(session.reviews.order_by("pk"))
    counts = []
    for size in (1, 8):
        for n in range(size):
            answer(ask(project, f"q-{size}-{n}"), reviews, "pass", "fail", "pass")
        with CaptureQueriesContext(connection) as captured:
            page(lead_client, "disagreement_page", project, session.pk)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_list_names_the_answer_in_which_they_differ(
    lead_client: Client, project: Project, reviewers: list[User]
) -> None:
    [session, _] = judge_all(project, reviewers, "sss", "sss")
    answer(ask(project, "polite"), list(session.reviews.order_by("pk")), "pass", "fail", "pass")
    text = page(lead_client, "disagreement_list", project)
    assert "0 of 1 settled" in text
    assert "An answer" in text
    assert "“polite?” Pass or Fail" in text


def test_a_lead_who_may_yet_judge_it_blind_hears_of_no_answer(
    lead_client: Client, project: Project, asked: AgentSession, lead: User
) -> None:
    Review.objects.update(outcome=Outcome.SUCCESS)
    assert "“polite?” Pass or Fail" in page(lead_client, "disagreement_list", project)
    queue = make_queue(project, is_blind=True, reviewers_per_session=4)
    queue.takers.add(lead)
    make_slot(queue, asked)
    assert "polite?" not in page(lead_client, "disagreement_list", project)
    page(lead_client, "disagreement_page", project, asked.pk, status=404)
    assert settle(lead_client, asked, outcome="success", answer_polite="pass").status_code == 404
    assert not Answer.objects.filter(review__is_gold=True).exists()
