"""What others said stays hidden, on every page, from who is still to judge a session of a blind queue."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Project, Role, User
from annotate.models import Queue, Slot, SlotState
from annotate.queries.blind import withheld
from issues.actions import attach, create_issue
from issues.models import EventKind, Issue, IssueEvent
from tests.builders import (
    client_of,
    make_failure,
    make_failure_type,
    make_member,
    make_queue,
    make_review,
    make_session,
    make_slot,
    make_talk,
)
from traces.models import AgentSession


@pytest.fixture
def ada(project: Project) -> User:
    return make_member(project, Role.REVIEWER, "ada@example.com")


@pytest.fixture
def session(project: Project) -> AgentSession:
    session = make_session(project)
    make_talk(session)
    return session


@pytest.fixture
def slot(project: Project, session: AgentSession) -> Slot:
    return make_slot(make_queue(project, is_blind=True), session)


def is_hidden(slot: Slot, person: User) -> bool:
    return withheld(Membership.objects.get(user=person), [slot.item.session_id]) == {slot.item.session_id}


def test_judgements_are_withheld_until_ones_own_is_in(slot: Slot, ada: User) -> None:
    assert is_hidden(slot, ada)
    Slot.objects.update(state=SlotState.LEASED, reviewer=ada, lease_until=timezone.now() + timedelta(minutes=5))
    assert is_hidden(slot, ada)
    Slot.objects.update(state=SlotState.SUBMITTED)
    assert not is_hidden(slot, ada)


def test_judgements_are_withheld_only_in_blind_open_queues(slot: Slot, ada: User) -> None:
    Queue.objects.update(is_open=False)
    assert not is_hidden(slot, ada)
    Queue.objects.update(is_open=True, is_blind=False)
    assert not is_hidden(slot, ada)


def test_judgements_are_withheld_from_who_may_take_it(slot: Slot, project: Project, ada: User, lead: User) -> None:
    bob, viewer = make_member(project, Role.REVIEWER, "bob@example.com"), make_member(project, Role.VIEWER)
    assert [is_hidden(slot, person) for person in (ada, bob, lead, viewer)] == [True, True, False, False]
    slot.queue.takers.set([ada, lead])
    assert [is_hidden(slot, person) for person in (ada, bob, lead, viewer)] == [True, False, True, False]
    Slot.objects.update(assigned_to=bob)
    assert [is_hidden(slot, person) for person in (ada, bob, lead, viewer)] == [False, True, False, False]


@pytest.mark.parametrize("name", ["issue_page", "proposal_inbox", "session_judgements"])
def test_pages_do_not_tell_what_others_said(
    project: Project, session: AgentSession, slot: Slot, ada: User, lead: User, name: str
) -> None:
    failure = make_failure(make_review(session, lead), "what a colleague said", expected="what they expected")
    arguments = {"session_judgements": [session.pk], "proposal_inbox": []}
    if name == "issue_page":
        arguments[name] = [create_issue(failure=failure, title="A title", actor=lead).number]
    client = client_of(ada)
    url = reverse(name, args=[project.slug, *arguments[name]])

    assert "what a colleague said" not in client.get(url).content.decode()
    assert "what they expected" not in client.get(url).content.decode()
    Slot.objects.update(state=SlotState.SUBMITTED, reviewer=ada)
    assert "what a colleague said" in client.get(url).content.decode()


def test_lists_of_sessions_cannot_be_filtered_by_what_is_withheld(
    slot: Slot, session: AgentSession, project: Project, ada: User, lead_client: Client
) -> None:
    bob = make_member(project, Role.REVIEWER, "bob@example.com")
    kind = make_failure_type(project, "Invented")
    failure = make_failure(make_review(session, bob), failure_type=kind)
    issue = create_issue(failure=failure, title="Refunds", actor=bob)
    client = client_of(ada)

    def finds(reader: Client, **query: str) -> bool:
        answer = reader.get(reverse("session_list", args=[project.slug]), query)
        return bool(answer.context["rows"])

    telling = [{"judged": "failure"}, {"failure_type": "Invented"}, {"issue": str(issue.number)}]
    assert [finds(client, **query) for query in telling] == [False] * 3
    assert [finds(lead_client, **query) for query in telling] == [True] * 3
    assert finds(client)
    assert not finds(client, judged="success")
    Slot.objects.update(state=SlotState.SUBMITTED, reviewer=ada)
    assert [finds(client, **query) for query in telling] == [True] * 3


def test_a_regression_names_no_session_that_is_withheld(
    project: Project, slot: Slot, session: AgentSession, ada: User, lead: User
) -> None:
    seen = make_failure(make_review(make_session(project, "seen"), lead))
    hidden = make_failure(make_review(session, lead))
    issue = create_issue(failure=seen, title="Comes back", actor=lead)
    attach(issue=issue, failure_ids=[hidden.pk], actor=lead)
    detail = {"failures": [seen.pk, hidden.pk], "session": session.pk, "seen_in": "2.0"}
    IssueEvent.objects.create(issue=issue, kind=EventKind.MOVED, detail=detail)
    told = {person: page_of(person, issue) for person in (ada, lead)}
    assert ["confirmed again" in told[person] for person in (ada, lead)] == [False, True]


def page_of(person: User, issue: Issue) -> str:
    return client_of(person).get(reverse("issue_page", args=["acme", issue.number])).content.decode()
