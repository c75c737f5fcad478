"""The overview over the API."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, Scope, User
from tests.builders import make_key, make_review
from tests.monitor.makers import add

URL = "/api/v1/overview/"
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


@pytest.mark.parametrize("query", [{"days": "8"}, {"start": "yesterday"}, {"colour": "red"}, {"part": "signals"}])
def test_overview_refuses_what_it_does_not_know(program: Client, query: dict[str, str]) -> None:
    answer = program.get(URL, query)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, list(query))
