"""Undoing what others have acted on since, what was sent as something else, and what it asks of the database."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, Role, User
from common.errors import Refused
from issues import actions
from issues.lifecycle import State
from issues.models import DecisionKind, Issue, IssueMembership, Proposal, ProposalState
from tests.builders import make_member
from tests.issues.makers import TOKEN, make_issue, make_proposal, make_told, run, tell_all
from tests.issues.test_undoing import newest, standing, taught


@pytest.fixture
def pair(project: Project, lead: User) -> tuple[Issue, Issue]:
    first, second, third = tell_all(project, lead, TOKEN)
    issue, _ = actions.create_from(project=project, failure_ids=[first.pk, second.pk], title="One", actor=lead)
    return issue, make_issue(third, lead, "Two")


def test_a_merge_is_done_again_whatever_the_state_is_by_now(pair: tuple[Issue, Issue], lead: User) -> None:
    target, source = pair
    undone = actions.undo(decision=actions.merge_issues(into=target, others=[source], actor=lead), actor=lead)
    actions.move_issue(issue=Issue.objects.get(pk=source.pk), target=State.OPEN, actor=lead)
    again = actions.undo(decision=undone, actor=lead)
    source.refresh_from_db()
    assert (source.state, source.present, len(standing(target))) == (State.MERGED, target, 3)
    actions.undo(decision=again, actor=lead)
    source.refresh_from_db()
    assert (source.state, len(standing(source))) == (State.OPEN, 1)


def test_undoing_asks_the_same_queries_for_1_and_20_failures(project: Project, lead: User) -> None:
    counts = []
    for size in (1, 20):
        told = [make_told(project, lead, f"{size} {number}").pk for number in range(size + 1)]
        issue, _ = actions.create_from(project=project, failure_ids=told, title=f"Of {size}", actor=lead)
        detached = actions.detach_failures(issue=issue, failure_ids=told[1:], actor=lead)
        for number in range(2):
            other = make_issue(make_told(project, lead, f"other {size} {number}"), lead, f"Into {size} {number}")
            actions.merge_issues(into=other, others=[issue], actor=lead)
            issue = other
        with CaptureQueriesContext(connection) as queries:
            actions.undo(decision=detached, actor=lead)
        assert set(told) <= standing(issue)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_was_sent_as_something_else_is_no_answer(pair: tuple[Issue, Issue], lead: User) -> None:
    client_id = uuid.uuid4()
    [member] = standing(pair[1])
    merged = actions.merge_issues(into=pair[0], others=[pair[1]], actor=lead, client_id=client_id)
    acts: list[Callable[[], object]] = [
        lambda: actions.undo(decision=merged, actor=lead, client_id=client_id),
        lambda: actions.attach(issue=pair[0], failure_ids=[member], actor=lead, client_id=client_id),
        lambda: actions.move_failures(failure_ids=[member], target=pair[0], actor=lead, client_id=client_id),
        lambda: actions.split_issue(issue=pair[0], failure_ids=[member], actor=lead, client_id=client_id),
        lambda: actions.create_from(
            project=pair[0].project, failure_ids=[member], title="New", actor=lead, client_id=client_id
        ),
    ]
    for act in acts:
        with pytest.raises(Refused, match="merge of ISS-2 into ISS-1") as refused:
            act()
        assert refused.value.field == "client_id"


def test_not_this_one_teaches_of_the_member_that_it_was_most_like(project: Project, lead: User) -> None:
    spoken, like, joined = tell_all(project, lead, ["refund tool token", TOKEN[0], TOKEN[1]])
    actions.create_from(project=project, failure_ids=[spoken.pk, like.pk], title="Both", actor=lead)
    run(project)
    assert IssueMembership.objects.get(failure=joined, until=None).nearest == like
    actions.undo(decision=newest(DecisionKind.JOIN), actor=lead)
    assert taught() == {(like.pk, joined.pk, "apart")}


def test_what_was_outdated_when_it_was_accepted_is_so_again(project: Project, lead: User) -> None:
    proposal = make_proposal(tell_all(project, lead, TOKEN))
    Proposal.objects.update(state=ProposalState.OUTDATED)
    actions.accept_proposal(proposal=proposal, actor=lead)
    actions.undo(decision=newest(DecisionKind.ACCEPT), actor=lead)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OUTDATED


def test_an_issue_that_is_taken_back_meanwhile_is_not_moved(issue: Issue, lead: User) -> None:
    assert issue.made_by is not None
    actions.undo(decision=issue.made_by, actor=lead)
    with pytest.raises(Refused, match="Meanwhile"):
        actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
    issue.refresh_from_db()
    assert issue.state == State.NEW


@pytest.mark.parametrize("gone", ["left", "deleted"])
def test_who_left_the_project_owns_nothing_again(project: Project, issue: Issue, lead: User, gone: str) -> None:
    owner = make_member(project, Role.REVIEWER)
    actions.assign_owner(issue=issue, owner=owner, actor=lead)
    actions.assign_owner(issue=issue, owner=None, actor=lead)
    if gone == "deleted":
        owner.delete()
    else:
        owner.memberships.all().delete()
    with pytest.raises(Refused, match="Nothing of it stands"):
        actions.undo(decision=newest(DecisionKind.EDIT), actor=lead)
    issue.refresh_from_db()
    assert issue.owner is None


def test_the_making_of_an_issue_that_was_merged_stays(pair: tuple[Issue, Issue], lead: User) -> None:
    target, source = pair
    actions.merge_issues(into=target, others=[source], actor=lead)
    assert source.made_by is not None
    with pytest.raises(Refused, match="Nothing of it stands"):
        actions.undo(decision=source.made_by, actor=lead)


def test_an_issue_that_another_number_leads_to_is_not_taken_back(pair: tuple[Issue, Issue], lead: User) -> None:
    target, source = pair
    actions.merge_issues(into=target, others=[source], actor=lead)
    actions.detach_failures(issue=target, failure_ids=standing(target), actor=lead)
    assert target.made_by is not None
    with pytest.raises(Refused, match="Nothing of it stands"):
        actions.undo(decision=target.made_by, actor=lead)
    target.refresh_from_db()
    assert target.withdrawn_at is None


def test_a_merge_into_what_was_taken_back_is_not_done_again(pair: tuple[Issue, Issue], lead: User) -> None:
    target, source = pair
    undone = actions.undo(decision=actions.merge_issues(into=target, others=[source], actor=lead), actor=lead)
    assert target.made_by is not None
    actions.undo(decision=target.made_by, actor=lead)
    with pytest.raises(Refused, match="ISS-1 was taken back since"):
        actions.undo(decision=undone, actor=lead)


def test_what_was_taught_again_ends_with_what_taught_it(pair: tuple[Issue, Issue], lead: User) -> None:
    target, source = pair
    merged = actions.merge_issues(into=target, others=[source], actor=lead)
    [(first, _, _)] = taught()
    detached = actions.detach_failures(issue=target, failure_ids=[first], actor=lead)
    actions.undo(decision=detached, actor=lead)
    assert {kind for *_, kind in taught()} == {"together"}
    actions.undo(decision=merged, actor=lead)
    assert taught() == set()


def test_what_places_speak_against_by_now_is_not_taught_again(
    pair: tuple[Issue, Issue], project: Project, lead: User
) -> None:
    target, source = pair
    actions.merge_issues(into=target, others=[source], actor=lead)
    [(first, _, _)] = taught()
    detached = actions.detach_failures(issue=target, failure_ids=[first], actor=lead)
    other = make_issue(make_told(project, lead, "something else"), lead, "Another")
    actions.attach(issue=other, failure_ids=[first], actor=lead)
    actions.undo(decision=detached, actor=lead)
    assert (first in standing(other), taught()) == (True, set())


def test_what_left_an_issue_that_was_taken_back_stays_in_the_pool(pair: tuple[Issue, Issue], lead: User) -> None:
    issue, _ = pair
    leaving = min(standing(issue))
    detached = actions.detach_failures(issue=issue, failure_ids=[leaving], actor=lead)
    assert issue.made_by is not None
    actions.undo(decision=issue.made_by, actor=lead)
    actions.undo(decision=detached, actor=lead)
    assert not IssueMembership.objects.filter(failure=leaving, until=None).exists()


def test_not_this_one_is_said_of_who_is_still_there(project: Project, lead: User) -> None:
    spoken, like, joined = tell_all(project, lead, ["refund tool token", TOKEN[0], TOKEN[1]])
    issue, _ = actions.create_from(project=project, failure_ids=[spoken.pk, like.pk], title="Both", actor=lead)
    run(project)
    actions.detach_failures(issue=issue, failure_ids=[like.pk], actor=lead)
    actions.undo(decision=newest(DecisionKind.JOIN), actor=lead)
    assert (spoken.pk, joined.pk, "apart") in taught()
    assert (like.pk, joined.pk, "apart") not in taught()


def test_every_act_asks_for_a_look_at_what_waits(
    pair: tuple[Issue, Issue], project: Project, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr("issues.actions._ringing.ring", lambda _task, *, project_id: rung.append(project_id))
    target, source = pair
    free = make_told(project, lead, "free")
    proposal = make_proposal(tell_all(project, lead, ["one", "two"]))
    acts: list[Callable[[], object]] = [
        lambda: make_issue(make_told(project, lead, "new"), lead, "New"),
        lambda: actions.attach(issue=target, failure_ids=[free.pk], actor=lead),
        lambda: actions.move_failures(failure_ids=[free.pk], target=source, actor=lead),
        lambda: actions.detach_failures(issue=source, failure_ids=[free.pk], actor=lead),
        lambda: actions.split_issue(issue=target, failure_ids=[min(standing(target))], actor=lead, title="Part"),
        lambda: actions.merge_issues(into=target, others=[source], actor=lead),
        lambda: actions.undo(decision=newest(DecisionKind.MERGE), actor=lead),
        lambda: actions.accept_proposal(proposal=proposal, actor=lead),
    ]
    for number, act in enumerate(acts, 1):
        act()
        assert rung == [project.pk] * number
