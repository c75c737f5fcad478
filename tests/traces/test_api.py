"""Sessions over the API."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, Scope
from tests.builders import make_key, make_project, make_session, make_talk
from traces.models import Score, Signal

LIST = "/api/v1/sessions/"


@pytest.fixture
def reader(project: Project) -> Client:
    return Client(headers={"Authorization": f"Bearer {make_key(project, Scope.READ)}"})


def test_session_list_is_newest_received_first_and_this_projects_only(reader: Client, project: Project) -> None:
    first, second = make_session(project, "a", title="hello"), make_session(project, "b")
    make_session(make_project("other"), "c")
    body = reader.get(LIST).json()
    assert ([row["id"] for row in body["results"]], body["next"]) == ([second.pk, first.pk], None)
    assert (body["results"][1]["title"], body["results"][1]["page"]) == ("hello", f"/p/acme/sessions/{first.pk}/")


def test_session_list_goes_on_at_the_cursor(reader: Client, project: Project) -> None:
    expected = [make_session(project, str(number)).pk for number in range(5)][::-1]
    seen: list[int] = []
    cursor = ""
    for _ in range(3):
        body = reader.get(f"{LIST}?limit=2{cursor}").json()
        seen += [row["id"] for row in body["results"]]
        cursor = f"&cursor={body['next']}"
    assert (seen, body["next"]) == (expected, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("project__slug=x", "project__slug"),
        ("sort=cost", "sort"),
        ("status=nonsense", "status"),
        ("start=yesterday", "start"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=", "limit"),
        ("cursor=-1", "cursor"),
        ("cursor=²", "cursor"),
        ("cursor=99999999999999999999999999", "cursor"),
        ("q=%00", "q"),
        ("min_cost=cheap", "min_cost"),
        ("max_seconds=1e400", "max_seconds"),
    ],
)
def test_session_list_refuses_what_the_closed_list_lacks(reader: Client, query: str, field: str) -> None:
    response = reader.get(f"{LIST}?{query}")
    assert (response.status_code, [error["field"] for error in response.json()["errors"]]) == (400, [field])


def test_session_list_filters(reader: Client, project: Project) -> None:
    wanted = make_session(project, "a", workflow="sales", error_count=2)
    make_session(project, "b", workflow="sales")
    make_session(project, "c", error_count=2)
    rows = reader.get(f"{LIST}?workflow=sales&status=errors").json()["results"]
    assert [row["id"] for row in rows] == [wanted.pk]


def test_session_has_its_steps_signals_and_scores(reader: Client, project: Project) -> None:
    session = make_session(project, metadata={"tier": "gold"})
    make_talk(session)
    Signal.objects.create(session=session, kind="tool_error", step_key="k2", strength=0.5, sentence="It expired.")
    Score.objects.create(project=project, session=session, identity="1", name="helpful", value=0.25)
    body: dict[str, Any] = reader.get(f"{LIST}{session.pk}/").json()
    assert [(step["position"], step["key"], step["role"]) for step in body["steps"]] == [
        (1, "k1", "user"),
        (2, "k2", "tool"),
        (3, "k3", "agent"),
    ]
    assert body["signals"] == [
        {"kind": "tool_error", "step_key": "k2", "strength": 0.5, "sentence": "It expired.", "detector_version": 1}
    ]
    assert [(score["name"], score["value"]) for score in body["scores"]] == [("helpful", 0.25)]
    assert (body["metadata"], body["settled"]) == ({"tier": "gold"}, False)


def test_session_of_another_project_is_not_found(reader: Client) -> None:
    theirs = make_session(make_project("other"))
    response = reader.get(f"{LIST}{theirs.pk}/")
    assert (response.status_code, response.json()) == (404, {"errors": [{"field": "", "message": "Not found."}]})


def test_session_needs_the_scope_to_read(project: Project) -> None:
    writer = Client(headers={"Authorization": f"Bearer {make_key(project, Scope.INGEST)}"})
    assert writer.get(f"{LIST}{make_session(project).pk}/").status_code == 403
    assert Client().get(f"{LIST}1/").status_code == 401
