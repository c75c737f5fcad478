"""What becomes of issues that older versions decided about."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import User
from annotate.models import Severity
from issues import actions
from issues.lifecycle import State
from issues.models import EventKind, Issue, IssueEvent
from tests.builders import NOON

standing = import_module("issues.migrations.0005_issues_know_since_when_they_stand")
choosing = import_module("issues.migrations.0008_people_choose_severity")


def forget(issue: Issue) -> None:
    """As it was when no issue knew since when it stands; its history tells of each hour a move."""
    Issue.objects.update(stood_since=NOON - timedelta(days=99), fixed_at=None)
    for hours, event in enumerate(issue.events.order_by("pk")):
        IssueEvent.objects.filter(pk=event.pk).update(created_at=NOON + timedelta(hours=hours))


def test_since_when_an_issue_stands_is_read_from_its_history(issue: Issue, lead: User) -> None:
    for target in (State.RESOLVED, State.OPEN, State.RESOLVED):
        actions.move_issue(issue=issue, target=target, actor=lead, now=True)
    actions.rename_issue(issue=issue, title="Other", actor=lead)
    forget(issue)
    standing.read_from_history(apps, connection)
    issue.refresh_from_db()
    hours = [event.kind for event in issue.events.order_by("created_at")]
    last = NOON + timedelta(hours=len(hours) - 2)
    assert hours[-1] == EventKind.RENAMED
    assert (issue.stood_since, issue.fixed_at) == (last, last)


def test_an_issue_without_moves_stands_since_it_was_made(issue: Issue) -> None:
    forget(issue)
    standing.read_from_history(apps, connection)
    issue.refresh_from_db()
    assert (issue.stood_since, issue.fixed_at) == (issue.created_at, None)


@pytest.mark.parametrize("by_person", [True, False])
def test_a_severity_that_a_person_changed_was_chosen(issue: Issue, lead: User, *, by_person: bool) -> None:
    if by_person:
        actions.set_severity(issue=issue, severity=Severity.HIGH, actor=lead)
    else:
        IssueEvent.objects.note(issue, EventKind.SEVERITY, before="medium", after="high")
    Issue.objects.update(severity_chosen=False)
    choosing.read_from_history(apps, connection)
    issue.refresh_from_db()
    assert issue.severity_chosen is by_person
