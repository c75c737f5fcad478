"""How the databases find the sessions of a list: without opening rows, and whatever a sender called things."""

import random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, Scope
from tests.builders import NOON, make_key, make_session
from traces.filters import SORTS, SessionFilter
from traces.models import AgentSession

FOUND_IN_THE_INDEX = [
    {},
    *({name: "x"} for name in ("workflow", "release", "environment", "model", "source")),
    *({"status": value} for value in ("errors", "clean", "signals", "ok", "error")),
    {"signal": "tool_loop"},
    *({name: "1"} for name in ("min_cost", "max_cost", "min_seconds", "max_seconds")),
    {"start": "2026-01-01", "end": "2026-12-31"},
    {"workflow": "x", "release": "x", "environment": "x", "model": "x", "status": "errors", "start": "2026-01-01"},
]
# Of sessions that all have no errors the newest are the first of those with the most.
SORTS_OF = {"clean": [sort for sort in SORTS if sort != "errors"]}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by what is stored; SQLite always so")
@pytest.mark.parametrize("chosen", FOUND_IN_THE_INDEX, ids=str)
def test_session_list_is_found_in_its_index_alone(project: Project, chosen: dict[str, str]) -> None:
    found = SessionFilter(chosen, AgentSession.objects.filter(project=project)).qs
    for sort in SORTS_OF.get(chosen.get("status", ""), SORTS):
        plan = found.order_by(*SORTS[sort]).values_list("pk")[:51].explain()
        assert "USING COVERING INDEX session_listed" in plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by what is stored; SQLite always so")
@pytest.mark.parametrize(
    "query", ["", "environment=x", "status=errors&model=x", "min_cost=1", "cursor=7&max_seconds=1"]
)
def test_session_list_of_the_api_is_found_in_an_index_alone(project: Project, query: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {make_key(project, Scope.READ)}"})
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/api/v1/sessions/?{query}")
    [asked] = [one["sql"] for one in captured if "traces_agentsession" in one["sql"] and "LIMIT 51" in one["sql"]]
    with connection.cursor() as cursor:
        [plan, *_] = cursor.execute(f"EXPLAIN QUERY PLAN {asked}").fetchall()
    assert "USING COVERING INDEX" in plan[3]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by what is stored; SQLite always so")
def test_session_list_of_one_user_is_found_by_the_user(project: Project) -> None:
    found = SessionFilter({"user": "ada"}, AgentSession.objects.filter(project=project)).qs
    assert "INDEX session_by_user" in found.order_by(*SORTS["newest"]).values_list("pk")[:51].explain()


def test_session_with_the_longest_names_fits_into_the_indexes(project: Project) -> None:
    dice = random.Random(1)  # noqa: S311 - no secret

    def name(length: int) -> str:
        """Of four bytes a character, and not to be compressed."""
        return "".join(chr(dice.randrange(0x10000, 0x30000)) for _ in range(length))

    values = {"workflow": name(200), "release": name(100), "environment": name(100), "model": name(120)}
    session = make_session(project, name(200), source_format=name(40), user_ref=name(200), started_at=NOON, **values)
    found = SessionFilter(values, AgentSession.objects.filter(project=project)).qs
    assert list(found) == [session]
