"""Whatever people do and undo, in whatever order: counts are what memberships say, and what was taught is kept to."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Project, Role
from annotate.models import Failure
from common.errors import Refused
from issues import actions
from issues.consistency import findings
from issues.lifecycle import State
from issues.models import Decision, DecisionKind, Issue, IssueMembership, Source
from issues.proposing import place_waiting
from issues.queries import counted_issues
from issues.queries.links import places_of, standing_links
from tests.builders import make_member, make_project
from tests.issues.makers import make_issue, make_proposal, make_told, withdraw

FAILURES = 9
ACTS = [
    "accept", "accept_some", "attach", "create", "detach", "move", "withdraw", "return", "sweep",
    "merge", "merge", "split", "split", "shift", "undo", "undo", "undo_any", "redo",
]  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.integers(0, FAILURES - 1),
        st.integers(0, FAILURES - 1),
        st.sampled_from(State),
        st.booleans(),
    ),
    max_size=14,
)
Step = tuple[str, int, int, State, bool]


class World:
    """A project of nine failures in three sessions, and everything that can be done to them."""

    def __init__(self, project: Project) -> None:
        self.project, self.lead = project, make_member(project, Role.LEAD)
        self.failures: list[Failure] = []
        for number in range(FAILURES):
            session = self.failures[number - 3].session if number >= 3 else None
            self.failures.append(make_told(project, self.lead, f"failure {number}", session=session))
        self.made = 0

    def do(self, what: str, first: int, second: int, state: State, overrule: bool) -> None:  # noqa: FBT001  # drawn by Hypothesis
        self.made += 1
        issues = list(Issue.objects.filter(project=self.project).order_by("number"))
        issue = issues[second % len(issues)] if issues else None
        other = issues[first % len(issues)] if issues else None
        failure, beside = self.failures[first], self.failures[second]
        try:
            self._to_failures(what, failure, beside, issue)
            if issue is not None and other is not None:
                self._to_issues(what, failure, issue, other, state, overrule=overrule)
            self._undo(what, first)
        except Refused:
            return

    def _to_failures(self, what: str, failure: Failure, other: Failure, issue: Issue | None) -> None:
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
                actions.detach_failures(issue=membership.issue, failure_ids=[failure.pk], actor=self.lead)
        elif what == "withdraw":
            withdraw(failure)
        elif what == "return":
            Failure.objects.filter(pk=failure.pk).update(withdrawn_at=None)
        elif what == "sweep":
            place_waiting(self.project)

    def _to_issues(
        self, what: str, failure: Failure, issue: Issue, other: Issue, state: State, *, overrule: bool
    ) -> None:
        if what == "move":
            actions.move_issue(issue=issue, target=state, actor=self.lead, now=True, reason="known")
        elif what == "merge":
            actions.merge_issues(into=issue, others=[other], actor=self.lead, overrule=overrule)
        elif what == "split":
            members = list(IssueMembership.objects.standing().filter(issue=issue).values_list("failure_id", flat=True))
            half = members[: max(1, len(members) // 2)]
            actions.split_issue(
                issue=issue, failure_ids=half, actor=self.lead, title=f"Part {self.made}", overrule=overrule
            )
        elif what == "shift":
            actions.move_failures(failure_ids=[failure.pk], target=issue, actor=self.lead, overrule=overrule)

    def _undo(self, what: str, number: int) -> None:
        decisions = Decision.objects.filter(project=self.project, undone_by=None).order_by("-pk")
        if what == "redo":
            decisions = decisions.filter(kind=DecisionKind.UNDO)
        elif what == "undo":
            decisions = decisions.exclude(kind=DecisionKind.UNDO)
        elif what != "undo_any":
            return
        found = list(decisions)
        if found:
            place = number % len(found) if what == "undo_any" else 0
            actions.undo(decision=found[place], actor=self.lead)

    def prove(self) -> None:
        """What the command looks for is not there."""
        assert [finding.words for finding in findings(self.project)] == []

    def check(self) -> None:
        self._check_counts()
        self._check_numbers()
        self._check_links()
        self._check_histories()

    def _check_counts(self) -> None:
        """The database's counts, and the same counted by hand from the rows."""
        members: defaultdict[int, list[Failure]] = defaultdict(list)
        seen: set[int] = set()
        for row in IssueMembership.objects.filter(until=None).select_related("failure__session"):
            assert row.failure_id not in seen
            seen.add(row.failure_id)
            if row.failure.withdrawn_at is None:
                members[row.issue_id].append(row.failure)
        counted: list[Any] = list(counted_issues(self.project))
        for issue in counted:
            own = members[issue.pk]
            moments = [_seen(failure) for failure in own]
            assert issue.failures == len(own)
            assert issue.sessions == len({failure.session_id for failure in own})
            assert issue.users == len({failure.session.user_ref for failure in own})
            assert (issue.first_seen, issue.last_seen) == (min(moments, default=None), max(moments, default=None))

    def _check_numbers(self) -> None:
        """Every number leads to an issue that lives or was taken back, and only living ones hold anything."""
        holding = set(IssueMembership.objects.filter(until=None).values_list("issue_id", flat=True))
        issues = list(Issue.objects.filter(project=self.project).order_by("number"))
        assert [issue.number for issue in issues] == list(range(1, len(issues) + 1))
        for issue in issues:
            assert (issue.state == State.MERGED) == (issue.merged_into is not None)
            assert issue.present.state != State.MERGED
            if issue.state == State.MERGED:
                assert issue.present.withdrawn_at is None
            if issue.pk in holding:
                assert (issue.present, issue.withdrawn_at) == (issue, None)

    def _check_links(self) -> None:
        links = standing_links(self.project.pk)
        places = places_of(links)
        for link in links:
            if link.first in places and link.second in places:
                assert (places[link.first] == places[link.second]) == link.is_together, link

    def _check_histories(self) -> None:
        """Each row was begun by a decision, and what histories list is what its rows say."""
        rows = IssueMembership.objects.exclude(source=Source.REFUSED)
        assert not rows.filter(opened_by=None).exists()
        came, went = defaultdict(set), defaultdict(set)
        for row in rows:
            came[row.issue_id, row.opened_by_id].add(row.failure_id)
            if row.closed_by_id is not None:
                went[row.issue_id, row.closed_by_id].add(row.failure_id)
        for (issue, decision), failures in (*came.items(), *went.items()):
            assert failures <= self._told(issue, decision)

    def _told(self, issue: int, decision: int | None) -> set[int]:
        events = Issue.objects.get(pk=issue).events.filter(decision=decision)
        return {failure for event in events for failure in event.detail.get("failures", ())}


def _seen(failure: Failure) -> datetime:
    return failure.session.started_at or failure.session.created_at


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_leaves_counts_equal_to_memberships(steps: list[Step]) -> None:
    # Each example starts from nothing and leaves nothing.
    with transaction.atomic():
        world = World(make_project("world"))
        for step in steps:
            world.do(*step)
            world.check()
        world.prove()
        transaction.set_rollback(True)
