"""Quotes, conditions and answers: kept with a judgement, given back with it, refused where they are wrong."""

import uuid
from typing import Any

import pytest

from accounts.models import Project, User
from annotate.actions.reviews import submit_review
from annotate.actions.undoing import content_of, undo_decision
from annotate.models import Answer, Draft, Failure, FailureType, Outcome, Question, Queue, Review, Rubric, Slot
from annotate.told import Assertion, Quote, Told, read_draft
from common.errors import Refused
from tests.builders import make_session, make_slot, make_talk

DONE = Quote("k3", 0, 5, "Done!")
EXPIRED = Quote("k2", 0, 17, "401 token expired")
MUST = Assertion("must_call", "lookup", "with the order")


@pytest.fixture
def slot(queue: Queue) -> Slot:
    session = make_session(queue.project)
    make_talk(session)
    return make_slot(queue, session)


def ask(rubric: Rubric, key: str, kind: str = "pass_fail", **fields: Any) -> Question:
    return Question.objects.create(rubric=rubric, key=key, position=1, kind=kind, text=f"{key}?", **fields)


def submit(slot: Slot, reviewer: User, *told: Told, **fields: Any) -> Review:
    values = {"client_id": uuid.uuid4(), "outcome": Outcome.FAILURE if told else Outcome.SUCCESS, **fields}
    return submit_review(slot=slot, reviewer=reviewer, failures=told, **values)


def test_quotes_and_conditions_are_kept_and_given_back(project: Project, slot: Slot, ada: User) -> None:
    review = submit(slot, ada, Told("k2", "It lied.", quotes=(DONE, EXPIRED), assertions=(MUST,)))

    failure = Failure.objects.get()
    quotes = [
        {"step": "k3", "start": 0, "end": 5, "text": "Done!"},
        {"step": "k2", "start": 0, "end": 17, "text": "401 token expired"},
    ]
    assertions = [{"kind": "must_call", "target": "lookup", "detail": "with the order"}]
    assert (failure.quotes, failure.assertions) == (quotes, assertions)
    told = content_of(review)["failures"][0]
    assert (told["quotes"], told["assertions"]) == (quotes, assertions)
    undo_decision(project=project, reviewer=ada)
    assert Draft.objects.get().content["failures"] == [told]


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        (Quote("k9", 0, 5, "Done!"), "of a step that this session has not"),
        (Quote("k3", 1, 6, "Done!"), "does not stand there"),
        (Quote("k2", 0, 5, "Done!"), "does not stand there"),
    ],
)
def test_a_quote_of_what_is_not_there_is_refused_at_its_failure(
    slot: Slot, ada: User, quote: Quote, words: str
) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        submit(slot, ada, Told("k2", "It lied."), Told("k2", "Twice.", quotes=(quote,)))

    assert refusal.value.field == "failures-1-quotes"
    assert Review.objects.count() == 0


def test_a_quote_of_another_session_is_refused(slot: Slot, ada: User) -> None:
    other = make_session(slot.queue.project, "other")
    make_talk(other)
    other.steps.filter(key="k3").update(key="theirs")

    with pytest.raises(Refused):
        submit(slot, ada, Told("k2", "It lied.", quotes=(Quote("theirs", 0, 5, "Done!"),)))


@pytest.mark.parametrize("outcome", Outcome.values)
def test_answers_are_kept_with_every_outcome_and_given_back(
    project: Project, slot: Slot, ada: User, outcome: str
) -> None:
    rubric = slot.queue.rubric
    ask(rubric, "tone", "scale", options={"lowest": 1, "highest": 5})
    ask(rubric, "areas", "choices", options=[{"value": "a", "label": "A"}, {"value": "b", "label": "B"}])
    told = [Told("k2", "It lied.")] if outcome == "failure" else []
    review = submit(slot, ada, *told, outcome=outcome, answers={"tone": "4", "areas": ["b", "a"], "gone": "x"})

    assert dict(Answer.objects.values_list("question__key", "value")) == {"tone": 4, "areas": ["a", "b"]}
    content = content_of(review)
    assert content["answers"] == {"tone": "4", "areas": ["a", "b"]}
    assert read_draft(content) == {**content, "failures": read_draft(content)["failures"]}
    undo_decision(project=project, reviewer=ada)
    assert Draft.objects.get().content["answers"] == content["answers"]


def test_a_required_question_is_named_unless_nobody_can_tell(slot: Slot, ada: User) -> None:
    ask(slot.queue.rubric, "tone", is_required=True)
    for outcome, told in (("success", []), ("failure", [Told("k2", "It lied.")])):
        with pytest.raises(Refused, match=r"Answer this too: tone\?") as refusal:
            submit(slot, ada, *told, outcome=outcome)
        assert refusal.value.field == "answer_tone"

    assert submit(slot, ada, outcome="unknown").answers.count() == 0


def test_a_wrong_answer_is_refused_at_its_question(slot: Slot, ada: User) -> None:
    ask(slot.queue.rubric, "tone")
    with pytest.raises(Refused) as refusal:
        submit(slot, ada, answers={"tone": "perhaps"})

    assert (refusal.value.field, Review.objects.count()) == ("answer_tone", 0)


def test_the_name_of_a_merged_type_leads_to_its_target(project: Project, slot: Slot, ada: User) -> None:
    target = FailureType.objects.create(project=project, name="Silent failure")
    between = FailureType.objects.create(project=project, name="Hidden", merged_into=target)
    FailureType.objects.create(project=project, name="Hides errors", merged_into=between)
    submit(slot, ada, Told("k2", "It lied.", failure_type="hides  ERRORS"))

    assert Failure.objects.get().failure_type == target
    assert FailureType.objects.count() == 3
