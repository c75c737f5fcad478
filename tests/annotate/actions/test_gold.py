"""Settling: which failures stand afterwards, what taking it back restores, and what others may still do."""

import uuid
from typing import Any

import pytest

from accounts.models import Project, User
from annotate.actions.gold import settle, unsettle
from annotate.actions.undoing import undo_review
from annotate.models import Answer, Failure, Outcome, QuestionKind, Queue, Review, SlotState
from annotate.queries.gold import gold_of, settlements
from annotate.told import Told
from common.errors import Refused
from tests.annotate.actions.deciding import submit, take
from tests.annotate.judging import ask
from tests.builders import make_failure, make_review, make_session, make_slot, make_talk
from traces.models import AgentSession


@pytest.fixture
def session(project: Project) -> AgentSession:
    session = make_session(project)
    make_talk(session)
    return session


@pytest.fixture
def told(session: AgentSession, ada: User, bob: User) -> list[Failure]:
    """Two failures of Ada's and one of Bob's."""
    first, second = make_review(session, ada), make_review(session, bob)
    return [make_failure(first, "One."), make_failure(first, "Two."), make_failure(second, "Three.", root_step="k3")]


def gold(session: AgentSession, lead: User, outcome: Outcome = Outcome.FAILURE, **given: Any) -> Review:
    given = {"reason": "The refund never came.", "client_id": uuid.uuid4(), **given}
    return settle(session=session, lead=lead, outcome=outcome, **given)


def standing(session: AgentSession) -> list[str]:
    return list(
        Failure.objects.filter(session=session, withdrawn_at=None).order_by("pk").values_list("note", flat=True)
    )


def test_a_settlement_is_a_row_of_its_own_that_overrules_what_it_does_not_adopt(
    session: AgentSession, lead: User, told: list[Failure]
) -> None:
    before = list(Review.objects.values().order_by("pk"))
    review = gold(session, lead, adopted=[told[1].pk])
    assert (review.is_gold, review.slot, review.reviewer, review.reason) == (True, None, lead, "The refund never came.")
    assert standing(session) == ["Two."]
    assert set(Failure.objects.filter(overruled_by=review)) == {told[0], told[2]}
    assert list(Review.objects.filter(is_gold=False).values().order_by("pk")) == before
    assert gold_of(session) == review


def test_a_settled_success_overrules_every_failure(session: AgentSession, lead: User, told: list[Failure]) -> None:
    gold(session, lead, Outcome.SUCCESS, adopted=[told[0].pk])
    assert standing(session) == []


def test_the_lead_may_say_it_in_their_own_words(session: AgentSession, lead: User, told: list[Failure]) -> None:
    own = Told(root_step="k2", note="The token had expired.", failure_type="auth rot", severity="high")
    review = gold(session, lead, failures=[own])
    assert standing(session) == ["The token had expired."]
    written = Failure.objects.get(review=review)
    assert written.failure_type is not None
    assert (written.failure_type.name, written.severity) == ("auth rot", "high")
    assert written.failure_type.coined_on == session


def test_taking_it_back_restores_exactly_what_it_overruled(
    session: AgentSession, lead: User, bob: User, told: list[Failure]
) -> None:
    withdrawn = make_failure(make_review(session, bob), "Long gone.")
    Failure.objects.filter(pk=withdrawn.pk).update(withdrawn_at=withdrawn.created_at)
    own = Told(root_step="k2", note="My own.")
    review = gold(session, lead, adopted=[told[0].pk], failures=[own])
    unsettle(session=session, lead=lead, gold_id=review.pk)
    assert standing(session) == ["One.", "Two.", "Three."]
    assert gold_of(session) is None
    assert not Failure.objects.filter(overruled_by__isnull=False).exists()
    [kept] = settlements(session)
    assert (kept, kept.withdrawn_by) == (review, lead)
    assert list(kept.adopts.all()) == [told[0]]


def test_settling_anew_replaces_the_settlement_and_keeps_it_as_history(
    session: AgentSession, lead: User, told: list[Failure]
) -> None:
    first = gold(session, lead, Outcome.SUCCESS)
    second = gold(session, lead, adopted=[told[2].pk], instead_of=first.pk)
    assert standing(session) == ["Three."]
    assert list(settlements(session)) == [second, first]
    assert gold_of(session) == second


def test_of_two_leads_who_saw_the_same_the_second_is_told(
    session: AgentSession, lead: User, bob: User, told: list[Failure]
) -> None:
    first = gold(session, lead, Outcome.SUCCESS)
    with pytest.raises(Refused, match=f"Meanwhile {lead} has settled this session: success"):
        gold(session, bob, adopted=[told[0].pk])
    assert gold_of(session) == first
    unsettle(session=session, lead=lead, gold_id=first.pk)
    with pytest.raises(Refused, match="was taken back"):
        gold(session, bob, adopted=[told[0].pk], instead_of=first.pk)
    with pytest.raises(Refused, match="taken back already"):
        unsettle(session=session, lead=lead, gold_id=first.pk)
    assert standing(session) == ["One.", "Two.", "Three."]


def test_a_settlement_sent_twice_counts_once(session: AgentSession, lead: User, told: list[Failure]) -> None:
    client_id = uuid.uuid4()
    first = gold(session, lead, Outcome.SUCCESS, client_id=client_id)
    assert gold(session, lead, Outcome.SUCCESS, client_id=client_id) == first


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"outcome": "perhaps"}, "outcome"),
        ({"adopted": []}, "adopted"),
        ({"adopted": [0]}, "adopted"),
        ({"failures": [Told(root_step="k9", note="Nowhere.")]}, "failures-0-root_step"),
    ],
)
def test_an_incomplete_settlement_is_refused_at_its_field(
    session: AgentSession, lead: User, told: list[Failure], given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        gold(session, lead, **{"adopted": [told[0].pk], **given})
    assert refusal.value.field == field
    assert standing(session) == ["One.", "Two.", "Three."]
    assert gold_of(session) is None


def test_failures_of_another_session_cannot_be_adopted(
    project: Project, session: AgentSession, lead: User, ada: User, told: list[Failure]
) -> None:
    other = make_failure(make_review(make_session(project, "s-2"), ada))
    with pytest.raises(Refused, match="taken back meanwhile"):
        gold(session, lead, adopted=[other.pk])


def test_what_nobody_judged_cannot_be_settled(session: AgentSession, lead: User) -> None:
    with pytest.raises(Refused, match="Nobody has judged"):
        gold(session, lead, Outcome.SUCCESS)


def test_what_is_told_after_the_settlement_waits_for_the_lead(
    queue: Queue, session: AgentSession, lead: User, ada: User, bob: User
) -> None:
    make_failure(make_review(session, ada))
    review = gold(session, lead, Outcome.SUCCESS)
    make_slot(queue, session)
    submit(take(queue, bob), bob, Told(root_step="k2", note="Late."))
    assert standing(session) == []
    unsettle(session=session, lead=lead, gold_id=review.pk)
    assert standing(session) == ["Claimed a refund that failed.", "Late."]


def test_a_review_that_a_lead_built_on_cannot_be_taken_back(
    queue: Queue, session: AgentSession, lead: User, ada: User, bob: User
) -> None:
    for ordinal in (1, 2):
        make_slot(queue, session, ordinal=ordinal)
    slots = [take(queue, person) for person in (ada, bob)]
    mine = submit(slots[0], ada, Told(root_step="k2", note="Ada's."))
    theirs = submit(slots[1], bob, Told(root_step="k2", note="Bob's."))
    review = gold(session, lead, adopted=list(mine.failures.values_list("pk", flat=True)))
    with pytest.raises(Refused, match="Ask them to change it"):
        undo_review(slot=slots[0], reviewer=ada)
    assert undo_review(slot=slots[1], reviewer=bob).state == SlotState.LEASED
    unsettle(session=session, lead=lead, gold_id=review.pk)
    assert standing(session) == ["Ada's."]
    assert Failure.objects.get(review=theirs).withdrawn_at is not None


SCALE = {"lowest": 1, "highest": 5}


def answers_of(review: Review) -> dict[str, Any]:
    return dict(Answer.objects.filter(review=review).values_list("question__key", "value"))


def test_a_settlement_keeps_answers_and_may_leave_needed_ones_open(
    project: Project, session: AgentSession, lead: User, told: list[Failure]
) -> None:
    ask(project, "tone", kind=QuestionKind.SCALE, options=SCALE)
    ask(project, "polite", is_required=True)
    review = gold(session, lead, adopted=[told[0].pk], answers={"tone": "4", "unheard-of": "pass"})
    assert answers_of(review) == {"tone": 4}
    assert Answer.objects.exclude(review=review).count() == 0


def test_answers_are_of_the_newest_version_that_the_session_was_judged_under(
    project: Project, session: AgentSession, lead: User, told: list[Failure]
) -> None:
    ask(project, "polite")
    newer = ask(project, "polite", version=2)
    ask(project, "polite", version=3)
    Review.objects.filter(pk=told[0].review_id).update(rubric=newer.rubric)
    review = gold(session, lead, Outcome.SUCCESS, answers={"polite": "fail"})
    assert review.rubric == newer.rubric
    assert Answer.objects.get(review=review).question == newer


def test_answers_to_questions_that_are_asked_no_more_are_refused(
    project: Project, session: AgentSession, lead: User, told: list[Failure]
) -> None:
    shown, newer = ask(project, "polite").rubric, ask(project, "safe", version=2).rubric
    Review.objects.filter(pk=told[2].review_id).update(rubric=newer)
    with pytest.raises(Refused, match="another version of the rubric") as refusal:
        gold(session, lead, Outcome.SUCCESS, answers={"polite": "fail"}, rubric=shown.pk)
    assert refusal.value.field == "rubric"
    assert gold_of(session) is None
    assert standing(session) == ["One.", "Two.", "Three."]
    assert gold(session, lead, Outcome.SUCCESS, answers={"safe": "fail"}, rubric=newer.pk).rubric == newer


def test_a_wrong_answer_is_refused_at_its_field_and_nothing_is_settled(
    project: Project, session: AgentSession, lead: User, told: list[Failure]
) -> None:
    ask(project, "polite")
    with pytest.raises(Refused) as refusal:
        gold(session, lead, adopted=[told[0].pk], answers={"polite": "perhaps"})
    assert refusal.value.field == "answer_polite"
    assert standing(session) == ["One.", "Two.", "Three."]
    assert gold_of(session) is None


def test_answers_go_with_the_settlement_that_they_belong_to(
    project: Project, session: AgentSession, lead: User, told: list[Failure]
) -> None:
    ask(project, "polite")
    first = gold(session, lead, Outcome.SUCCESS, answers={"polite": "fail"})
    second = gold(session, lead, Outcome.SUCCESS, answers={"polite": "pass"}, instead_of=first.pk)
    assert list(Answer.objects.filter(review__withdrawn_at=None).values_list("review", "value")) == [
        (second.pk, "pass")
    ]
    unsettle(session=session, lead=lead, gold_id=second.pk)
    assert not Answer.objects.filter(review__withdrawn_at=None).exists()
    assert answers_of(first) == {"polite": "fail"}
