"""Agreement out of rows: whose judgements are compared, under which definition, and who sees what."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Project, Role, User
from annotate.models import Answer, Outcome, Question, QuestionKind, Review, Rubric
from annotate.queries.agreement import Measure, Numbers, agreement_in
from annotate.queries.blind import sight_of
from annotate.queries.disagreements import dispute_rows, read_disputes
from annotate.queries.twice import Chosen
from tests.annotate.judging import dispute, judge_all, judged_by
from tests.builders import (
    NOON,
    make_failure,
    make_failure_type,
    make_member,
    make_project,
    make_queue,
    make_review,
    make_session,
    make_slot,
    make_steps,
)
from traces.models import StepKind


def measure(numbers: Numbers, key: str) -> Measure:
    [found] = [one for one in numbers.measures if one.key == key]
    return found


def test_only_standing_reviews_of_reviewers_are_compared(project: Project, reviewers: list[User], lead: User) -> None:
    sessions = judge_all(project, reviewers, *["ss.", "ff.", "sf."] * 4, "s..")
    make_review(sessions[0], lead, Outcome.FAILURE, is_gold=True)
    make_review(sessions[12], lead, Outcome.FAILURE, is_gold=True)
    make_review(sessions[12], reviewers[1], Outcome.FAILURE, withdrawn_at=NOON)
    # Once more by the same person: what they said last counts, and they agree with nobody but others.
    make_review(sessions[12], reviewers[0], Outcome.FAILURE)
    make_review(sessions[2], reviewers[1], Outcome.SUCCESS)
    numbers = agreement_in(project)
    found = measure(numbers, "outcome").agreement
    assert (numbers.sessions, numbers.reviews) == (12, 24)
    assert (found.units, found.share.agreed, found.share.pairs) == (12, 9, 12)
    assert found.alpha is not None
    assert found.low is not None
    assert found.low < found.alpha < 1
    [pair] = numbers.pairs
    assert (pair.first, pair.second, pair.pair.both, pair.pair.agreed) == (*reviewers[:2], 12, 9)
    # Success, failure, can't tell: rows by Ada, columns by Bob.
    assert pair.table == [[5, 3, 0], [0, 4, 0], [0, 0, 0]]
    assert numbers.table == [[10, 3, 0], [3, 8, 0], [0, 0, 0]]
    assert [(row.person, row.sessions, row.share.agreed) for row in numbers.people] == [
        (reviewers[0], 12, 9),
        (reviewers[1], 12, 9),
    ]


def test_judgements_of_a_queue_a_version_or_some_days_can_be_told_apart(
    project: Project, reviewers: list[User], lead: User
) -> None:
    queue = make_queue(project, reviewers_per_session=2)
    queued = make_session(project, "queued")
    for ordinal, person in enumerate(reviewers[:2], 1):
        make_review(queued, person, slot=make_slot(queue, queued, ordinal=ordinal))
    judge_all(project, reviewers, "ff.", "sss")
    Review.objects.filter(session__external_id="s-1").update(submitted_at=timezone.now() - timedelta(days=10))
    second = Rubric.objects.create(project=project, name="Default", version=2)
    Review.objects.filter(session__external_id="s-2").update(rubric=second)
    assert agreement_in(project).sessions == 3
    assert agreement_in(project, Chosen(queue=queue)).sessions == 1
    assert agreement_in(project, Chosen(rubric=second)).reviews == 3
    assert agreement_in(project, Chosen(days=7)).sessions == 2
    assert agreement_in(project, person=reviewers[2]).sessions == 1
    assert len(agreement_in(project, person=reviewers[2]).pairs) == 2


def test_outcomes_under_different_definitions_are_not_compared(project: Project, reviewers: list[User]) -> None:
    [session] = judge_all(project, reviewers, "ssf")
    meant_otherwise = Rubric.objects.create(project=project, name="Default", version=2, outcome_since=2)
    Review.objects.filter(reviewer=reviewers[2]).update(rubric=meant_otherwise)
    share = measure(agreement_in(project), "outcome").agreement.share
    assert (share.agreed, share.pairs) == (1, 1)
    assert session.reviews.count() == 3


def ask(project: Project, version: int, **fields: Any) -> Question:
    rubric, _ = Rubric.objects.get_or_create(project=project, name="Default", version=version)
    values = {"key": "tone", "position": 1, "kind": QuestionKind.SCALE, "text": f"How kind? v{version}", **fields}
    return Question.objects.create(rubric=rubric, **values)


def test_each_question_is_measured_by_its_kind_and_under_its_present_meaning(
    project: Project, reviewers: list[User]
) -> None:
    old, new = ask(project, 1), ask(project, 2, since=2)
    several = ask(project, 2, key="what", position=0, kind=QuestionKind.CHOICES, text="What was it?")
    words = ask(project, 2, key="words", kind=QuestionKind.TEXT)
    for place, session in enumerate(judge_all(project, reviewers, *["ss."] * 12)):
        for review in session.reviews.all():
            second = review.reviewer == reviewers[1]
            Answer.objects.create(review=review, question=old if place == 11 else new, value=place % 3 + second)
            Answer.objects.create(review=review, question=several, value=["a", "b"] if second else ["a"])
            Answer.objects.create(review=review, question=words, value="Words.")
    numbers = agreement_in(project)
    assert [one.key for one in numbers.measures] == [
        *("outcome", "Default/what", "Default/tone", "failure_type", "root_step", "root_step_near"),
    ]
    tone, what = measure(numbers, "Default/tone"), measure(numbers, "Default/what")
    assert (tone.label, tone.basis, tone.agreement.units) == ("How kind? v2", "by how far apart on the scale", 11)
    assert tone.agreement.alpha is not None
    assert tone.agreement.alpha > 0
    assert (what.agreement.units, what.agreement.share.agreed) == (12, 0)


def test_kinds_and_places_are_compared_where_several_say_failure_overruled_or_not(
    project: Project, reviewers: list[User], lead: User
) -> None:
    late, lied = make_failure_type(project, "Late"), make_failure_type(project, "Lied")
    for place, session in enumerate(judge_all(project, reviewers, *["ff."] * 12, "fs.")):
        make_steps(session, *[(StepKind.AGENT, {})] * 9)
        gold = make_review(session, lead, is_gold=True) if place == 0 else None
        gone: dict[str, Any] = {"withdrawn_at": NOON, "overruled_by": gold} if gold else {}
        for review in session.reviews.filter(outcome=Outcome.FAILURE, is_gold=False):
            second = review.reviewer == reviewers[1]
            make_failure(review, failure_type=lied if place % 2 else late, root_step=f"k{2 + 2 * second}", **gone)
            make_failure(review, root_step="k8", **gone)
    numbers = agreement_in(project)
    kinds = measure(numbers, "failure_type").agreement
    assert (kinds.units, kinds.alpha) == (12, 1.0)
    exact, near = (measure(numbers, key).agreement.share for key in ("root_step", "root_step_near"))
    assert (exact.agreed, near.agreed, near.pairs) == (0, 12, 12)


def test_what_a_lead_may_yet_judge_blind_is_left_out(project: Project, reviewers: list[User], lead: User) -> None:
    queue = make_queue(project, is_blind=True, reviewers_per_session=3)
    queue.takers.add(lead)
    session, _ = dispute(project, reviewers)
    make_slot(queue, session)
    sight = sight_of(Membership.objects.get(user=lead))
    assert agreement_in(project).sessions == 1
    assert agreement_in(project, sight=sight).sessions == 0
    assert read_disputes(project, sight=sight).total == 0


def test_the_same_queries_however_much_was_judged_and_nothing_of_others(
    project: Project, reviewers: list[User], lead: User
) -> None:
    theirs = make_project("other")
    judge_all(theirs, [make_member(theirs, Role.REVIEWER, f"{n}@other.example.com") for n in range(2)], "sf", "ff")
    assert agreement_in(project).sessions == 0
    counts = []
    for size in (1, 12):
        for n in range(size):
            session, _ = dispute(project, reviewers, f"{size}-{n}")
            make_review(session, lead, is_gold=True) if n % 2 else None
        with CaptureQueriesContext(
            connection,
        ) as captured:
            agreement_in(project)
            found = read_disputes(project)
            dispute_rows(found.open)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_disagreements_come_the_worst_first_and_settled_ones_apart(
    project: Project, reviewers: list[User], lead: User
) -> None:
    sessions = judge_all(project, reviewers, "sss", "sfs", "su.", "fs.", "f.s")
    make_review(sessions[4], lead, Outcome.FAILURE, is_gold=True)
    found = read_disputes(project)
    assert [dispute.session for dispute in found.open] == [sessions[place].pk for place in (3, 1, 2)]
    assert [dispute.session for dispute in found.settled] == [sessions[4].pk]
    assert (found.total, found.after(sessions[3].pk), found.after(0)) == (4, sessions[1].pk, sessions[3].pk)
    [row] = dispute_rows(found.settled)
    assert (row.people, row.gold and row.gold.reviewer) == ([reviewers[0], reviewers[2]], lead)
    assert read_disputes(project, person=reviewers[1]).total == 3
    assert judged_by(reviewers, sessions[0], "...") == []


def test_it_is_told_when_only_the_newest_reviews_were_compared(
    project: Project, reviewers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_all(project, reviewers, "sf.", "sf.")
    assert not read_disputes(project).is_cut
    monkeypatch.setattr("annotate.queries.twice.MOST", 3)
    assert read_disputes(project).is_cut
