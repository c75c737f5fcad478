"""Making, reviewing and removing the demo."""

import pytest
from django.apps import apps

from accounts.access import find_api_key
from accounts.models import ApiKey, Membership, Project, Role, User
from annotate.filling import fill_queues, make_default_queue
from annotate.models import CalibrationReview, Failure, Outcome, QueueItem, Review, SlotState, Stratum
from common.errors import Refused
from demo.actions import create_demo, play_team, remove_demo, review_demo
from demo.management.commands.seed_demo import sending_key
from demo.queries import Leaving, unfinished_demo
from demo.story import AgentRun, tell
from issues.actions import create_issue, merge_issues, undo
from issues.models import Issue
from tests.builders import (
    NOON,
    client_of,
    make_failure,
    make_member,
    make_project,
    make_review,
    make_session,
    make_user,
)
from traces.models import AgentSession, ScoreMeaning, Step, StepKind, StepRole

RUNS = tell(seed=20, now=NOON, count=40)


@pytest.fixture
def owner(db: None) -> User:
    return make_user("owner@example.com", is_superuser=True)


@pytest.fixture
def demo(owner: User) -> Project:
    return create_demo(owner=owner)


def make_steps_of(run: AgentRun, session: AgentSession) -> None:
    # An answer stands where its trace ends; under its key nothing stands where the user asked.
    told = [position for position, event in enumerate(run.events) if getattr(event, "who", "") != "user"]
    keys = dict.fromkeys(run.step_key(position) for position in told)
    Step.objects.bulk_create(
        Step(session=session, position=number, key=key, kind=StepKind.TOOL, role=StepRole.TOOL)
        for number, key in enumerate(keys, start=1)
    )


def arrive(project: Project) -> None:
    """Puts the told sessions into the database as if they had been sent, read and settled."""
    for run in RUNS:
        make_steps_of(run, make_session(project, run.external_id, workflow=run.workflow, settled_revision=1))
    make_default_queue(project)
    fill_queues(1000)


def test_demo_is_made_once(demo: Project, owner: User) -> None:
    assert create_demo(owner=owner) == demo
    assert demo.is_demo
    assert Membership.objects.get(project=demo, user=owner).role == Role.ADMIN


def test_reviewers_of_the_demo_cannot_log_in(demo: Project) -> None:
    reviewers = User.objects.filter(memberships__project=demo, memberships__role=Role.REVIEWER)
    assert {user.has_usable_password() for user in reviewers} == {False}


def test_demo_does_not_take_another_projects_address(owner: User) -> None:
    make_project("demo")
    with pytest.raises(Refused):
        create_demo(owner=owner)


def test_reviews_tell_the_ground_truth_and_are_made_once(demo: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.actions.reviewing.REVIEWS", 25)
    arrive(demo)
    first = review_demo(project=demo, runs=RUNS)
    assert review_demo(project=demo, runs=RUNS) == first == Review.objects.count() == 25
    truths = {run.external_id: run.truth for run in RUNS}
    for failure in Failure.objects.select_related("session"):
        truth = truths[failure.session.external_id]
        assert truth is not None
        assert (failure.root_step, failure.note) == (truth.root_step, truth.note)
    for review in Review.objects.select_related("session"):
        assert (review.outcome == Outcome.FAILURE) == (truths[review.session.external_id] is not None)


def test_reviewers_of_the_demo_choose_nothing_by_how_it_went(demo: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.actions.reviewing.REVIEWS", 15)
    monkeypatch.setattr("demo.actions.reviewing.DRAWN", 5)
    arrive(demo)
    strange = make_session(demo, "sent by somebody", settled_revision=1)
    fill_queues(1000)
    ordered = QueueItem.objects.exclude(session=strange).order_by("-slots__priority", "pk")
    drawn = list(ordered.filter(stratum=Stratum.RANDOM))[:5]
    ranked = [item for place, item in enumerate(ordered.exclude(stratum=Stratum.RANDOM)) if place % 4]
    assert review_demo(project=demo, runs=RUNS) == 15
    read = QueueItem.objects.filter(slots__state=SlotState.SUBMITTED)
    assert set(read) == {*drawn, *ranked[: 15 - len(drawn)]}
    assert set(read.filter(slots__in_turn=True)) == set(drawn)


def test_key_of_the_demo_has_a_name_for_people_and_ends_with_the_sending(demo: Project) -> None:
    with sending_key(demo) as first, sending_key(demo) as second:
        # As if the first run had been stopped before it could give its key back.
        assert [find_api_key({"X-Api-Key": secret}) is None for secret in (first, second)] == [True, False]
    assert {key.name for key in ApiKey.objects.exclude(revoked_at=None)} == {"Made-up sessions"}
    assert not ApiKey.objects.filter(revoked_at=None).exists()


def test_demo_is_unfinished_until_all_has_arrived(demo: Project) -> None:
    assert unfinished_demo() == demo
    remove_demo(project=demo)
    assert unfinished_demo() is None


def fill_with_decisions(project: Project, lead: User) -> None:
    review = make_review(make_session(project), lead)
    one, two = (create_issue(failure=make_failure(review, note), title=note, actor=lead) for note in ("One", "Two"))
    decision = merge_issues(into=one, others=[two], actor=lead)
    undo(decision=undo(decision=decision, actor=lead), actor=lead)


def test_removing_takes_everything_of_the_demo_and_nothing_else(demo: Project, owner: User) -> None:
    other = make_project("acme")
    lead = make_member(other, Role.LEAD)
    fill_with_decisions(other, lead)
    before = {model: model._default_manager.count() for model in apps.get_models()}
    fill_with_decisions(demo, owner)
    arrive(demo)
    review_demo(project=demo, runs=RUNS)
    play_team(project=demo, runs=RUNS)
    assert CalibrationReview.objects.exists()
    remove_demo(project=demo)
    after = {model: model._default_manager.count() for model in apps.get_models()}
    gone = {Project: 1, Membership: 6, User: 5, ScoreMeaning: 2}
    assert after == {model: count - gone.get(model, 0) for model, count in before.items()}


def test_removing_refuses_a_real_project(db: None) -> None:
    with pytest.raises(Refused):
        remove_demo(project=make_project())


def test_page_asks_before_it_removes(demo: Project, owner: User) -> None:
    client = client_of(owner)
    assert b"Remove the demo?" in client.get("/p/demo/demo/remove/").content
    assert Project.objects.filter(pk=demo.pk).exists()
    response = client.post("/p/demo/demo/remove/")
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert not Project.objects.filter(pk=demo.pk).exists()


def test_page_tells_made_up_rows_from_ones_own(demo: Project, owner: User) -> None:
    made_up, colleague = make_session(demo, RUNS[0].external_id), User.objects.get(email="maya@demo.invalid")
    make_review(made_up, colleague)
    client = client_of(owner)
    assert client.get("/p/demo/demo/remove/").context["leaving"] == Leaving(1, 1, 0, 0, 0)
    assert b"This is not made up" not in client.get("/p/demo/demo/remove/").content
    make_review(make_session(demo, "harbor-of-mine"), owner)
    Issue.objects.create(project=demo, number=1, title="One")
    page = client.get("/p/demo/demo/remove/")
    assert page.context["leaving"] == Leaving(1, 1, 1, 1, 1)
    assert b"1 session that you or your programs sent" in page.content


def test_page_is_missing_for_real_projects_and_for_reviewers(demo: Project) -> None:
    project = make_project("acme")
    assert client_of(make_member(project, Role.ADMIN)).get("/p/acme/demo/remove/").status_code == 404
    assert client_of(make_member(demo, Role.LEAD)).post("/p/demo/demo/remove/").status_code == 404
    assert Project.objects.filter(pk=demo.pk).exists()
