"""Moving issues, accepting and rejecting proposals, and moving failures: what is done, and what is refused."""

from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, Role, User
from annotate.models import Failure, Severity
from common.errors import Refused
from issues import actions
from issues.lifecycle import State, choices_by_hand
from issues.models import EventKind, Issue, IssueEvent, IssueMembership, Proposal, ProposalState, Source
from tests.builders import make_member, make_project, make_user
from tests.issues.makers import TOKEN, make_issue, make_proposal, make_told, tell_all, withdraw

PAIRS = list(product(State, State))


def kinds(issue: Issue) -> list[str]:
    return list(issue.events.order_by("id").values_list("kind", flat=True))


def standing(issue: Issue) -> set[int]:
    return set(IssueMembership.objects.standing().filter(issue=issue).values_list("failure_id", flat=True))


def test_accepting_locks_the_project_before_the_proposal(project: Project, lead: User) -> None:
    proposal = make_proposal(tell_all(project, lead, TOKEN))
    with CaptureQueriesContext(connection) as queries:
        actions.accept_proposal(proposal=proposal, actor=lead)
    said = [query["sql"] for query in queries]
    lock = next(
        place for place, sql in enumerate(said) if sql.startswith("SELECT") and 'FROM "accounts_project"' in sql
    )
    change = next(place for place, sql in enumerate(said) if sql.startswith('UPDATE "issues_proposal"'))
    assert lock < change


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=[f"{a}-{b}" for a, b in PAIRS])
def test_every_move_by_hand_is_done_or_refused_by_the_table(
    issue: Issue, lead: User, source: State, target: State
) -> None:
    leads_to = make_issue(make_told(issue.project, lead), lead, "Another") if source == State.MERGED else None
    Issue.objects.filter(pk=issue.pk).update(state=source, merged_into=leads_to)
    issue.refresh_from_db()
    before = IssueEvent.objects.count()
    if target in choices_by_hand(source):
        actions.move_issue(issue=issue, target=target, actor=lead, fixed_in_release="2.0", reason="known")
        expected, events = target, before + 1
    else:
        with pytest.raises(Refused) as refused:
            actions.move_issue(issue=issue, target=target, actor=lead, fixed_in_release="2.0", reason="known")
        assert refused.value.field == "state"
        expected, events = source, before
    issue.refresh_from_db()
    assert (issue.state, IssueEvent.objects.count()) == (expected, events)


def test_resolving_needs_a_release_or_now(issue: Issue, lead: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.move_issue(issue=issue, target=State.RESOLVED, actor=lead)
    assert refused.value.field == "fixed_in_release"
    actions.move_issue(issue=issue, target=State.RESOLVED, actor=lead, now=True)
    assert issue.events.filter(kind=EventKind.MOVED).get().detail == {"now": True}


def test_the_release_of_the_fix_is_kept_until_the_issue_is_reopened(issue: Issue, lead: User) -> None:
    actions.move_issue(issue=issue, target=State.RESOLVED, actor=lead, fixed_in_release=" 2.4.1 ")
    assert issue.fixed_in_release == "2.4.1"
    actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
    assert issue.fixed_in_release == ""


def test_ignoring_needs_a_reason(issue: Issue, lead: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.move_issue(issue=issue, target=State.IGNORED, actor=lead, reason="  ")
    assert refused.value.field == "reason"
    actions.move_issue(issue=issue, target=State.IGNORED, actor=lead, reason="known")
    assert issue.ignored_reason == "known"


def test_a_move_from_where_the_issue_no_longer_stands_changes_nothing(issue: Issue, lead: User) -> None:
    stale = Issue.objects.get(pk=issue.pk)
    actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
    before = kinds(issue)
    with pytest.raises(Refused, match="Meanwhile the issue was moved to open"):
        actions.move_issue(issue=stale, target=State.IGNORED, actor=lead, reason="known")
    issue.refresh_from_db()
    assert (issue.state, issue.ignored_reason, kinds(issue)) == (State.OPEN, "", before)


def test_accepting_makes_an_issue_of_the_next_number_with_its_members(project: Project, lead: User) -> None:
    make_issue(make_told(project, lead), lead)
    failures = tell_all(project, lead, TOKEN)
    proposal = make_proposal(failures)
    issue, _ = actions.accept_proposal(proposal=proposal, actor=lead, title="  Expired  token ")
    assert (issue.number, issue.title, issue.state) == (2, "Expired token", State.NEW)
    assert standing(issue) == {failure.pk for failure in failures}
    assert kinds(issue) == [EventKind.CREATED, EventKind.ATTACHED]
    proposal.refresh_from_db()
    assert (proposal.state, proposal.issue, proposal.decided_by) == (ProposalState.ACCEPTED, issue, lead)
    assert set(issue.memberships.values_list("source", "score")) == {(Source.PROPOSAL, 0.7)}


def test_accepting_only_some_leaves_the_others_free(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    proposal = make_proposal(failures)
    issue, _ = actions.accept_proposal(proposal=proposal, actor=lead, failure_ids=[failures[0].pk, 10**9])
    assert standing(issue) == {failures[0].pk}


def test_accepting_only_some_remembers_the_others_as_refused(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    withdraw(failures[2])
    issue, _ = actions.accept_proposal(proposal=make_proposal(failures), actor=lead, failure_ids=[failures[0].pk])
    refused = IssueMembership.objects.get(source=Source.REFUSED)
    assert (refused.failure, refused.issue, refused.placed_by) == (failures[1], issue, lead)
    assert refused.until == refused.since
    assert issue.events.get(kind=EventKind.REFUSED).detail == {"failures": [failures[1].pk]}
    assert make_issue(failures[1], lead, "On its own").memberships.get().failure == failures[1]


def test_accepting_none_is_refused(project: Project, lead: User) -> None:
    proposal = make_proposal(tell_all(project, lead, TOKEN))
    with pytest.raises(Refused):
        actions.accept_proposal(proposal=proposal, actor=lead, failure_ids=[])
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN


def test_attaching_adds_to_the_issue_that_is_there(project: Project, issue: Issue, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    target, _ = actions.accept_proposal(proposal=make_proposal(failures), actor=lead, issue=issue)
    assert (target, Issue.objects.count(), len(standing(issue))) == (issue, 1, 4)


def test_attaching_to_a_merged_issue_is_refused(project: Project, issue: Issue, lead: User) -> None:
    other = make_issue(make_told(project, lead), lead, "Another")
    actions.merge_issues(into=other, others=[issue], actor=lead)
    proposal = make_proposal(tell_all(project, lead, TOKEN))
    with pytest.raises(Refused, match="ISS-1 was merged into another issue: go on with ISS-2"):
        actions.accept_proposal(proposal=proposal, actor=lead, issue=issue)


def test_a_decided_proposal_cannot_be_decided_again(project: Project, lead: User) -> None:
    proposal = make_proposal(tell_all(project, lead, TOKEN))
    actions.decline_proposal(proposal=proposal, actor=lead)
    with pytest.raises(Refused, match="already decided otherwise"):
        actions.accept_proposal(proposal=proposal, actor=lead)
    assert Issue.objects.count() == 0


def test_a_declined_proposal_is_opened_again_with_its_history(project: Project, lead: User) -> None:
    proposal = make_proposal(tell_all(project, lead, TOKEN))
    actions.decline_proposal(proposal=proposal, actor=lead)
    actions.reopen_proposal(proposal=proposal, actor=lead)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.decided_at) == (ProposalState.OPEN, None, None)
    assert [event.state for event in proposal.events.all()] == [ProposalState.DECLINED, ProposalState.OPEN]
    with pytest.raises(Refused, match="already decided otherwise"):
        actions.reopen_proposal(proposal=proposal, actor=lead)


def test_a_decline_cannot_be_undone_once_others_have_its_failures_or_title(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    proposal = make_proposal(failures)
    actions.decline_proposal(proposal=proposal, actor=lead)
    other = make_proposal(failures[:2], title="Grown")
    with pytest.raises(Refused, match="has some of its failures"):
        actions.reopen_proposal(proposal=proposal, actor=lead)
    other.failures.clear()
    Proposal.objects.filter(pk=other.pk).update(title="TOKEN expired")
    with pytest.raises(Refused, match="has its title"):
        actions.reopen_proposal(proposal=proposal, actor=lead)
    other.delete()
    for number, failure in enumerate(failures[:2]):
        make_issue(failure, lead, f"Another {number}")
    with pytest.raises(Refused, match="other places"):
        actions.reopen_proposal(proposal=proposal, actor=lead)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.DECLINED


def test_an_outdated_proposal_may_still_be_accepted_for_what_is_free(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    proposal = make_proposal(failures, state=ProposalState.OUTDATED)
    make_issue(failures[0], lead, "Another")
    withdraw(failures[1])
    issue, _ = actions.accept_proposal(proposal=proposal, actor=lead)
    assert standing(issue) == {failures[2].pk}


def test_accepting_what_is_placed_elsewhere_is_refused_as_a_whole(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN[:1])
    proposal = make_proposal(failures)
    make_issue(failures[0], lead, "Another")
    with pytest.raises(Refused, match="placed elsewhere"):
        actions.accept_proposal(proposal=proposal, actor=lead)
    proposal.refresh_from_db()
    assert (proposal.state, Issue.objects.count()) == (ProposalState.OPEN, 1)


@pytest.mark.parametrize("title", ["", "   ", "x" * 201, "claims REFUNDS that failed"])
def test_a_title_is_needed_short_and_nobody_elses(project: Project, issue: Issue, lead: User, title: str) -> None:
    other = make_issue(make_told(project, lead), lead, "Another")
    with pytest.raises(Refused) as refused:
        actions.rename_issue(issue=other, title=title, actor=lead)
    assert refused.value.field == "title"
    assert Issue.objects.get(pk=other.pk).title == "Another"


def test_an_issue_may_not_take_the_title_of_an_open_proposal(project: Project, issue: Issue, lead: User) -> None:
    make_proposal(tell_all(project, lead, TOKEN), title="Token expired")
    with pytest.raises(Refused, match="open proposal"):
        actions.rename_issue(issue=issue, title="token expired", actor=lead)


def test_edits_are_written_to_the_history_and_the_same_value_is_not(issue: Issue, lead: User) -> None:
    for _ in range(2):
        actions.rename_issue(issue=issue, title="Better words", actor=lead)
        actions.assign_owner(issue=issue, owner=lead, actor=lead)
        actions.set_severity(issue=issue, severity=Severity.CRITICAL, actor=lead)
    assert kinds(issue)[2:] == [EventKind.RENAMED, EventKind.ASSIGNED, EventKind.SEVERITY]


def test_only_members_can_own(issue: Issue, lead: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.assign_owner(issue=issue, owner=make_user("stranger@example.com"), actor=lead)
    assert refused.value.field == "owner"


def test_detaching_keeps_the_row_as_history(issue: Issue, failure: Failure, lead: User) -> None:
    membership = IssueMembership.objects.get()
    actions.detach_failures(issue=issue, failure_ids=[failure.pk], actor=lead)
    membership.refresh_from_db()
    assert (standing(issue), membership.until is not None) == (set(), True)
    assert issue.events.first() == IssueEvent.objects.get(kind=EventKind.DETACHED, actor=lead)
    with pytest.raises(Refused):
        actions.detach_failures(issue=issue, failure_ids=[failure.pk], actor=lead)


def test_an_issue_by_hand_takes_its_failure_out_of_the_old_one(issue: Issue, failure: Failure, lead: User) -> None:
    other = make_issue(failure, lead, "On its own")
    assert (standing(issue), standing(other)) == (set(), {failure.pk})


def test_severity_of_a_new_issue_is_the_usual_one_of_its_members(project: Project, lead: User) -> None:
    levels = [Severity.LOW, Severity.HIGH, Severity.HIGH]
    failures = [make_told(project, lead, note, severity=level) for note, level in zip(TOKEN, levels, strict=True)]
    assert actions.accept_proposal(proposal=make_proposal(failures), actor=lead)[0].severity == Severity.HIGH


def test_numbers_are_counted_per_project(issue: Issue, lead: User) -> None:
    other = make_project("other")
    stranger = make_member(other, Role.LEAD)
    assert make_issue(make_told(other, stranger), stranger).number == issue.number == 1
