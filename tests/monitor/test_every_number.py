"""Every number on the pages of the overview is the count of the list that it leads to."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project, Role, User
from annotate.models import FailureType, Outcome, QueueItem, SlotState, Stratum
from issues.actions import create_issue
from monitor.queries.segments import SEGMENTS
from monitor.views.overview import PARTS
from monitor.views.workflow import PARTS as WORKFLOW_PARTS
from tests.builders import (
    client_of,
    make_failure,
    make_failure_type,
    make_member,
    make_queue,
    make_review,
    make_slot,
    make_user,
)
from tests.demo.playing import play_demo
from tests.monitor.crawl import disagreements, numbers_in
from tests.monitor.makers import add, use
from traces.models import AgentSession, Score, ScoreMeaning, Signal

pytestmark = pytest.mark.sweep

FREE, SUBMITTED = SlotState.FREE, SlotState.SUBMITTED


def pages(slug: str, workflows: Sequence[str]) -> Iterator[str]:
    """The overview, its parts and its neighbours; also of a few days, of one workflow, and with all that was found."""
    home = f"/p/{slug}/overview/"
    for asked in ({}, {"days": 7, "workflow": workflows[0]}):
        for part in ("", *PARTS):
            yield f"{home}?{urlencode({**asked, 'part': part})}"
        for by in SEGMENTS:
            yield f"{home}compare/?{urlencode({**asked, 'by': by})}"
    yield f"{home}?part=people&all=people"
    yield f"{home}compare/?by=release&all=1"
    for workflow in workflows:
        for part in ("", *WORKFLOW_PARTS):
            yield f"{home}workflow/?{urlencode({'workflow': workflow, 'part': part})}"


@pytest.fixture
def demo(db: None) -> tuple[Project, User]:
    owner = make_user("owner@example.com", is_superuser=True)
    return play_demo(owner), owner


def test_numbers_of_the_demo_are_those_of_their_lists(demo: tuple[Project, User]) -> None:
    _, owner = demo
    seen, wrong = disagreements(client_of(owner), pages("demo", ["billing-agent"]))
    assert (wrong, seen > 100) == ({}, True)


def arrived(project: Project, number: int) -> AgentSession:
    """A session of a project in which no two numbers are told of the same sessions."""
    session = add(
        project,
        number,
        *["tool_loop", "tool_error", "escalated"][: number % 4],
        days_ago=number % 12,
        workflow=["refunds", "sales", ""][number % 3],
        release=["1.0", "2.0", ""][number % 3 - 1],
        user_ref=["ada", "", "bob"][number % 3],
        model=["", "gpt-5"][number % 2],
        tags=[[], ["web"], ["web", "vip"]][number % 3],
        cost_usd=[None, 0.0, 0.5][number % 3],
        tokens_in=[None, 3][number % 2],
    )
    use(session, "lookup", calls=3, errors=number % 3)
    if number % 2:
        use(session, "refund", calls=2, errors=number % 2 * 2)
    Signal.objects.filter(session=session, kind="tool_error").update(detail=["", "auth"][number % 2])
    for place, value in enumerate([0, 1, 0][: number % 4]):
        given = {"identity": f"{number}.{place}", "annotator_kind": ["human", "llm"][number % 2]}
        Score.objects.create(project=project, session=session, name="thumb", value=value, **given)
    return session


def in_queues(sessions: Sequence[AgentSession]) -> None:
    """Each in one or more of three queues, in all states; every third place is late."""
    [project] = {session.project for session in sessions}
    both = make_queue(project, "Two each", reviewers_per_session=2)
    sales = make_queue(project, "Sales", filters={"workflow": ["sales"]})
    closed = make_queue(project, "Old", is_open=False)
    for number, session in enumerate(sessions):
        for place, state in enumerate([[FREE, FREE], [SUBMITTED, FREE], [SUBMITTED, SUBMITTED]][number % 3], start=1):
            make_slot(both, session, ordinal=place, state=state)
        if number % 5 == 0:
            make_slot(closed, session, state=SUBMITTED)
        if session.workflow == "sales":
            slot = make_slot(sales, session, state=[FREE, SUBMITTED][number % 2], in_turn=True)
            slot.item.stratum = [Stratum.RANDOM, Stratum.PRIORITY][number % 4 // 2]
            slot.item.save()
    third = list(QueueItem.objects.order_by("pk").values_list("pk", flat=True)[::3])
    QueueItem.objects.filter(pk__in=third).update(due_at=timezone.now() - timedelta(hours=1))


def judged(session: AgentSession, person: User, outcome: Outcome, days_ago: int, lead: User) -> None:
    """A review; a failure that it tells gets a type and an issue of its own."""
    at = timezone.now() - timedelta(days=days_ago)
    review = make_review(session, person, outcome, submitted_at=at, opened_at=at - timedelta(minutes=3))
    if outcome == Outcome.FAILURE:
        named = make_failure_type(session.project, f"Kind {person.email} {days_ago}")
        failure = make_failure(review, f"{person} {days_ago}", failure_type=named)
        create_issue(failure=failure, title=f"Issue {failure.pk}", actor=lead)


@pytest.fixture
def thorny(project: Project, lead: User) -> Project:
    """All that makes counts differ: overlap, several judgements, splits, doubts, and sessions that no queue draws."""
    ada, bob = (make_member(project, Role.REVIEWER, f"{name}@example.com") for name in ("ada", "bob"))
    ScoreMeaning.objects.create(project=project, name="thumb", polarity="good")
    sessions = [arrived(project, number) for number in range(24)]
    in_queues(sessions)
    told = [Outcome.FAILURE, Outcome.SUCCESS, Outcome.UNKNOWN]
    for number, session in enumerate(sessions[:18]):
        judged(session, ada, told[number % 3], number, lead)
        judged(session, bob, told[number % 2], number, lead)
    make_review(sessions[0], ada, withdrawn_at=timezone.now())
    make_review(sessions[0], ada, Outcome.UNKNOWN)
    return project


@pytest.mark.usefixtures("thorny")
def test_numbers_of_a_project_with_everything_are_those_of_their_lists(lead_client: Client) -> None:
    seen, wrong = disagreements(lead_client, pages("acme", ["sales", "refunds"]))
    assert (wrong, seen > 100) == ({}, True)


def test_numbers_are_those_of_their_lists_for_who_must_not_know_all(thorny: Project) -> None:
    sessions = list(AgentSession.objects.filter(project=thorny).order_by("pk")[4:12])
    blind = make_queue(thorny, "Blind", is_blind=True)
    for session in sessions:
        make_slot(blind, session)
    reader = client_of(make_member(thorny, Role.REVIEWER, "new@example.com"))
    seen, wrong = disagreements(reader, pages("acme", ["sales"]))
    assert (wrong, seen > 100) == ({}, True)


@pytest.mark.usefixtures("thorny")
def test_what_was_found_beyond_the_first_is_said_and_leads_there(lead_client: Client) -> None:
    page = lead_client.get("/p/acme/overview/", {"part": "people"})
    found = page.context["found"]
    assert (len(found.types), len(found.issues)) == (8, 8)
    html = page.content.decode()
    assert (f"{found.more_types} more failure types" in html, f"{found.more_issues} more issues" in html) == (
        True,
        True,
    )
    everything = lead_client.get(f"{page.context['everything']}&part=people").context["found"]
    assert len(everything.types) == 8 + found.more_types == FailureType.objects.count()
    assert (everything.more_types, everything.more_issues) == (0, 0)


def test_a_crawl_reads_counts_and_no_other_numbers() -> None:
    html = """<a href="/p/x/sessions/?a">1,234</a> <a href="/p/x/sessions/?b"><title>1 Nov: 3 sessions</title></a>
    <a href="/p/x/sessions/?c">12 reviewed</a> <a href="/p/x/sessions/?d">2.0</a> <a href="/p/x/sessions/?e">12 %</a>
    <a href="/p/x/sessions/?f">gpt-5</a> <a href="/p/x/issues/?g">7</a>"""
    assert numbers_in(html)[:3] == [("/p/x/sessions/?a", 1234), ("/p/x/sessions/?b", 3), ("/p/x/sessions/?c", 12)]
