"""A decision undone as one, an undo undone, and what cannot be undone any more."""

import uuid

import pytest

from accounts.models import Project, User
from annotate.models import Failure, Severity
from clustering.engine.mechanisms import CURRENT
from common.errors import Refused
from issues import actions
from issues.lifecycle import State
from issues.models import (
    Constraint,
    Decision,
    DecisionKind,
    EventKind,
    Issue,
    IssueMembership,
    Proposal,
    ProposalState,
    Source,
)
from tests.issues.makers import TOKEN, make_issue, make_proposal, make_told, run, tell_all, withdraw


def standing(issue: Issue) -> set[int]:
    return set(IssueMembership.objects.standing().filter(issue=issue).values_list("failure_id", flat=True))


def places() -> dict[int, tuple[int, str, float | None, int | None]]:
    rows = IssueMembership.objects.filter(until=None)
    return {row.failure_id: (row.issue_id, row.source, row.score, row.placed_by_id) for row in rows}


def taught() -> set[tuple[int, int, str]]:
    return set(Constraint.objects.filter(ended_by=None).values_list("first_id", "second_id", "kind"))


def newest(kind: DecisionKind) -> Decision:
    return Decision.objects.filter(kind=kind).latest("pk")


@pytest.fixture
def pair(project: Project, lead: User) -> tuple[Issue, Issue]:
    first, second, third = tell_all(project, lead, TOKEN)
    issue, _ = actions.create_from(project=project, failure_ids=[first.pk, second.pk], title="One", actor=lead)
    return issue, make_issue(third, lead, "Two")


def test_undoing_a_merge_is_as_if_it_had_not_been(pair: tuple[Issue, Issue], lead: User) -> None:
    target, source = pair
    actions.move_issue(issue=source, target=State.IN_PROGRESS, actor=lead)
    actions.assign_owner(issue=source, owner=lead, actor=lead)
    before = places()
    decision = actions.merge_issues(into=target, others=[source], actor=lead)
    undone = actions.undo(decision=decision, actor=lead)
    for issue in pair:
        issue.refresh_from_db()
    assert (places(), taught()) == (before, set())
    assert (source.state, source.merged_into, target.owner) == (State.IN_PROGRESS, None, None)
    event = source.events.get(kind=EventKind.UNMERGED)
    assert (event.was, event.became, event.decision) == ("Merged", "In progress", undone)
    assert target.events.get(kind=EventKind.GAVE_BACK).detail["failures"] == sorted(standing(source))
    assert source.events.get(kind=EventKind.GOT_BACK).detail["failures"] == sorted(standing(source))


def test_what_came_after_a_merge_stays_where_it_is(pair: tuple[Issue, Issue], project: Project, lead: User) -> None:
    target, source = pair
    decision = actions.merge_issues(into=target, others=[source], actor=lead)
    late = make_told(project, lead, "came later")
    actions.attach(issue=target, failure_ids=[late.pk], actor=lead)
    actions.undo(decision=decision, actor=lead)
    assert late.pk in standing(target)


def test_a_merge_of_what_was_merged_on_is_undone_from_the_end(
    pair: tuple[Issue, Issue], project: Project, lead: User
) -> None:
    target, source = pair
    third = make_issue(make_told(project, lead, "note"), lead, "Three")
    before = places()
    first = actions.merge_issues(into=target, others=[source], actor=lead)
    second = actions.merge_issues(into=third, others=[target], actor=lead)
    with pytest.raises(Refused, match=r"ISS-1 was merged into ISS-3 since\. Undo that first\."):
        actions.undo(decision=first, actor=lead)
    actions.undo(decision=second, actor=lead)
    actions.undo(decision=first, actor=lead)
    assert places() == before


def test_undoing_an_undo_does_it_again(pair: tuple[Issue, Issue], lead: User) -> None:
    target, source = pair
    decision = actions.merge_issues(into=target, others=[source], actor=lead)
    merged, links = places(), taught()
    again = actions.undo(decision=actions.undo(decision=decision, actor=lead), actor=lead)
    source.refresh_from_db()
    assert (places(), taught(), source.present) == (merged, links, target)
    assert (again.said, again.root) == (decision.said, "merge")
    actions.undo(decision=again, actor=lead)
    source.refresh_from_db()
    assert (source.present, len(standing(source))) == (source, 1)


def test_a_merge_is_not_done_again_over_what_came_since(
    pair: tuple[Issue, Issue], project: Project, lead: User
) -> None:
    target, source = pair
    undone = actions.undo(decision=actions.merge_issues(into=target, others=[source], actor=lead), actor=lead)
    actions.attach(issue=source, failure_ids=[make_told(project, lead, "late").pk], actor=lead)
    with pytest.raises(Refused, match="other failures since"):
        actions.undo(decision=undone, actor=lead)


def test_nothing_is_undone_twice(pair: tuple[Issue, Issue], lead: User) -> None:
    decision = actions.merge_issues(into=pair[0], others=[pair[1]], actor=lead)
    assert actions.may_undo(decision) == ""
    actions.undo(decision=decision, actor=lead)
    assert actions.may_undo(decision) == f"{lead} undid this already."
    with pytest.raises(Refused, match="undid this already"):
        actions.undo(decision=decision, actor=lead)


def test_an_undo_sent_twice_counts_once(pair: tuple[Issue, Issue], lead: User) -> None:
    decision = actions.merge_issues(into=pair[0], others=[pair[1]], actor=lead)
    client_id = uuid.uuid4()
    first = actions.undo(decision=decision, actor=lead, client_id=client_id)
    assert actions.undo(decision=decision, actor=lead, client_id=client_id) == first


def test_undoing_a_split_brings_all_back_and_takes_the_part_back(pair: tuple[Issue, Issue], lead: User) -> None:
    issue, _ = pair
    before = {failure: place[0] for failure, place in places().items()}
    part, decision = actions.split_issue(issue=issue, failure_ids=[min(standing(issue))], actor=lead, title="Part")
    actions.undo(decision=decision, actor=lead)
    part.refresh_from_db()
    assert {failure: place[0] for failure, place in places().items()} == before
    assert (part.withdrawn_at is not None, part.number, taught()) == (True, 3, set())
    assert part.events.filter(kind=EventKind.UNDONE).count() == 1


def test_a_number_and_the_way_to_it_stay_but_its_title_is_free(
    pair: tuple[Issue, Issue], project: Project, lead: User
) -> None:
    part, decision = actions.split_issue(issue=pair[0], failure_ids=[min(standing(pair[0]))], actor=lead, title="Part")
    undone = actions.undo(decision=decision, actor=lead)
    other = make_issue(make_told(project, lead, "note"), lead, "PART")
    assert other.number == part.number + 1
    with pytest.raises(Refused, match="ISS-4 has the title “Part” by now"):
        actions.undo(decision=undone, actor=lead)


def test_a_part_that_others_use_by_now_stays(pair: tuple[Issue, Issue], project: Project, lead: User) -> None:
    part, decision = actions.split_issue(issue=pair[0], failure_ids=[min(standing(pair[0]))], actor=lead, title="Part")
    late = make_told(project, lead, "late")
    actions.attach(issue=part, failure_ids=[late.pk], actor=lead)
    actions.undo(decision=decision, actor=lead)
    part.refresh_from_db()
    assert (part.withdrawn_at, standing(part)) == (None, {late.pk})


def test_making_again_and_taking_back_again_keeps_what_others_put_there(project: Project, lead: User) -> None:
    issue = make_issue(make_told(project, lead), lead)
    decision = issue.made_by
    assert decision is not None
    again = actions.undo(decision=actions.undo(decision=decision, actor=lead), actor=lead)
    issue.refresh_from_db()
    assert (issue.withdrawn_at, len(standing(issue))) == (None, 1)
    late = make_told(project, lead, "late")
    actions.attach(issue=issue, failure_ids=[late.pk], actor=lead)
    actions.undo(decision=again, actor=lead)
    issue.refresh_from_db()
    assert (issue.withdrawn_at, standing(issue)) == (None, {late.pk})


def test_undoing_a_move_puts_failures_back_and_ends_what_it_taught(pair: tuple[Issue, Issue], lead: User) -> None:
    before = places()
    decision = actions.move_failures(failure_ids=[min(standing(pair[0]))], target=pair[1], actor=lead)
    actions.undo(decision=decision, actor=lead)
    assert (places(), taught()) == (before, set())


def test_undoing_a_removal_puts_the_failure_back_with_what_was_said_of_it(
    pair: tuple[Issue, Issue], lead: User
) -> None:
    actions.move_failures(failure_ids=[min(standing(pair[0]))], target=pair[1], actor=lead)
    before, said = places(), taught()
    actions.detach_failures(issue=pair[1], failure_ids=[min(standing(pair[1]))], actor=lead)
    assert taught() != said
    actions.undo(decision=newest(DecisionKind.DETACH), actor=lead)
    assert (places(), taught()) == (before, said)


def test_what_a_reviewer_took_back_does_not_return(pair: tuple[Issue, Issue], lead: User) -> None:
    failure = Failure.objects.get(pk=min(standing(pair[0])))
    decision = actions.move_failures(failure_ids=[failure.pk], target=pair[1], actor=lead)
    withdraw(failure)
    run(pair[0].project)
    actions.undo(decision=decision, actor=lead)
    assert not IssueMembership.objects.filter(failure=failure, until=None).exists()


def test_not_this_one_teaches(project: Project, lead: User) -> None:
    first, second = tell_all(project, lead, TOKEN[:2])
    issue = make_issue(first, lead)
    run(project)
    joined = newest(DecisionKind.JOIN)
    assert (joined.actor, joined.cause, standing(issue)) == (None, f"match {CURRENT}", {first.pk, second.pk})
    actions.undo(decision=joined, actor=lead)
    assert taught() == {(first.pk, second.pk, "apart")}
    make_told(project, lead, "noise")
    run(project)
    assert standing(issue) == {first.pk}


def test_undoing_an_accept_opens_the_proposal_again(project: Project, lead: User) -> None:
    proposal = make_proposal(tell_all(project, lead, TOKEN))
    issue, _ = actions.accept_proposal(proposal=proposal, actor=lead, failure_ids=[proposal.failures.all()[0].pk])
    undone = actions.undo(decision=newest(DecisionKind.ACCEPT), actor=lead)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, places()) == (ProposalState.OPEN, None, {})
    assert [event.state for event in proposal.events.all()] == [ProposalState.ACCEPTED, ProposalState.OPEN]
    assert Issue.objects.living().count() == 0
    assert IssueMembership.objects.filter(until=None, source=Source.REFUSED).count() == 0
    actions.undo(decision=undone, actor=lead)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, len(standing(issue))) == (ProposalState.ACCEPTED, lead, 1)


def test_a_proposal_that_another_repeats_is_outdated_when_its_accept_is_undone(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    proposal = make_proposal(failures)
    actions.accept_proposal(proposal=proposal, actor=lead)
    make_proposal(failures[:2], title="Another", fingerprint="another")
    actions.undo(decision=newest(DecisionKind.ACCEPT), actor=lead)
    assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.OUTDATED


def test_undoing_a_move_of_state_gives_all_that_it_changed_back(issue: Issue, lead: User) -> None:
    actions.move_issue(issue=issue, target=State.RESOLVED, actor=lead, fixed_in_release="2.0")
    actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
    actions.undo(decision=newest(DecisionKind.STATE), actor=lead)
    issue.refresh_from_db()
    assert (issue.state, issue.fixed_in_release) == (State.RESOLVED, "2.0")
    first = Decision.objects.filter(kind=DecisionKind.STATE).earliest("pk")
    actions.undo(decision=first, actor=lead)
    issue.refresh_from_db()
    assert (issue.state, issue.fixed_in_release) == (State.NEW, "")


def test_a_state_that_was_moved_on_is_not_moved_back(issue: Issue, lead: User) -> None:
    actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
    first = newest(DecisionKind.STATE)
    actions.move_issue(issue=issue, target=State.IN_PROGRESS, actor=lead)
    with pytest.raises(Refused, match="Nothing of it stands"):
        actions.undo(decision=first, actor=lead)
    issue.refresh_from_db()
    assert (issue.state, Decision.objects.filter(kind=DecisionKind.UNDO).count()) == (State.IN_PROGRESS, 0)


def test_edits_are_undone_with_their_line_of_history(issue: Issue, lead: User) -> None:
    actions.rename_issue(issue=issue, title="Better words", actor=lead)
    actions.assign_owner(issue=issue, owner=lead, actor=lead)
    actions.set_severity(issue=issue, severity=Severity.CRITICAL, actor=lead)
    for decision in Decision.objects.filter(kind=DecisionKind.EDIT).order_by("pk"):
        actions.undo(decision=decision, actor=lead)
    issue.refresh_from_db()
    assert (issue.title, issue.owner, issue.severity) == ("Claims refunds that failed", None, Severity.MEDIUM)
    newest_events = issue.events.filter(decision__kind=DecisionKind.UNDO).order_by("pk")
    assert [(event.kind, event.detail) for event in newest_events] == [
        ("renamed", {"before": "Better words", "after": "Claims refunds that failed"}),
        ("assigned", {"before": str(lead), "after": ""}),
        ("severity", {"before": "critical", "after": "medium"}),
    ]


def test_a_later_word_against_it_keeps_an_undo_from_being_done(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    issue, _ = actions.create_from(
        project=project, failure_ids=[failure.pk for failure in failures], title="All", actor=lead
    )
    actions.detach_failures(issue=issue, failure_ids=[failures[0].pk], actor=lead)
    detached = newest(DecisionKind.DETACH)
    anchor, made_by = min(standing(issue)), newest(DecisionKind.CREATE)
    Constraint.objects.all().delete()
    Constraint.objects.create(
        project=project, kind="apart", first_id=failures[0].pk, second_id=anchor, taught_by=made_by
    )
    with pytest.raises(Refused, match="Since then"):
        actions.undo(decision=detached, actor=lead)


def test_a_moved_issue_that_was_taken_back_refuses(issue: Issue, lead: User) -> None:
    assert issue.made_by is not None
    actions.undo(decision=issue.made_by, actor=lead)
    issue.refresh_from_db()
    with pytest.raises(Refused, match="taken back"):
        actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
