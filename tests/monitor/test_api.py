"""The overview over the API."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, Scope, User
from annotate.models import SlotState
from issues.actions import create_issue
from monitor.queries.found import MOST
from tests.builders import (
    make_failure,
    make_failure_type,
    make_key,
    make_project,
    make_queue,
    make_review,
    make_slot,
)
from tests.counting import count_queries
from tests.monitor.makers import add, use

URL = "/api/v1/overview/"
FREE, SUBMITTED = SlotState.FREE, SlotState.SUBMITTED
NOTHING_SAID = {"bad": 0, "good": 0, "estimate": None, "low": None, "high": None}


@pytest.fixture
def program(project: Project) -> Client:
    return Client(headers={"Authorization": f"Bearer {make_key(project, Scope.READ)}"})


def test_overview_is_told_as_json(program: Client, project: Project, lead: User) -> None:
    make_review(add(project, 1, "tool_loop", user_ref="ada", cost_usd=0.5), lead)
    add(project, 2, days_ago=1)
    add(project, 3, days_ago=8)
    told: dict[str, Any] = program.get(URL, {"days": "7"}).json()
    assert (told["start"], told["end"], told["workflow"]) == ("2026-10-27", "2026-11-02", "")
    counted = {name: told[name] for name in ("sessions", "users", "cost_usd", "signalled")}
    assert counted == {
        "sessions": {"value": 2, "before": 1},
        "users": {"value": 1, "before": 0},
        "cost_usd": {"value": 0.5, "before": None},
        "signalled": {"value": 1, "before": 0},
    }
    assert told["days"][-2:] == [{"day": "2026-11-01", "sessions": 1}, {"day": "2026-11-02", "sessions": 1}]
    assert told["signals"] == [
        {"kind": "tool_loop", "words": "Going in circles", "sessions": 1, "share": 0.5, "share_before": 0}
    ]
    # Counts are whole numbers: 2, not 2.0.
    assert [type(told[name]["value"]) for name in ("sessions", "users", "signalled")] == [int, int, int]
    [row] = told["by_workflow"]
    assert (row["name"], row["sessions"], row["client"]) == ("refunds", 2, NOTHING_SAID)


def test_overview_tells_what_people_found_as_json(program: Client, project: Project, lead: User) -> None:
    silent, loud = (make_failure_type(project, name) for name in ("Silent failure", "Rude"))
    for number in range(26):
        review = make_review(add(project, number, days_ago=1), lead)
        failure = make_failure(review, f"It failed {number}.", failure_type=loud if number == 25 else silent)
    create_issue(failure=failure, title="Never says so", actor=lead)
    told = program.get(URL).json()
    people = {"reviewed": 26, "sampled": 0, "frame": 0, "estimate": None, "low": None, "high": None}
    assert told["failure_types"] == [
        {"name": "Silent failure", "people": {"found": 25, **people}},
        {"name": "Rude", "people": {"found": 1, **people}},
    ]
    assert told["issues"] == [{"number": 1, "title": "Never says so", "people": {"found": 1, **people}}]
    types = told["saturation"]["failure_types"]
    assert {name: types[name] for name in ("reviews", "kinds", "at_least", "new_per_25", "curve")} == {
        "reviews": 26,
        "kinds": 2,
        "at_least": 2,
        "new_per_25": [{"reviews": 25, "new": 1}],
        "curve": [{"reviews": 0, "kinds": 0}, {"reviews": 25, "kinds": 1}, {"reviews": 26, "kinds": 2}],
    }
    assert round(types["unseen"]["share"], 4) == round(1 / 26, 4)
    assert types["words"].startswith("About 1 in 26 further failures would belong to a failure type")
    issues = told["saturation"]["issues"]
    assert (issues["kinds"], issues["at_least"], issues["unseen"]["share"]) == (1, None, None)


def test_overview_tells_all_types_and_issues_as_json(program: Client, project: Project, lead: User) -> None:
    for number in range(MOST + 1):
        review = make_review(add(project, number), lead)
        failure = make_failure(review, f"{number}", failure_type=make_failure_type(project, f"Type {number}"))
        create_issue(failure=failure, title=f"Issue {number}", actor=lead)
    told = program.get(URL).json()
    assert [len(told[name]) for name in ("failure_types", "issues")] == [MOST + 1, MOST + 1]


def test_overview_tells_the_work_as_json(program: Client, project: Project, lead: User) -> None:
    queue = make_queue(project, "Two each", reviewers_per_session=2)
    make_queue(project, "Old", is_open=False)
    for number, states in enumerate(([FREE, FREE], [SUBMITTED, FREE], [SUBMITTED, SUBMITTED])):
        session = add(project, number)
        for place, state in enumerate(states, start=1):
            make_slot(queue, session, ordinal=place, state=state)
    make_slot(queue, session, ordinal=3, state=FREE, assigned_to=lead)
    make_review(session, lead)
    told = program.get(URL).json()["work"]
    waiting, done = {"sessions": 3, "judgements": 4}, {"sessions": 0, "judgements": 3}
    overdue = {"sessions": 0, "judgements": 0}
    [row] = told.pop("queues")
    assert told == {
        "waiting": waiting,
        "overdue": overdue,
        "done": done,
        "reviewed_in_7_days": {"sessions": 1, "judgements": 1},
        "minutes_per_review": None,
    }
    assert row.pop("oldest") is not None
    assert row == {
        "id": queue.pk,
        "name": "Two each",
        "is_open": True,
        "waiting": waiting,
        "overdue": overdue,
        "done": done,
    }


def test_overview_tells_tools_and_what_is_usual_as_json(program: Client, project: Project) -> None:
    for number, cost in enumerate([0.1, 0.2, 0.6]):
        use(add(project, number, "tool_error", cost_usd=cost), "refund", calls=2, errors=number % 2)
    told = program.get(URL).json()
    assert told["tools"] == [{"name": "refund", "sessions": 3, "calls": 6, "failed_calls": 1, "sessions_failing": 1}]
    assert told["tool_errors"] == [{"kind": "", "words": "Not told apart", "sessions": 3}]
    [row] = told["usual"]["workflows"]
    assert (told["usual"]["basis"], row["name"], row["sessions"], row["latency_ms"]) == (
        "from 3 sessions",
        "refunds",
        3,
        None,
    )
    assert {name: round(row["cost_usd"][name], 6) for name in ("known", "mean", "median", "mad", "p90")} == {
        "known": 3,
        "mean": 0.3,
        "median": 0.2,
        "mad": 0.1,
        "p90": 0.52,
    }
    assert (row["cost_usd"]["p95"], row["cost_usd"]["p99"]) == (None, None)


def test_overview_as_json_needs_the_same_queries_for_1_session_and_for_50(
    program: Client, project: Project, lead: User
) -> None:
    def queries() -> int:
        return count_queries(program, URL)

    def make(number: int) -> None:
        session = add(project, number, "tool_error", workflow=f"w{number}", release=f"r{number}", user_ref=f"u{number}")
        use(session, f"t{number}", errors=1)
        failure = make_failure(
            make_review(session, lead), f"{number}", failure_type=make_failure_type(project, f"T{number}")
        )
        create_issue(failure=failure, title=f"I{number}", actor=lead)
        make_slot(make_queue(project, f"Q{number}"), session)

    make(0)
    queries()  # the first one also notes when its key was used
    one = queries()
    for number in range(1, 50):
        make(number)
    assert queries() == one <= 60


def test_overview_as_json_tells_nothing_of_another_project(program: Client, lead: User) -> None:
    theirs = make_project("other")
    session = add(theirs, 1, "tool_error")
    use(session, "secret tool", errors=1)
    failure = make_failure(make_review(session, lead), failure_type=make_failure_type(theirs, "Secret type"))
    create_issue(failure=failure, title="Secret issue", actor=lead)
    make_slot(make_queue(theirs, "Secret queue"), session)
    told = program.get(URL)
    assert (told.status_code, "ecret" in told.content.decode()) == (200, False)
    assert [told.json()[name] for name in ("failure_types", "issues", "tools", "tool_errors")] == [[], [], [], []]


@pytest.mark.parametrize("query", [{"days": "8"}, {"start": "yesterday"}, {"colour": "red"}, {"part": "signals"}])
def test_overview_refuses_what_it_does_not_know(program: Client, query: dict[str, str]) -> None:
    answer = program.get(URL, query)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, list(query))
