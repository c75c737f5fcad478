"""The pages of agreement and of disagreements: who sees what, and settling from the form to the numbers."""

import html
import json
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Project, User
from annotate.models import Answer, Failure, Outcome, QuestionKind, Review
from annotate.queries.gold import gold_of
from tests.annotate.judging import answer, ask, dispute, judge_all
from tests.annotate.views.pages import BACKEND, url
from tests.builders import make_project, make_queue, make_review, make_session, make_slot
from traces.models import AgentSession


@pytest.fixture
def people(ada: User, bob: User, cyd: User) -> list[User]:
    return [ada, bob, cyd]


@pytest.fixture
def desk(lead: User) -> Client:
    """A lead at the browser."""
    client = Client()
    client.force_login(lead, backend=BACKEND)
    return client


OWN = {"root_step": "k2", "note": "It hid the error.", "severity": "high", "failure_type": "Lied"}


def page(client: Client, name: str, project: Project, *args: int, query: str = "", status: int = 200) -> str:
    response = client.get(url(name, project, *args) + query)
    assert response.status_code == status
    return response.getvalue().decode()  # not `content`: a long page is streamed


def settle(client: Client, session: AgentSession, query: str = "", **fields: Any) -> Any:
    total = {"own-TOTAL_FORMS": 3, "own-INITIAL_FORMS": 0}
    values = {
        "client_id": str(uuid.uuid4()),
        "outcome": "failure",
        "reason": "The refund never came.",
        **total,
        **fields,
    }
    return client.post(url("disagreement_settle", session.project, session.pk) + query, values)


# --- agreement ---


def test_before_two_have_judged_the_same_the_page_teaches(desk: Client, project: Project) -> None:
    assert "Set “reviewers per session” of a queue to 2" in page(desk, "agreement_page", project)
    queue = make_queue(project, reviewers_per_session=2)
    text = page(desk, "agreement_page", project)
    assert "A queue asks for several judgements" in text
    assert url("queue_page", project, queue.pk) in text
    assert "within what you chose" in page(desk, "agreement_page", project, query="?days=7")


def test_leads_see_numbers_pairs_and_people(desk: Client, project: Project, people: list[User]) -> None:
    judge_all(project, people, *["ss.", "ff.", "sf."] * 5)
    text = page(desk, "agreement_page", project)
    assert "15 sessions judged by two or more, 30 reviews" in text
    assert "ada@example.com and bob@example.com" in text
    assert "0.36" in text
    assert "no better than chance to substantial" in text
    assert f"?reviewer={people[0].pk}" in text
    assert "Sessions that <strong>ada@example.com</strong>" in page(
        desk, "agreement_page", project, query=f"?reviewer={people[0].pk}"
    )


def test_few_sessions_give_no_alpha(desk: Client, project: Project, people: list[User]) -> None:
    judge_all(project, people, "ss.", "sf.")
    text = page(desk, "agreement_page", project)
    assert "too few: 2 of the 10 sessions that it takes" in text
    assert "50 %" in text


def test_reviewers_see_their_own_numbers_and_nobodys_name(client: Client, project: Project, people: list[User]) -> None:
    judge_all(project, people, "ss.", "sf.", ".sf")
    text = page(client, "agreement_page", project, query=f"?reviewer={people[1].pk}")
    assert "2 sessions judged by two or more" in text
    assert "bob@example.com" not in text
    assert "cyd@example.com" not in text
    for name in ("disagreement_list", "disagreement_next"):
        page(client, name, project, status=404)


def test_what_cannot_be_read_in_the_address_is_left_out_and_named(desk: Client, project: Project) -> None:
    theirs = make_queue(make_project("other"))
    text = page(desk, "agreement_page", project, query=f"?queue={theirs.pk}&days=x&reviewer=9")
    assert "Not understood and left out: days, queue, reviewer" in text


# --- disagreements ---


def test_without_a_disagreement_the_list_says_what_would_stand_here(desk: Client, project: Project) -> None:
    assert "No disagreement" in page(desk, "disagreement_list", project)
    response = desk.get(url("disagreement_next", project), follow=True)
    assert "no other disagreement waits" in response.content.decode()


def test_the_list_has_the_same_queries_with_one_row_and_with_twenty(
    desk: Client, project: Project, people: list[User]
) -> None:
    counts = []
    for size in (1, 20):
        for n in range(size):
            dispute(project, people, f"{size}-{n}")
        with CaptureQueriesContext(connection) as captured:
            text = page(desk, "disagreement_list", project)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert "0 of 21 settled" in text
    assert "1 × failure, 1 × success" in text


def test_judgements_stand_side_by_side_with_their_steps(desk: Client, project: Project, people: list[User]) -> None:
    session, failures = dispute(project, people)
    text = page(desk, "disagreement_page", project, session.pk)
    assert '<tr class="differs"><th scope="row">Outcome' in text
    assert '<th scope="row">First went wrong</th><td>Step 2</td><td>–</td>' in text
    assert "Lied, I say." in text
    assert 'href="#step-2"' in text
    assert 'id="step-2"' in text
    assert f'value="{failures[0].pk}" data-tick="tick1"' in text


def test_settling_leads_to_the_next_and_counts_at_once(
    desk: Client, project: Project, people: list[User], lead: User
) -> None:
    session, failures = dispute(project, people)
    other, _ = dispute(project, people, "other")
    response = settle(desk, session, adopted=[failures[1].pk])
    assert response.url == f"{url('disagreement_next', project)}?after={session.pk}"
    assert desk.get(response.url)["Location"] == url("disagreement_page", project, other.pk)
    assert list(Failure.objects.filter(session=session, withdrawn_at=None)) == [failures[1]]
    text = page(desk, "disagreement_list", project, query="?show=settled")
    assert "1 of 2 settled" in text
    assert "Where is my refund?" in text
    shown = page(desk, "disagreement_page", project, session.pk)
    assert "Settled as failure:</strong>" in shown
    assert "overruled" in shown


def test_a_lead_who_chose_a_queue_settles_on_within_it(desk: Client, project: Project, people: list[User]) -> None:
    one, other = make_queue(project), make_queue(project, "Other")
    here, there, next_here = (dispute(project, people, name)[0] for name in ("here", "there", "next"))
    for session, queue in ((here, one), (there, other), (next_here, one)):
        for ordinal, review in enumerate(session.reviews.order_by("pk"), start=1):
            Review.objects.filter(pk=review.pk).update(slot=make_slot(queue, session, ordinal=ordinal))
    chosen = f"?queue={one.pk}&days=7"
    text = html.unescape(page(desk, "disagreement_list", project, query=f"{chosen}&show=open&page=1"))
    led_to = [url("disagreement_page", project, session.pk) + chosen for session in (here, next_here)]
    assert set(re.findall(r'href="([^"]*/disagreements/\d+/[^"]*)"', text)) == set(led_to)

    text = html.unescape(page(desk, "disagreement_page", project, here.pk, query=chosen))
    action = url("disagreement_settle", project, here.pk) + chosen
    assert f'action="{action}"' in text
    for link in (
        url("disagreement_list", project) + chosen,
        f"{url('disagreement_next', project)}?after={here.pk}&queue={one.pk}&days=7",
    ):
        assert f'href="{link}"' in text

    def settled(session: AgentSession) -> Any:
        return desk.get(settle(desk, session, query=chosen, outcome="success").url)

    assert settled(here)["Location"] == led_to[1]
    last = settled(next_here)
    assert last["Location"] == url("disagreement_list", project) + chosen
    assert "no other disagreement waits among what you chose" in page(desk, "disagreement_list", project, query=chosen)
    assert gold_of(there) is None


def test_a_settlement_that_is_taken_back_leads_to_the_page_as_it_was_chosen(
    desk: Client, project: Project, people: list[User]
) -> None:
    session, _ = dispute(project, people)
    settle(desk, session, outcome="success")
    gold = gold_of(session)
    assert gold is not None
    back = desk.post(url("disagreement_unsettle", project, session.pk) + "?days=7", {"gold": gold.pk})
    assert back["Location"] == url("disagreement_page", project, session.pk) + "?days=7"


def test_a_lead_settles_in_their_own_words_and_goes_on_to_the_guidance(
    desk: Client, project: Project, people: list[User]
) -> None:
    session, _ = dispute(project, people)
    own = telling(0)
    response = settle(desk, session, guidance="1", **own)
    gold = gold_of(session)
    assert gold is not None
    assert response.url == f"{reverse('rubric_edit', args=[project.slug, gold.rubric_id])}?because_of={gold.pk}"
    [failure] = Failure.objects.filter(session=session, withdrawn_at=None)
    assert (failure.note, failure.review) == ("It hid the error.", gold)
    # Whoever settles it anew begins with these words, and loses none of them.
    shown = page(desk, "disagreement_page", project, session.pk)
    assert ">\nIt hid the error.</textarea>" in shown
    settle(desk, session, instead_of=gold.pk, **own)
    assert Failure.objects.filter(session=session, withdrawn_at=None).get().note == "It hid the error."


def telling(*places: int, **words: str) -> dict[str, str]:
    """Failures of the lead's own in the forms of these numbers; `words` are of the last."""
    told = {f"own-{place}-{name}": value for place in places for name, value in OWN.items()}
    return told | {f"own-{places[-1]}-{name}": value for name, value in words.items()}


def test_whoever_settles_anew_finds_every_failure_that_they_told_with_all_that_belongs_to_it(
    desk: Client, project: Project, people: list[User]
) -> None:
    session, _ = dispute(project, people)
    quotes = '[{"step": "k3", "start": 0, "end": 5, "text": "Done!"}]'
    # The second form was removed before it was sent.
    settle(desk, session, **telling(0, 2, note="It said done.", quotes=quotes, chosen_issue="ISS-7"))
    first = gold_of(session)
    assert first is not None
    text = page(desk, "disagreement_page", project, session.pk)
    told = re.findall(r'<textarea name="own-[01]-note".*?>\n(.*?)</textarea>', text, re.DOTALL)
    assert told == ["It hid the error.", "It said done."]
    unseen = re.findall(r'<input type="hidden" name="own-1-(\w+)" value="([^"]*)"', text)
    carried = {name: html.unescape(value) for name, value in unseen}
    settle(desk, session, instead_of=first.pk, **telling(0, 1, note="Again.", **carried))
    again = Failure.objects.get(withdrawn_at=None, note="Again.")
    assert again.review == gold_of(session)
    assert (again.quotes, again.chosen_issue) == (json.loads(quotes), 7)


def test_what_is_missing_is_said_at_the_failure_that_lacks_it(
    desk: Client, project: Project, people: list[User]
) -> None:
    session, _ = dispute(project, people)
    response = settle(desk, session, **telling(0, 2, note="Where?", root_step=""))
    text = response.getvalue().decode()
    second = text[text.index('name="own-2-root_step"') :]
    assert response.status_code == 422
    assert second.index("Mark the step") < second.index('name="own-2-note"')
    assert gold_of(session) is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"outcome": ""}, "Say first whether it worked"),
        ({"reason": ""}, "Say why you settle it so"),
        ({}, "Choose what went wrong, or say it yourself."),
        ({"own-0-note": "No step.", "own-0-severity": "high"}, "Mark the step where it first went wrong."),
        ({"adopted": ["999999"]}, "was taken back meanwhile"),
    ],
)
def test_what_is_missing_is_said_and_what_was_entered_stays(
    desk: Client, project: Project, people: list[User], fields: dict[str, Any], message: str
) -> None:
    session, _ = dispute(project, people)
    response = settle(desk, session, **{"reason": "Because I say so.", **fields})
    text = response.getvalue().decode()
    assert response.status_code == 422
    assert message in text
    assert ("Because I say so." in text) == (fields.get("reason") is None)
    assert f'?next={url("disagreement_page", project, session.pk)}"' in text
    assert gold_of(session) is None


def test_the_second_of_two_leads_is_told_who_was_first(
    desk: Client, project: Project, people: list[User], lead: User
) -> None:
    session, failures = dispute(project, people)
    settle(desk, session, outcome="success")
    response = settle(desk, session, adopted=[failures[0].pk])
    assert response.status_code == 422
    assert f"Meanwhile {lead} has settled this session: success" in response.getvalue().decode()


def test_a_settlement_can_be_taken_back_and_stays_in_the_history(
    desk: Client, project: Project, people: list[User], lead: User
) -> None:
    session, failures = dispute(project, people)
    settle(desk, session, outcome="success")
    gold = gold_of(session)
    assert gold is not None
    desk.post(url("disagreement_unsettle", project, session.pk), {"gold": gold.pk})
    assert gold_of(session) is None
    assert Failure.objects.filter(withdrawn_at=None).count() == len(failures)
    text = page(desk, "disagreement_page", project, session.pk)
    assert "Settled before" in text
    assert f"Taken back by {lead}" in text
    again = desk.post(url("disagreement_unsettle", project, session.pk), {"gold": "x"}, follow=True)
    assert "taken back already" in again.content.decode()


def test_a_lead_who_may_yet_judge_it_blind_finds_nothing_to_settle(
    desk: Client, project: Project, people: list[User], lead: User
) -> None:
    session, _ = dispute(project, people)
    queue = make_queue(project, is_blind=True, reviewers_per_session=3)
    queue.takers.add(lead)
    make_slot(queue, session)
    page(desk, "disagreement_page", project, session.pk, status=404)
    assert settle(desk, session, outcome="success").status_code == 404
    assert not Review.objects.filter(is_gold=True).exists()


def test_what_nobody_judged_is_no_page(desk: Client, project: Project, lead: User) -> None:
    session = make_session(project)
    make_review(session, lead, Outcome.SUCCESS, is_gold=True)
    page(desk, "disagreement_page", project, session.pk, status=404)


# --- answers to the rubric's questions ---


@pytest.fixture
def asked(project: Project, people: list[User]) -> AgentSession:
    """Two call it a success, one a failure; two find it polite, one not; of its speed two think differently."""
    [session] = judge_all(project, people, "ssf")
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
    desk: Client, project: Project, asked: AgentSession
) -> None:
    text = page(desk, "disagreement_page", project, asked.pk)
    assert '<th scope="row">polite? <span class="mark"' in text
    assert '<strong class="note-text">Pass</strong> <span class="faint">ada@example.com, cyd@example.com</span>' in text
    assert checked(text, "answer_polite") == ["pass"]
    assert checked(text, "answer_quick") == [""], "evenly split: the lead is to decide"
    assert checked(text, "answer_wrong") == ["tone"]
    assert text.count("Leave it open") == 2, "boxes are left open by ticking none"
    assert "It &lt;b&gt;dawdled&lt;/b&gt;." in text
    assert ">\n</textarea>" in text.split('name="answer_words"')[1]


def test_answers_are_settled_and_settling_anew_begins_with_them(
    desk: Client, project: Project, asked: AgentSession
) -> None:
    settle(desk, asked, outcome="success", answer_polite="fail", answer_quick="", answer_words="Slow & rude.")
    gold = gold_of(asked)
    assert gold is not None
    assert dict(gold.answers.values_list("question__key", "value")) == {"polite": "fail", "words": "Slow & rude."}
    text = page(desk, "disagreement_page", project, asked.pk)
    assert (checked(text, "answer_polite"), checked(text, "answer_quick")) == (["fail"], [""])
    assert "Slow &amp; rude.</textarea>" in text


def test_a_wrong_answer_is_said_at_its_question_and_what_was_chosen_stays(
    desk: Client, project: Project, asked: AgentSession
) -> None:
    response = settle(desk, asked, outcome="success", answer_quick="9", answer_polite="fail")
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
    desk: Client, project: Project, asked: AgentSession, people: list[User]
) -> None:
    older = shown_rubric(page(desk, "disagreement_page", project, asked.pk))
    # The older questions cannot be told from the newer by their answers.
    newer = ask(project, "polite", version=2, since=2).rubric
    Review.objects.filter(pk=make_review(asked, people[0]).pk).update(rubric=newer)
    fields = {"outcome": "success", "answer_polite": "fail", "answer_words": "Rude.", "reason": "I say so."}
    response = settle(desk, asked, rubric=older, **fields)
    text = response.getvalue().decode()
    assert (response.status_code, gold_of(asked)) == (422, None)
    assert "another version of the rubric. Its questions stand here now" in text
    assert ("I say so." in text, checked(text, "answer_polite")) == (True, ["fail"])
    assert shown_rubric(text) == str(newer.pk)
    settle(desk, asked, rubric=shown_rubric(text), **fields)
    gold = gold_of(asked)
    assert gold is not None
    assert [(one.question.rubric, one.value) for one in gold.answers.all()] == [(newer, "fail")]


def test_answers_to_an_older_meaning_are_shown_and_not_taken_for_the_present_one(
    desk: Client, project: Project, asked: AgentSession, people: list[User]
) -> None:
    newer = ask(project, "polite", version=2, since=2)
    same = ask(project, "quick", version=2, kind=QuestionKind.SCALE, options={"lowest": 1, "highest": 5})
    review = make_review(asked, people[0], Outcome.SUCCESS)
    Review.objects.filter(pk=review.pk).update(rubric=newer.rubric)
    answer(newer, [review], "fail")
    answer(same, [review], 4)
    text = page(desk, "disagreement_page", project, asked.pk)
    assert checked(text, "answer_polite") == ["fail"]
    # Ada judged it twice and speaks once, as she did last; what Bob said under version 1 still means the same.
    assert checked(text, "answer_quick") == ["4"]
    assert 'name="answer_words"' not in text, "version 2 does not ask it"
    assert "dawdled" in text


def test_the_page_asks_the_same_queries_for_one_question_and_for_nine(
    desk: Client, project: Project, people: list[User]
) -> None:
    [session] = judge_all(project, people, "ssf")
    reviews = list(session.reviews.order_by("pk"))
    counts = []
    for size in (1, 8):
        for n in range(size):
            answer(ask(project, f"q-{size}-{n}"), reviews, "pass", "fail", "pass")
        with CaptureQueriesContext(connection) as captured:
            page(desk, "disagreement_page", project, session.pk)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_list_names_the_answer_in_which_they_differ(desk: Client, project: Project, people: list[User]) -> None:
    [session, _] = judge_all(project, people, "sss", "sss")
    answer(ask(project, "polite"), list(session.reviews.order_by("pk")), "pass", "fail", "pass")
    text = page(desk, "disagreement_list", project)
    assert "0 of 1 settled" in text
    assert "An answer" in text
    assert "“polite?” Pass or Fail" in text


def test_a_lead_who_may_yet_judge_it_blind_hears_of_no_answer(
    desk: Client, project: Project, asked: AgentSession, lead: User
) -> None:
    Review.objects.update(outcome=Outcome.SUCCESS)
    assert "“polite?” Pass or Fail" in page(desk, "disagreement_list", project)
    queue = make_queue(project, is_blind=True, reviewers_per_session=4)
    queue.takers.add(lead)
    make_slot(queue, asked)
    assert "polite?" not in page(desk, "disagreement_list", project)
    page(desk, "disagreement_page", project, asked.pk, status=404)
    assert settle(desk, asked, outcome="success", answer_polite="pass").status_code == 404
    assert not Answer.objects.filter(review__is_gold=True).exists()
