"""What people said about a session, as the session's page fetches it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Project, Role, User
from annotate.models import Answer, Outcome, Question, Queue, Slot, SlotState
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
from tests.issues.makers import make_issue, withdraw
from traces.models import AgentSession

HIDDEN = "Hidden until you have given yours"
NOBODY = "Nobody has reviewed this session yet."


@pytest.fixture
def session(project: Project) -> AgentSession:
    session = make_session(project)
    make_talk(session)
    return session


@pytest.fixture
def reviewer(project: Project) -> User:
    return make_member(project, Role.REVIEWER)


@pytest.fixture
def shared(project: Project) -> Queue:
    return make_queue(project, "Shared", reviewers_per_session=2, is_blind=True)


def fragment(client: Client, session: AgentSession) -> str:
    response = client.get(reverse("session_judgements", args=["acme", session.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_session_without_reviews_says_so(lead_client: Client, session: AgentSession) -> None:
    assert NOBODY in fragment(lead_client, session)


def test_judgements_name_steps_type_severity_and_issue(
    lead_client: Client, project: Project, session: AgentSession, lead: User
) -> None:
    failure = make_failure(
        make_review(session, lead),
        "Claimed it <b>worked</b>",
        surfaced_step="k3",
        severity="high",
        failure_type=make_failure_type(project),
    )
    make_issue(failure, lead, "Claims refunds")
    html = fragment(lead_client, session)
    assert 'data-root-step="k2" data-surfaced-step="k3"' in html
    assert '<a href="#step-2">Step 2</a>: first went wrong here' in html
    assert '<a href="#step-3">Step 3</a>: showed here' in html
    assert "Claimed it &lt;b&gt;worked&lt;/b&gt;" in html
    assert '<a href="/p/acme/issues/1/">ISS-1 Claims refunds</a>' in html
    assert [word for word in ("Failure", "Silent failure", "High", "New", str(lead)) if word not in html] == []


def test_judgements_show_answers_quotes_and_what_should_have_happened(
    lead_client: Client, session: AgentSession, lead: User
) -> None:
    review = make_review(session, lead)
    scale = {"lowest": 1, "highest": 5}
    asked = Question.objects.create(
        rubric=review.rubric, key="tone", position=1, kind="scale", text="Was it <kind>?", options=scale
    )
    Answer.objects.create(review=review, question=asked, value=4)
    make_failure(
        review,
        quotes=[
            {"step": "k3", "start": 0, "end": 5, "text": "<b>Done"},
            {"step": "k9", "start": 0, "end": 1, "text": "?"},
        ],
        expected="Say so.",
        assertions=[{"kind": "must_ask_before", "target": "<refund>", "detail": "in writing"}],
    )
    html = fragment(lead_client, session)

    assert "Was it &lt;kind&gt;?" in html
    assert "4 (of 1 to 5)" in html
    assert "“<bdi>&lt;b&gt;Done</bdi>”" in html
    assert 'href="#step-3">step 3</a>' in html
    assert "Say so." in html
    assert "must ask before <code>&lt;refund&gt;</code> in writing" in html


def test_only_what_stands_is_said(lead_client: Client, session: AgentSession, lead: User) -> None:
    withdraw(make_failure(make_review(session, lead, Outcome.UNKNOWN), "taken back"))
    html = fragment(lead_client, session)
    assert ("taken back" in html, "Can&#x27;t tell" in html) == (False, True)
    session.reviews.update(withdrawn_at=timezone.now())
    assert NOBODY in fragment(lead_client, session)


def test_judgements_ask_the_same_queries_for_1_and_10_reviews(
    lead_client: Client, project: Project, session: AgentSession, lead: User
) -> None:
    counts = []
    for size in (1, 9):
        for number in range(size):
            failure = make_failure(make_review(session, lead), f"failure {number}")
            make_issue(failure, lead, f"Issue {size} {number}")
        with CaptureQueriesContext(connection) as queries:
            fragment(lead_client, session)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_colleagues_judgements_are_hidden_from_who_still_owes_one(
    session: AgentSession, reviewer: User, lead: User, shared: Queue
) -> None:
    make_failure(make_review(session, lead), "what a colleague said")
    client = client_of(reviewer)
    assert "what a colleague said" in fragment(client, session)
    slot = make_slot(shared, session)
    assert (HIDDEN in fragment(client, session), "colleague said" in fragment(client, session)) == (True, False)
    assert "what a colleague said" in fragment(client_of(lead), session)
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.LEASED, reviewer=reviewer)
    assert HIDDEN in fragment(client, session)
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.SUBMITTED)
    make_slot(shared, session, ordinal=2)
    assert "what a colleague said" in fragment(client, session)


def test_judgements_are_hidden_while_the_reviewer_may_yet_take_the_slot(
    project: Project, session: AgentSession, reviewer: User, lead: User, shared: Queue
) -> None:
    client = client_of(reviewer)
    make_slot(make_queue(project, "Alone"), session)
    soon = timezone.now() + timedelta(minutes=5)
    slot = make_slot(shared, session, state=SlotState.LEASED, reviewer=lead, lease_until=soon)
    assert HIDDEN in fragment(client, session), "what another has open may come back"
    Slot.objects.filter(pk=slot.pk).update(lease_until=timezone.now() - timedelta(minutes=5))
    assert HIDDEN in fragment(client, session)
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.SUBMITTED)
    assert NOBODY in fragment(client, session)
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.SKIPPED, reviewer=reviewer)
    assert HIDDEN in fragment(client, session), "a skip can be taken back"
    Queue.objects.update(is_open=False)
    assert NOBODY in fragment(client, session)


def test_a_session_of_another_project_is_not_found(lead_client: Client) -> None:
    assert lead_client.get(reverse("session_judgements", args=["acme", 10**6])).status_code == 404
