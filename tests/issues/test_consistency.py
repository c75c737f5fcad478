"""Whatever people do, in whatever order: counts are what the memberships say, and no failure is in two issues."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Project, Role
from annotate.models import Failure
from common.errors import Refused
from issues import actions
from issues.lifecycle import State
from issues.models import Issue, IssueMembership
from issues.proposing import place_waiting
from issues.queries import counted_issues
from tests.builders import make_member, make_project
from tests.issues.makers import make_issue, make_proposal, make_told, withdraw

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["accept", "accept_some", "attach", "create", "detach", "move", "withdraw", "sweep"]),
        st.integers(0, 5),
        st.integers(0, 5),
        st.sampled_from(State),
    ),
    max_size=12,
)


class World:
    """A project of six failures in three sessions, and everything that can be done to them."""

    def __init__(self, project: Project) -> None:
        self.project, self.lead = project, make_member(project, Role.LEAD)
        self.failures: list[Failure] = []
        for number in range(6):
            session = self.failures[number - 3].session if number >= 3 else None
            self.failures.append(make_told(project, self.lead, f"failure {number}", session=session))
        self.made = 0

    def do(self, what: str, first: int, second: int, state: State) -> None:
        issues = list(Issue.objects.filter(project=self.project).order_by("number"))
        issue = issues[second % len(issues)] if issues else None
        failure = self.failures[first]
        self.made += 1
        try:
            self._act(what, failure, issue, self.failures[second], state)
        except Refused:
            return

    def _act(self, what: str, failure: Failure, issue: Any, other: Failure, state: State) -> None:
        members = [failure] if failure == other else [failure, other]
        if what == "accept" or (what == "attach" and issue):
            proposal = make_proposal(members, title=f"P{self.made}", fingerprint=str(self.made))
            actions.accept_proposal(proposal=proposal, actor=self.lead, issue=issue if what == "attach" else None)
        elif what == "accept_some":
            proposal = make_proposal(members, title=f"P{self.made}", fingerprint=str(self.made))
            actions.accept_proposal(proposal=proposal, actor=self.lead, failure_ids=[failure.pk])
        elif what == "create":
            make_issue(failure, self.lead, f"Issue {self.made}")
        elif what == "detach":
            for membership in IssueMembership.objects.filter(failure=failure, until=None):
                actions.detach_failure(membership=membership, actor=self.lead)
        elif what == "move" and issue:
            actions.move_issue(issue=issue, target=state, actor=self.lead, now=True, reason="known")
        elif what == "withdraw":
            withdraw(failure)
        elif what == "sweep":
            place_waiting(self.project)

    def check(self) -> None:
        withdrawn = set(Failure.objects.exclude(withdrawn_at=None).values_list("pk", flat=True))
        seen: set[int] = set()
        counted: list[Any] = list(counted_issues(self.project))
        for issue in counted:
            open_ = IssueMembership.objects.filter(issue_id=issue.pk, until=None).select_related("failure")
            members = [row.failure for row in open_ if row.failure_id not in withdrawn]
            assert issue.failures == len(members)
            assert issue.sessions == len({failure.session_id for failure in members})
            assert seen.isdisjoint(failure.pk for failure in members)
            seen |= {failure.pk for failure in members}


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_leaves_counts_equal_to_memberships(steps: list[tuple[str, int, int, State]]) -> None:
    # Each example starts from nothing and leaves nothing.
    with transaction.atomic():
        world = World(make_project("world"))
        for step in steps:
            world.do(*step)
            world.check()
        transaction.set_rollback(True)
