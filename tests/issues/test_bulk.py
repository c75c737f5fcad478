"""The same done to many issues, and what is said of those that were left out."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Project, Role, User
from annotate.actions.types import merge_types
from annotate.models import Failure, FailureType, Severity
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


def told(bulk: Bulk) -> tuple[list[int], list[Skipped]]:
    assert len(bulk.decisions) == len(bulk.done)
    return bulk.done, bulk.skipped


def states(project: Project) -> list[str]:
    return list(Issue.objects.filter(project=project).order_by("number").values_list("state", flat=True))


def test_each_is_moved_from_where_it_stands(project: Project, issues: list[Issue], lead: User) -> None:
    actions.move_issue(issue=issues[1], target=State.IN_PROGRESS, actor=lead)
    actions.move_issue(issue=issues[2], target=State.IGNORED, actor=lead, reason="known")
    bulk = actions.act_on_many(project=project, numbers=[3, 2, 1, 99], act=Act.FIX, actor=lead, fixed_in_release="2.0")
    assert told(bulk) == ([1, 2], [Skipped(3, "It is ignored."), Skipped(99, "There is no such issue.")])
    assert states(project) == ["resolved", "resolved", "ignored", "new"]


def test_what_was_merged_or_taken_back_is_left_out(project: Project, issues: list[Issue], lead: User) -> None:
    actions.merge_issues(into=issues[0], others=[issues[1]], actor=lead)
    made = issues[2].made_by
    assert made is not None
    actions.undo(decision=made, actor=lead)
    bulk = actions.act_on_many(project=project, numbers=[2, 3], act=Act.TRIAGE, actor=lead)
    assert told(bulk) == ([], [Skipped(2, "It was merged into ISS-1."), Skipped(3, "It was taken back.")])


def test_owners_and_severities_say_where_nothing_was_to_do(project: Project, issues: list[Issue], lead: User) -> None:
    actions.assign_owner(issue=issues[0], owner=lead, actor=lead)
    own = actions.own_many(project=project, numbers=[1, 2], owner=lead, actor=lead)
    assert told(own) == ([2], [Skipped(1, f"{lead} owns it already.")])
    none = actions.own_many(project=project, numbers=[1, 3], owner=None, actor=lead)
    assert told(none) == ([1], [Skipped(3, "Nobody owns it already.")])
    rate = {"project": project, "actor": lead}
    assert actions.rate_many(numbers=[1], severity=Severity.MEDIUM, **rate).done == [1]  # type: ignore[arg-type]
    again = actions.rate_many(numbers=[1, 2], severity=Severity.MEDIUM, **rate)  # type: ignore[arg-type]
    assert told(again) == ([2], [Skipped(1, "It is medium already.")])


def test_nothing_and_too_much_are_refused(project: Project, lead: User) -> None:
    for numbers, why in (([], "at least one"), (range(501), "at most 500")):
        with pytest.raises(Refused, match=why):
            actions.act_on_many(project=project, numbers=numbers, act=Act.TRIAGE, actor=lead)


def test_what_was_done_at_once_is_undone_and_done_again_as_one(
    project: Project, issues: list[Issue], lead: User
) -> None:
    these: dict[str, Any] = {"project": project, "numbers": [1, 2], "actor": lead}
    made = actions.joined([
        actions.act_on_many(**these, act=Act.TAKE), actions.rate_many(**these, severity=Severity.HIGH),
    ])  # fmt: skip
    assert (made.done, len(made.decisions)) == ([1, 2], 4)
    actions.move_issue(issue=Issue.objects.get(number=2), target=State.IGNORED, actor=lead, reason="known")
    undone = actions.undo_many(project=project, decisions=made.decisions, actor=lead)
    assert (undone.done, [one.number for one in undone.skipped]) == ([1, 2], [2])
    assert "changed since" in undone.skipped[0].why
    assert states(project) == ["new", "ignored", "new", "new"]
    assert set(Issue.objects.values_list("severity", flat=True)) == {"medium"}
    again = actions.undo_many(project=project, decisions=undone.decisions, actor=lead)
    assert again.done == [1, 2]
    assert states(project)[0] == "in_progress"


def test_only_decisions_on_single_issues_of_the_project_are_undone_at_once(
    project: Project, issues: list[Issue], lead: User
) -> None:
    merge = actions.merge_issues(into=issues[0], others=[issues[1]], actor=lead)
    other = make_project("other")
    elsewhere = make_issue(make_told(other, lead), lead, "Elsewhere")
    moved = actions.move_issue(issue=elsewhere, target=State.IN_PROGRESS, actor=lead)
    asked = [merge.pk, moved.pk, 10**9]
    assert actions.undo_many(project=project, decisions=asked, actor=lead) == Bulk()


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


def toast_value(html: str, name: str) -> str:
    """What the button of the notice sends."""
    found = re.search(rf'form="bulk-undo" name="{name}" value="([0-9,]+)"', html)
    assert found is not None
    return found[1]


def test_page_undoes_and_does_again(lead_client: Client, project: Project, issues: list[Issue]) -> None:
    html = send(lead_client, numbers=[1, 2], act="triage")
    url = reverse("issue_bulk_undo", args=["acme"])
    response = lead_client.post(url, {"undo": toast_value(html, "undo"), "query": "state=all"}, follow=True)
    assert response.redirect_chain == [("/p/acme/issues/?state=all", 302)]
    assert ("Undone for 2 issues." in response.content.decode(), states(project)) == (True, ["new"] * 4)
    again = lead_client.post(url, {"redo": toast_value(response.content.decode(), "redo")}, follow=True)
    assert "Done again for 2 issues." in again.content.decode()
    assert states(project) == ["open", "open", "new", "new"]


def test_page_acts_on_all_that_the_filters_find(
    lead_client: Client, project: Project, issues: list[Issue], lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.assign_owner(issue=issues[1], owner=lead, actor=lead)
    send(lead_client, everything="on", act="triage", query="owner=none&page=7")
    assert states(project) == ["open", "new", "open", "open"]
    monkeypatch.setattr("issues.views.bulk.MOST_AT_ONCE", 2)
    monkeypatch.setattr("issues.actions.bulk.MOST_AT_ONCE", 2)
    assert "at most 2 issues at once" in send(lead_client, everything="on", act="take")


def test_page_acts_on_no_more_than_was_shown(lead_client: Client, project: Project, issues: list[Issue]) -> None:
    assert "find 4 issues" in send(lead_client, everything="on", expected=3, act="triage")
    assert "too long" in send(lead_client, everything="on", act="triage", query="q=" + 2_000 * "a")
    assert states(project) == ["new"] * 4
    send(lead_client, everything="on", expected=4, act="triage")
    assert states(project) == ["open"] * 4


def test_all_that_was_done_at_once_is_undone_at_once(
    lead_client: Client, project: Project, issues: list[Issue], lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issues.actions.bulk.MOST_AT_ONCE", 4)
    html = send(lead_client, everything="on", act="triage", owner=lead.pk, severity="high")
    lead_client.post(reverse("issue_bulk_undo", args=["acme"]), {"undo": toast_value(html, "undo")})
    assert states(project) == ["new"] * 4
    assert not Issue.objects.filter(owner=lead).exists()


def test_filter_by_a_merged_type_finds_what_it_became(
    lead_client: Client, project: Project, issues: list[Issue], lead: User
) -> None:
    old, kept = (FailureType.objects.create(project=project, name=name) for name in ("Old", "Kept"))
    Failure.objects.filter(issue_memberships__issue=issues[0]).update(failure_type=old)
    merge_types(into=kept, type_ids=[old.pk], actor=lead)
    html = lead_client.get(reverse("issue_board", args=["acme"]), {"type": old.pk}).content.decode()
    assert ("Issue 1" in html, "Issue 2" in html) == (True, False)
    send(lead_client, everything="on", expected=1, act="triage", query=f"type={old.pk}")
    assert states(project) == ["open", "new", "new", "new"]


def test_page_refuses_nonsense(lead_client: Client, issues: list[Issue]) -> None:
    stranger = make_member(make_project("other"), Role.LEAD, "stranger@example.com")
    assert "Say what to do" in send(lead_client, numbers=[1])
    assert "Choose at least one issue" in send(lead_client, act="triage")
    assert "Name issues by their numbers" in send(lead_client, numbers=["x"], act="triage")
    assert "Name issues by their numbers" in send(lead_client, numbers=[10**12], act="triage")
    assert "Only members" in send(lead_client, numbers=[1], owner=stranger.pk)
    assert "Only members" in send(lead_client, numbers=[1], act="triage", owner=stranger.pk)
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
