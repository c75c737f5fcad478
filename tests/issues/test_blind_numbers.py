"""What a sight costs, and what a program with a key sees."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Project, Role, Scope, User
from annotate.models import Outcome, Queue, Slot, SlotState
from annotate.queries.blind import EVERYTHING, sight_of
from annotate.queries.estimates import leans, read_sample
from annotate.queries.people import people_rows
from issues.queries import counted_issues
from tests.builders import (
    client_of,
    make_failure,
    make_key,
    make_member,
    make_queue,
    make_review,
    make_session,
    make_slot,
)
from tests.counting import count_queries
from tests.issues.blind_world import ISSUE, MARKER, BlindWorld
from tests.issues.makers import make_issue, make_told
from traces.models import AgentSession


@pytest.fixture
def ada(project: Project) -> User:
    return make_member(project, Role.REVIEWER, "ada@example.com")


@pytest.fixture
def blind(project: Project) -> Queue:
    return make_queue(project, "Blind", is_blind=True)


def judge_withheld(queue: Queue, judge: User, number: int) -> AgentSession:
    session = make_session(queue.project, f"w-{number}")
    make_slot(queue, session)
    make_failure(make_review(session, judge))
    return session


def test_withheld_sessions_count_as_not_yet_reviewed(project: Project, blind: Queue, ada: User, lead: User) -> None:
    make_review(make_session(project, "s-1"), lead, Outcome.SUCCESS)
    session = judge_withheld(blind, lead, 1)
    sight = sight_of(Membership.objects.get(user=ada))

    def numbers(sight: Any) -> tuple[int, int, int, int]:
        sample, [row] = (
            read_sample(project, sight=sight),
            [row for row in people_rows(project, sight=sight) if row.week],
        )
        return sample.reviewed, sample.failed, row.week, row.failures

    assert (numbers(EVERYTHING), numbers(sight)) == ((2, 1, 2, 1), (1, 0, 1, 0))
    assert session.pk not in leans(project, sight=sight).values_list("session", flat=True)
    Slot.objects.update(state=SlotState.SUBMITTED, reviewer=ada)
    assert numbers(sight_of(Membership.objects.get(user=ada))) == (2, 1, 2, 1)


def test_issue_counts_leave_out_its_withheld_sessions(project: Project, blind: Queue, ada: User, lead: User) -> None:
    issue = make_issue(make_told(project, lead), lead)
    session = judge_withheld(blind, lead, 1)
    issue.memberships.create(failure=session.failures.get(), source="person", since=session.created_at)
    found: Any = counted_issues(project, sight_of(Membership.objects.get(user=ada))).get()
    everything: Any = counted_issues(project).get()
    assert [(one.sessions, one.failures) for one in (found, everything)] == [(1, 1), (2, 2)]


@pytest.mark.parametrize("name", ["issue_board", "proposal_inbox", "overview_compare", "signal_list", "session_list"])
def test_sight_costs_the_same_queries_for_1_and_10_withheld(
    project: Project, blind: Queue, ada: User, lead: User, name: str
) -> None:
    make_issue(make_told(project, lead), lead)
    client, url = client_of(ada), reverse(name, args=[project.slug])
    client.get(url)
    counts = []
    for numbers in (range(1), range(1, 10)):
        for number in numbers:
            judge_withheld(blind, lead, number)
        counts.append(count_queries(client, url))
    assert counts[0] == counts[1]


def test_who_has_nothing_withheld_reads_as_everybody_else(project: Project, ada: User, lead: User) -> None:
    make_queue(project, "Open to see")
    for person in (ada, lead, make_member(project, Role.VIEWER)):
        member = Membership.objects.get(user=person)
        with CaptureQueriesContext(connection) as queries:
            assert sight_of(member) is EVERYTHING
        assert len(queries) <= 1


def test_key_that_reads_sees_all_that_was_said(db: None) -> None:
    world = BlindWorld()
    program = Client(headers={"authorization": f"Bearer {make_key(world.project, Scope.READ)}"})

    def told(path: str) -> str:
        response: Any = program.get(f"/api/v1/{path}")
        assert response.status_code == 200
        return str(response.content.decode())

    assert f"{MARKER} note 0" in told("failures/")
    assert f"{MARKER} issue" in told("issues/")
    assert f"{MARKER} issue" in told(f"issues/{ISSUE}/")
    for query in ("judged=failure", f"failure_type={MARKER}+type", f"issue={ISSUE}"):
        assert "s-alone" in told(f"sessions/?{query}")


def test_key_of_another_scope_reads_nothing(db: None) -> None:
    world = BlindWorld()
    program = Client(headers={"authorization": f"Bearer {make_key(world.project, Scope.INGEST, Scope.WRITE)}"})
    assert {program.get(f"/api/v1/{path}").status_code for path in ("failures/", "issues/", "overview/")} == {403}


def test_form_and_description_say_what_a_key_sees(db: None) -> None:
    world = BlindWorld()
    form = client_of(world.tenant.people[Role.ADMIN]).get(reverse("api_keys", args=["ours"])).content.decode()
    assert "what reviewers of blind queues may not see yet" in form
    described = Client().get("/api/schema/").content.decode()
    assert "what reviewers of blind queues may not see yet" in " ".join(described.split())
