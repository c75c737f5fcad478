"""The overview page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project, Role, Scope, User
from annotate.models import Outcome
from annotate.queries.evaluators import drifting
from annotate.queries.people import PersonRow
from issues.actions import create_issue
from monitor.queries import work
from monitor.records import Share
from monitor.views.overview import PARTS
from tests.annotate.evaluating import scored
from tests.builders import (
    client_of,
    make_failure,
    make_failure_type,
    make_key,
    make_member,
    make_project,
    make_review,
    make_session,
)
from tests.counting import count_queries
from tests.monitor.makers import add
from traces.models import Polarity, ScoreMeaning

PAGE = "/p/acme/overview/"


def test_overview_of_an_empty_project_teaches_the_next_step(lead_client: Client, project: Project) -> None:
    html = lead_client.get(PAGE).content.decode()
    assert ("Nothing has come in yet" in html, "/p/acme/connect/" in html) == (True, True)


def test_overview_counts_what_came_in_beside_the_days_before(lead_client: Client, project: Project) -> None:
    add(project, 1, user_ref="ada", cost_usd=0.5)
    add(project, 2, "tool_loop", days_ago=1, user_ref="ada", cost_usd=0.25)
    add(project, 3, days_ago=6)
    add(project, 4, days_ago=7, user_ref="bob", cost_usd=1.5)
    add(make_project("other"), 5)
    found = lead_client.get(PAGE, {"days": 7}).context["came_in"]
    counted = {
        name: (getattr(found, name).value, getattr(found, name).before) for name in ("sessions", "users", "cost")
    }
    assert counted == {"sessions": (3, 1), "users": (1, 1), "cost": (0.75, 1.5)}
    assert (found.priced, found.signalled.value, found.today.value, found.yesterday.value) == (2, 1, 1, 1)
    assert [one.value for one in found.days] == [1, 0, 0, 0, 0, 1, 1]


def test_overview_leads_every_number_to_as_many_sessions(lead_client: Client, project: Project) -> None:
    add(project, 1, "tool_loop", "tool_error", user_ref="ada", workflow="a & b")
    add(project, 2, "tool_loop", days_ago=3, workflow="a & b")
    add(project, 3, "tool_loop", days_ago=40, workflow="a & b")
    add(project, 4, "tool_loop", workflow="other")
    found = lead_client.get(PAGE, {"workflow": "a & b"}).context["came_in"]
    rows = lead_client.get(PAGE, {"workflow": "a & b", "part": "signals"}).context["rows"]
    counted = [found.sessions, found.users, found.signalled, *rows]
    listed = [lead_client.get(f"/p/acme/sessions/?{one.query}") for one in counted]
    assert [one.value for one in counted[:3]] + [row.share.found for row in rows] == [2, 1, 2, 2, 1]
    assert [len(page.context["rows"]) for page in listed] == [2, 1, 2, 2, 1]
    assert [page.context["ignored"] for page in listed] == [[]] * 5


def test_overview_without_a_session_in_its_days_leads_to_the_newest(lead_client: Client, project: Project) -> None:
    add(project, 1, days_ago=100)
    page = lead_client.get(PAGE)
    assert page.context["quiet"] == "The newest session is of 25 July 2026."
    assert lead_client.get(page.context["quiet_url"]).context["came_in"].sessions.value == 1


@pytest.mark.parametrize(
    ("asked", "days", "ignored"),
    [
        ({}, ("2026-10-04", "2026-11-02"), []),
        ({"days": "7"}, ("2026-10-27", "2026-11-02"), []),
        ({"days": "8"}, ("2026-10-04", "2026-11-02"), ["days"]),
        ({"start": "2026-10-30"}, ("2026-10-30", "2026-11-02"), []),
        ({"end": "2026-10-30"}, ("2026-10-01", "2026-10-30"), []),
        ({"end": "2026-10-30", "days": "7"}, ("2026-10-24", "2026-10-30"), []),
        ({"start": "2026-01-01", "end": "2026-01-05"}, ("2026-01-01", "2026-01-05"), []),
        ({"start": "2026-01-05", "end": "2026-01-01"}, ("2026-01-05", "2026-11-02"), ["end"]),
        ({"start": "2001-01-01", "end": "2026-01-01"}, ("2025-01-01", "2026-01-01"), []),
        ({"start": "0001-01-01"}, ("2026-10-04", "2026-11-02"), ["start"]),
        ({"workflow": "\0", "colour": "red"}, ("2026-10-04", "2026-11-02"), ["workflow", "colour"]),
    ],
)
def test_overview_reads_its_days_from_the_url(
    lead_client: Client, project: Project, asked: dict[str, str], days: tuple[str, str], ignored: list[str]
) -> None:
    make_session(project)
    page = lead_client.get(PAGE, asked)
    period = page.context["choice"].period
    assert ((str(period.first), str(period.last)), page.context["ignored"]) == (days, ignored)


def test_signals_are_told_by_kind_beside_the_days_before(lead_client: Client, project: Project) -> None:
    for number, (days_ago, kinds) in enumerate(
        [(0, ["tool_loop", "unfinished"]), (0, ["tool_loop"]), (2, ["tool_loop"]), (8, ["tool_loop"]), (1, [])]
    ):
        add(project, number, *kinds, days_ago=days_ago)
    rows = lead_client.get(PAGE, {"days": "7", "part": "signals"}).context["rows"]
    assert [(row.kind, row.share, [value for _, value in row.bars]) for row in rows] == [
        ("tool_loop", Share(found=3, of=4, found_before=1, of_before=1), [0, 0, 0, 0, 1, 0, 2]),
        ("unfinished", Share(found=1, of=4, found_before=0, of_before=1), [0, 0, 0, 0, 0, 0, 1]),
    ]


@pytest.mark.parametrize(("lately", "times"), [(0.9, 1), (0.1, 0)])
def test_overview_warns_of_an_evaluator_that_drifts_from_people(
    lead_client: Client, lead: User, project: Project, lately: float, times: int
) -> None:
    ScoreMeaning.objects.create(project=project, name="helpful", polarity=Polarity.GOOD, middle=0.5)
    now = timezone.now()
    for n in range(20):
        scored(project, lead, 0.1, Outcome.FAILURE, author="judge v2", started_at=now - timedelta(days=40 + n))
        scored(project, lead, lately, Outcome.FAILURE, author="judge v2", started_at=now - timedelta(days=n))
    assert f'hx-get="{PAGE}?part=drift"' in lead_client.get(PAGE).content.decode()
    html = lead_client.get(PAGE, {"part": "drift"}).content.decode()
    words = "agrees with people clearly less than before: on 0 of 20 sessions of the last 30 days, on 20 of 20 before."
    assert [html.count(part) for part in (words, "judge v2", "/p/acme/review/evaluators/")] == [times] * 3


def test_overview_warns_of_no_evaluator_that_came_nearer_to_people(
    lead_client: Client, lead: User, project: Project
) -> None:
    ScoreMeaning.objects.create(project=project, name="helpful", polarity=Polarity.GOOD, middle=0.5)
    for n in range(20):
        scored(project, lead, 0.9, Outcome.FAILURE, started_at=timezone.now() - timedelta(days=40 + n))
        scored(project, lead, 0.1, Outcome.FAILURE, started_at=timezone.now() - timedelta(days=n))
    assert [row.evaluator.name for row in drifting(project)] == ["helpful"]
    assert not lead_client.get(PAGE, {"part": "drift"}).content.strip()


def test_overview_says_of_types_and_issues_whether_reading_on_teaches(
    lead_client: Client, lead: User, project: Project
) -> None:
    kinds = [make_failure_type(project, f"Type {number}") for number in range(3)]
    for number in range(50):
        review = make_review(add(project, number), lead)
        failure = make_failure(review, f"It failed {number}.", failure_type=kinds[number // 20])
        if number in {3, 30}:
            create_issue(failure=failure, title=f"Issue {number}", actor=lead)
    html = " ".join(lead_client.get(PAGE, {"part": "people"}).content.decode().split())
    told = (
        "Every failure type was met more than once",
        "3 failure types seen in 50 reviews of",
        "there are at least 3.",
        "Reviews 1 to 25 showed 2 new failure types, 26 to 50 showed 1.",
        "What nobody has seen yet can be told once 10 failures belong to an issue.",
        "Reviews 1 to 25 showed 1 new issue, 26 to 50 showed 1.",
    )
    assert [words for words in told if words not in html] == []


def test_who_did_how_much_is_read_for_leads_alone(
    monkeypatch: pytest.MonkeyPatch, lead_client: Client, project: Project
) -> None:
    asked: list[Project] = []

    def nobody(project: Project, **_: object) -> list[PersonRow]:
        asked.append(project)
        return []

    monkeypatch.setattr(work, "people_rows", nobody)
    program = Client(headers={"Authorization": f"Bearer {make_key(project, Scope.READ)}"})
    reviewer = client_of(make_member(project, Role.REVIEWER, "ada@example.com"))
    assert program.get("/api/v1/overview/").status_code == 200
    assert reviewer.get(PAGE, {"part": "queues"}).status_code == 200
    assert asked == []
    assert lead_client.get(PAGE, {"part": "queues"}).status_code == 200
    assert asked == [project]


@pytest.mark.parametrize("part", ["", *PARTS])
def test_overview_needs_the_same_queries_for_1_session_and_for_50(
    lead_client: Client, project: Project, part: str
) -> None:
    def queries() -> int:
        return count_queries(lead_client, PAGE, {"part": part})

    add(project, 0, "tool_loop")
    one = queries()
    for number in range(1, 50):
        kinds = ["tool_loop", "unfinished", "tool_error"][: number % 4]
        add(project, number, *kinds, days_ago=number % 9, workflow=f"w{number}", user_ref=f"u{number}")
    assert queries() == one <= 25
