"""What two mechanisms of grouping did within a month stands side by side."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Project, Role, User
from clustering.models import GroupingRun
from issues import actions
from issues.deciding import join
from issues.models import Issue, IssueMembership, ProposalState, Source
from issues.queries.mechanisms import WINDOW, Work, side_by_side
from tests.issues.makers import make_proposal, make_told, tell_all


@pytest.fixture
def issue(project: Project, lead: User) -> Issue:
    [failure] = tell_all(project, lead, ["token expired"])
    return actions.create_from(project=project, failure_ids=[failure.pk], title="Token", actor=lead)[0]


def propose(project: Project, lead: User, mechanism: str, *states: ProposalState) -> None:
    run = GroupingRun.objects.create(project=project, mechanism=mechanism)
    for state in states:
        told = [make_told(project, lead, f"{mechanism} {state}")]
        make_proposal(told, title=f"{mechanism} {state}", run=run, state=state)


def match(issue: Issue, lead: User, mechanism: str) -> IssueMembership:
    failure = make_told(issue.project, lead, f"joined by {mechanism}")
    join(issue=issue, failure_id=failure.pk, source=Source.MATCH, cause="match", score=0.8, mechanism=mechanism)
    return IssueMembership.objects.get(failure=failure, until=None)


def test_versions_are_counted_apart(project: Project, lead: User, issue: Issue) -> None:
    propose(project, lead, "v1", ProposalState.ACCEPTED, ProposalState.DECLINED, ProposalState.OUTDATED)
    propose(project, lead, "v2", ProposalState.OPEN)
    out = match(issue, lead, "v1")
    match(issue, lead, "v2")
    actions.detach_failures(issue=issue, failure_ids=[out.failure_id], actor=lead)
    assert side_by_side(project) == [
        Work("v1", proposed=2, accepted=1, declined=1, joined=1, standing=0),
        Work("v2", proposed=1, joined=1, standing=1),
    ]


def test_merged_failures_are_counted_once(project: Project, lead: User, issue: Issue) -> None:
    propose(project, lead, "v2", ProposalState.OPEN)
    match(issue, lead, "v1")
    other = actions.create_issue(failure=make_told(project, lead, "loops"), title="Other", actor=lead)
    actions.merge_issues(into=other, others=[issue], actor=lead)
    assert side_by_side(project)[0] == Work("v1", joined=1, standing=1)


def test_one_version_alone_says_nothing(project: Project, lead: User, issue: Issue, lead_client: Client) -> None:
    propose(project, lead, "v2", ProposalState.OPEN)
    old = match(issue, lead, "v1")
    assert "Grouping has changed" in lead_client.get(reverse("proposal_inbox", args=["acme"])).content.decode()
    IssueMembership.objects.filter(pk=old.pk).update(since=timezone.now() - WINDOW - timedelta(minutes=1))
    assert side_by_side(project) == []
    assert "Grouping has changed" not in lead_client.get(reverse("proposal_inbox", args=["acme"])).content.decode()


def test_other_projects_count_for_themselves(project: Project, lead: User, issue: Issue) -> None:
    match(issue, lead, "v1")
    other = Project.objects.create(name="Other", slug="other")
    Membership.objects.create(project=other, user=lead, role=Role.LEAD)
    propose(other, lead, "v2", ProposalState.OPEN)
    assert (side_by_side(project), side_by_side(other)) == ([], [])
