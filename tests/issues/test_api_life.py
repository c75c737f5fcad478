"""An issue's life over the API."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, Role, User
from annotate.models import Outcome
from issues import actions
from issues.lifecycle import State
from issues.lifecycle.ignoring import End, EndKind
from issues.models import Issue, Release
from tests.builders import NOON, make_member, make_project, make_review, make_session
from tests.issues.calling import error_of, get, send
from tests.issues.makers import make_issue, make_told


def test_an_issue_tells_how_far_its_fix_is_proved(api: Client, project: Project, issue: Issue, lead: User) -> None:
    assert get(api, "issues/1/")["verification"] is None
    actions.move_issue(issue=issue, target=State.RESOLVED, actor=lead, fixed_in_release="2.0")
    assert get(api, "issues/1/")["verification"] == {"clear": 0, "needed": 30, "bound": 1.0}
    for number in range(2):
        make_review(make_session(project, f"clear-{number}", release="2.0"), lead, Outcome.SUCCESS)
    told = get(api, "issues/1/")
    assert told["verification"] == {"clear": 2, "needed": 30, "bound": pytest.approx(0.7764, abs=1e-4)}
    assert (told["issue"]["fixed_in_release"], told["issue"]["fixed_at"] is None) == ("2.0", False)


def test_an_issue_is_ignored_until_something_happens(api: Client, issue: Issue) -> None:
    ignore = {"to": "ignored", "reason": "known"}
    assert error_of(send(api, "issues/1/move/", **ignore, end="users", count=3)) == (400, "days")
    assert error_of(send(api, "issues/1/move/", **ignore, end="never mind")) == (400, "end")
    assert error_of(send(api, "issues/1/move/", **ignore, end="date", until="2020-01-01T00:00:00Z")) == (400, "until")
    told = send(api, "issues/1/move/", **ignore, end="users", count=3, days=7).json()["issue"]
    assert (told["state"], told["ignore_end"], told["ignore_count"], told["ignore_days"]) == ("ignored", "users", 3, 7)
    issue.refresh_from_db()
    assert issue.end == End(EndKind.USERS, None, 3, 7)


def test_work_is_given_to_a_member(api: Client, project: Project, issue: Issue) -> None:
    make_member(make_project("other"), Role.LEAD, "stranger@example.com")
    ada = make_member(project, Role.REVIEWER, "ada@example.com")
    taken = {"to": "in_progress"}
    assert error_of(send(api, "issues/1/move/", **taken, owner="stranger@example.com")) == (400, "owner")
    assert send(api, "issues/1/move/", **taken, owner="Ada@Example.com").json()["issue"]["owner"] == ada.email


def test_many_are_acted_on_and_those_left_out_are_told(api: Client, project: Project, issue: Issue, lead: User) -> None:
    make_issue(make_told(project, lead), lead, "Another")

    def bulk(**data: Any) -> Any:
        return send(api, "issues/bulk/", **data).json()

    actions.move_issue(issue=issue, target=State.IGNORED, actor=lead, reason="known")
    skipped = [{"number": 1, "why": "It is ignored."}, {"number": 9, "why": "There is no such issue."}]
    decided = bulk(numbers=[1, 2, 9], act="triage")
    assert (decided["done"], decided["skipped"]) == ([2], skipped)
    assert send(api, f"decisions/{decided['decisions'][0]}/undo/", client_id=uuid.uuid4()).status_code == 200
    for owner in (lead.email, None):
        told = bulk(numbers=[2], owner=owner)
        assert (told["done"], told["skipped"]) == ([2], [])
    assert bulk(numbers=[2], severity="high")["done"] == [2]
    event = Issue.objects.get(number=2).events.first()
    assert event is not None
    assert (event.actor, event.cause) == (None, "API key test")
    for wrong in ({"numbers": [2]}, {"numbers": [2], "act": "triage", "severity": "low"}):
        assert bulk(**wrong)["errors"][0]["field"] == "act"
    assert bulk(numbers=[], act="triage")["errors"][0]["field"] == "numbers"
    assert bulk(numbers=["x"], act="triage")["errors"][0]["field"] == "numbers.0"
    assert bulk(numbers=[2], act="merge")["errors"][0]["field"] == "act"


def test_link_and_runbook_are_written_apart(api: Client, issue: Issue) -> None:
    assert error_of(send(api, "issues/1/help/", external_url="javascript:alert(1)")) == (400, "external_url")
    url = "https://tickets.example.com/7"
    assert send(api, "issues/1/help/", external_url=url).json() == {"external_url": url, "runbook": ""}
    assert send(api, "issues/1/help/", runbook="Look.").json() == {"external_url": url, "runbook": "Look."}
    told = get(api, "issues/1/")
    assert (told["issue"]["external_url"], told["runbook"]) == (url, "Look.")


def test_releases_are_told_in_their_order(api: Client, project: Project) -> None:
    Release.objects.create(project=project, name="2.0")
    Release.objects.create(project=project, name="1.0", first_seen=NOON)
    Release.objects.create(project=make_project("other"), name="9.0")
    assert get(api, "releases/") == [
        {"name": "1.0", "first_seen": "2026-11-02T12:00:00Z", "is_told": False},
        {"name": "2.0", "first_seen": None, "is_told": False},
    ]


def test_releases_are_put_in_another_order_and_back(api: Client, project: Project) -> None:
    for day, name in enumerate("ab"):
        Release.objects.create(project=project, name=name, first_seen=NOON + timedelta(days=day))

    def order(*names: str) -> list[str]:
        return [row["name"] for row in send(api, "releases/", names=names).json()]

    assert order("b", "a") == ["b", "a"]
    for wrong in (["a"], ["a", "a"], ["a", "b", "c"]):
        assert error_of(send(api, "releases/", names=wrong)) == (400, "names")
    assert [row["is_told"] for row in get(api, "releases/")] == [True, True]
    assert order() == ["a", "b"]
