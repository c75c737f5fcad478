"""What the demo's people do together: enough, and of the right kind, that no page of theirs is empty."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, Project, User
from annotate.actions.adding import add_sessions
from annotate.models import CalibrationReview, Comment, Mention, Outcome, Queue, Review, Slot, SlotState
from annotate.queries.agreement import agreement_in
from annotate.queries.comments import open_flags
from annotate.queries.disagreements import read_disputes
from annotate.queries.evaluators import evaluators
from annotate.queries.measured import measured_rows, people_measured
from annotate.queries.twice import read_twice
from demo.actions import create_demo, play_team
from demo.actions.people import EMAILS
from demo.actions.team import CHOSEN, QUEUE, READ, SETTLED
from demo.management.commands.seed_demo import sending_key
from demo.queries import is_team_done
from demo.story import tell
from demo.story.machines import scores_of
from demo.story.opinions import REVIEWERS, opinion
from demo.story.questions import QUESTIONS
from demo.story.telling import REFUNDS
from ingest.digest import digest_waiting
from tests.builders import NOON, make_queue, make_review, make_session, make_slot, make_user
from tests.demo.test_actions import make_steps_of
from traces.models import AgentSession, Score

RUNS = [run for run in tell(seed=20, now=NOON) if run.workflow == REFUNDS][-CHOSEN:]


@pytest.fixture
def owner(db: None) -> User:
    return make_user("owner@example.com", is_superuser=True)


@pytest.fixture
def demo(owner: User) -> Project:
    project = create_demo(owner=owner)
    for run in RUNS:
        make_steps_of(run, make_session(project, run.external_id, workflow=run.workflow, settled_revision=1))
    return project


@pytest.fixture
def played(demo: Project) -> Project:
    play_team(project=demo, runs=RUNS)
    return demo


def counts(project: Project) -> list[int]:
    models: list[Any] = [Review, Comment, CalibrationReview]
    return [model.objects.filter(project=project).count() for model in models] + [Mention.objects.count()]


def test_team_works_once(played: Project) -> None:
    before = counts(played)
    assert is_team_done(played)
    play_team(project=played, runs=RUNS)
    assert counts(played) == before


def test_two_judge_each_session_and_some_are_left_to_whoever_tries_it(played: Project) -> None:
    queue = Queue.objects.get(project=played, name=QUEUE)
    assert queue.is_blind
    taken = Slot.objects.work().filter(queue=queue).values_list("state", flat=True)
    wanted = [SlotState.FREE] * 2 * (CHOSEN - READ) + [SlotState.SUBMITTED] * 2 * READ
    assert sorted(taken) == wanted
    assert {len(told) for told in read_twice(played).sessions.values()} == {2}


def test_who_judged_a_session_elsewhere_is_not_asked_again(demo: Project) -> None:
    play_team(project=demo, runs=[])
    session = AgentSession.objects.get(external_id=RUNS[0].external_id)
    tom = User.objects.get(email="tom@demo.invalid")
    other = make_slot(make_queue(demo), session)
    make_review(session, tom, Outcome.SUCCESS, slot=other)
    play_team(project=demo, runs=RUNS)
    told = read_twice(demo).sessions[session.pk]
    assert sorted(User.objects.get(pk=said.reviewer).email for said in told) == sorted(
        f"{key}@demo.invalid" for key in REVIEWERS
    )


def test_reviewers_agree_as_people_do(played: Project) -> None:
    alphas = {measure.key: measure.agreement.alpha or 0 for measure in agreement_in(played).measures}
    assert 0.6 < alphas["outcome"] < 0.8
    assert 0.4 < alphas["failure_type"] < 0.9
    assert min(alphas[f"Did it work?/{question.key}"] for question in QUESTIONS) > 0.4


def test_lead_has_settled_most_and_left_some(played: Project) -> None:
    golds = Review.objects.filter(project=played, is_gold=True)
    assert golds.count() == SETTLED
    assert {gold.reviewer.email for gold in golds} == {"ruth@demo.invalid"}
    truths = {run.external_id: run.truth for run in RUNS}
    for gold in golds.select_related("session"):
        assert (gold.outcome == Outcome.FAILURE) == (truths[gold.session.external_id] is not None)
        assert gold.reason
    disputes = read_disputes(played)
    assert len(disputes.open) >= 3
    assert len(disputes.settled) >= 3


def test_newcomer_is_measured_by_the_lead_and_the_others_by_themselves(played: Project) -> None:
    people = {row.person.email: row.numbers for row in people_measured(measured_rows(played))}
    noor = people.pop("noor@demo.invalid")
    assert noor.true_positive.share is not None
    assert noor.true_negative.share is not None
    assert 0.5 < noor.true_positive.share < 1
    assert all(numbers.consistency.share is not None for numbers in people.values())
    assert len(people) == len(REVIEWERS)


def test_one_question_waits_and_the_owner_is_named(played: Project, owner: User) -> None:
    membership = Membership.objects.get(project=played, user=owner)
    assert [flag.author.email for flag in open_flags(membership)] == ["ines@demo.invalid"]
    named = set(Mention.objects.values_list("user__email", flat=True))
    assert named == {"owner@example.com", "tom@demo.invalid", "maya@demo.invalid"}
    assert Comment.objects.exclude(step="").count() > Comment.objects.filter(step="").count() > 0


def test_what_somebody_else_sent_is_left_alone(demo: Project) -> None:
    strange = make_session(demo, "sent by somebody", workflow=REFUNDS, settled_revision=1)
    play_team(project=demo, runs=RUNS)
    assert not Slot.objects.filter(item__session=strange).exists()
    queue = Queue.objects.get(project=demo, name=QUEUE)
    assert add_sessions(queue=queue, session_ids=[strange.pk]).new == 1
    play_team(project=demo, runs=RUNS)
    assert not Review.objects.filter(session=strange).exists()


def test_machines_are_held_against_people(demo: Project) -> None:
    with sending_key(demo) as secret:
        sender = Client(headers={"Authorization": f"Bearer {secret}"})
        scores = [score for run in RUNS for score in scores_of(run)]
        answer = sender.post("/api/v1/scores/", scores, content_type="application/json")
    assert (answer.status_code, answer.json()["refused"]) == (202, [])
    while digest_waiting():
        pass
    assert Score.objects.filter(session__isnull=False).count() == 2 * len(RUNS)
    play_team(project=demo, runs=RUNS)
    judge, check = sorted(evaluators(demo).rows, key=lambda row: not row.has_numbers)
    assert (judge.best is not None, check.has_numbers) == (True, False)
    assert judge.gold.is_enough
    assert judge.majority.missed > 0


def test_opinions_are_always_the_same_and_never_of_what_is_not_there() -> None:
    for run in RUNS:
        keys = {run.step_key(position) for position in range(len(run.events))}
        for person in REVIEWERS:
            told = opinion(run, person)
            assert told == opinion(run, person)
            assert {failure.root_step for failure in told.failures} <= keys
            assert bool(told.failures) == (told.outcome == "failure")


def test_made_up_people_have_names_of_their_own(played: Project) -> None:
    assert User.objects.filter(email__in=EMAILS, is_staff=False).count() == len(EMAILS) == 5
