"""The same done to many issues, and what is said of those that were left out."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Project, Role, User
from annotate.models import Severity
from common.errors import Refused
from issues import actions
from issues.actions import Bulk
from issues.actions.bulk import Skipped
from issues.lifecycle import Act, State
from issues.lifecycle.ignoring import End, EndKind
from issues.models import Issue
from tests.builders import client_of, make_member, make_project
from tests.issues.makers import make_issue, make_told


@pytest.fixture
def issues(project: Project, lead: User) -> list[Issue]:
    return [make_issue(make_told(project, lead), lead, f"Issue {number}") for number in range(1, 5)]


def states(project: Project) -> list[str]:
    return list(Issue.objects.filter(project=project).order_by("number").values_list("state", flat=True))


def test_each_is_moved_from_where_it_stands(project: Project, issues: list[Issue], lead: User) -> None:
    actions.move_issue(issue=issues[1], target=State.IN_PROGRESS, actor=lead)
    actions.move_issue(issue=issues[2], target=State.IGNORED, actor=lead, reason="known")
    bulk = actions.act_on_many(project=project, numbers=[3, 2, 1, 99], act=Act.FIX, actor=lead, fixed_in_release="2.0")
    assert bulk == Bulk([1, 2], [Skipped(3, "It is ignored."), Skipped(99, "There is no such issue.")])
    assert states(project) == ["resolved", "resolved", "ignored", "new"]


def test_what_was_merged_or_taken_back_is_left_out(project: Project, issues: list[Issue], lead: User) -> None:
    actions.merge_issues(into=issues[0], others=[issues[1]], actor=lead)
    made = issues[2].made_by
    assert made is not None
    actions.undo(decision=made, actor=lead)
    bulk = actions.act_on_many(project=project, numbers=[2, 3], act=Act.TRIAGE, actor=lead)
    assert bulk == Bulk([], [Skipped(2, "It was merged into ISS-1."), Skipped(3, "It was taken back.")])


def test_owners_and_severities_say_where_nothing_was_to_do(project: Project, issues: list[Issue], lead: User) -> None:
    actions.assign_owner(issue=issues[0], owner=lead, actor=lead)
    own = actions.own_many(project=project, numbers=[1, 2], owner=lead, actor=lead)
    assert own == Bulk([2], [Skipped(1, f"{lead} owns it already.")])
    none = actions.own_many(project=project, numbers=[1, 3], owner=None, actor=lead)
    assert none == Bulk([1], [Skipped(3, "Nobody owns it already.")])
    rate = {"project": project, "actor": lead}
    assert actions.rate_many(numbers=[1], severity=Severity.MEDIUM, **rate).done == [1]  # type: ignore[arg-type]
    again = actions.rate_many(numbers=[1, 2], severity=Severity.MEDIUM, **rate)  # type: ignore[arg-type]
    assert again == Bulk([2], [Skipped(1, "It is medium already.")])


def test_nothing_and_too_much_are_refused(project: Project, lead: User) -> None:
    for numbers, why in (([], "at least one"), (range(501), "at most 500")):
        with pytest.raises(Refused, match=why):
            actions.act_on_many(project=project, numbers=numbers, act=Act.TRIAGE, actor=lead)


def send(client: Client, **data: object) -> str:
    response = client.post(reverse("issue_bulk", args=["acme"]), data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_page_says_what_was_done_and_what_was_left_out(
    lead_client: Client, project: Project, issues: list[Issue], lead: User
) -> None:
    sent = {"numbers": [1, 2, 99], "act": "ignore", "reason": "known", "end": "sessions", "count": 5}
    html = send(lead_client, **sent, severity="high", query="state=all")
    assert "Done for 2 issues." in html
    assert "1 left out. ISS-99: There is no such issue." in html
    issues[0].refresh_from_db()
    assert (issues[0].state, issues[0].severity) == (State.IGNORED, "high")
    assert issues[0].end == End(EndKind.SESSIONS, count=5)
    send(lead_client, numbers=[1, 2], owner=lead.pk)
    assert Issue.objects.filter(owner=lead).count() == 2
    send(lead_client, numbers=[1], owner="none")
    assert Issue.objects.filter(owner=lead).count() == 1


def test_page_refuses_nonsense(lead_client: Client, issues: list[Issue]) -> None:
    stranger = make_member(make_project("other"), Role.LEAD, "stranger@example.com")
    assert "Say what to do" in send(lead_client, numbers=[1])
    assert "Choose at least one issue" in send(lead_client, act="triage")
    assert "Name issues by their numbers" in send(lead_client, numbers=["x"], act="triage")
    assert "Name issues by their numbers" in send(lead_client, numbers=[10**12], act="triage")
    assert "Only members" in send(lead_client, numbers=[1], owner=stranger.pk)
    assert "Act:" in send(lead_client, numbers=[1], act="merge")
    assert states(issues[0].project) == ["new"] * 4


def test_page_goes_back_to_the_board_as_it_was(lead_client: Client, issues: list[Issue]) -> None:
    url = reverse("issue_bulk", args=["acme"])
    board = reverse("issue_board", args=["acme"])
    asked = {"numbers": [1], "act": "triage"}
    assert lead_client.post(url, {**asked, "query": "state=all&q=a"}).headers["Location"] == f"{board}?state=all&q=a"
    assert lead_client.post(url, {**asked, "query": "//evil.example\r\nX: y"}).headers["Location"] == board


def test_experts_cannot(project: Project, issues: list[Issue]) -> None:
    client = client_of(make_member(project, Role.REVIEWER))
    assert client.post(reverse("issue_bulk", args=["acme"]), {"numbers": [1], "act": "triage"}).status_code == 404
