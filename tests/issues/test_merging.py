"""Issues made one: who moves, where numbers lead, what is taught, and what is refused."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, Role, User
from annotate.models import Failure
from common.errors import Refused
from issues import actions
from issues.lifecycle import State
from issues.models import Constraint, Decision, EventKind, Issue, IssueMembership, Source
from issues.queries import counted_issues
from tests.builders import make_member, make_project
from tests.issues.makers import TOKEN, make_issue, make_told, run, tell_all


def standing(issue: Issue) -> set[int]:
    return set(IssueMembership.objects.standing().filter(issue=issue).values_list("failure_id", flat=True))


@pytest.fixture
def pair(project: Project, lead: User) -> tuple[Issue, Issue]:
    one, two = (make_told(project, lead, f"note {number}") for number in range(2))
    return make_issue(one, lead, "One"), make_issue(two, lead, "Two")


def merge(into: Issue, *others: Issue, actor: User, **given: Any) -> Decision:
    decision = actions.merge_issues(into=into, others=others, actor=actor, **given)
    for issue in (into, *others):
        issue.refresh_from_db()
    return decision


def test_merging_moves_the_members_and_leads_the_number_on(pair: tuple[Issue, Issue], lead: User) -> None:
    target, source = pair
    [member] = standing(source)
    before = IssueMembership.objects.get(failure=member)
    decision = merge(target, source, actor=lead)
    assert (source.state, source.merged_into, source.present) == (State.MERGED, target, target)
    assert (standing(source), len(standing(target))) == (set(), 2)
    after = IssueMembership.objects.get(failure=member, until=None)
    assert (after.source, after.placed_by, after.opened_by) == (before.source, before.placed_by, decision)
    before.refresh_from_db()
    assert before.closed_by == decision


def test_both_histories_tell_of_a_merge(pair: tuple[Issue, Issue], lead: User) -> None:
    target, source = pair
    [member] = standing(source)
    decision = merge(target, source, actor=lead)
    gone = source.events.get(kind=EventKind.MERGED)
    assert (gone.was, gone.became, gone.detail) == ("New", "Merged", {"to": target.number, "failures": [member]})
    took = target.events.get(kind=EventKind.TOOK_IN)
    assert took.detail == {"from": [source.number], "failures": [member]}
    assert {gone.decision, took.decision} == {decision}
    assert decision.said == f"merge of ISS-{source.number} into ISS-{target.number}"


def test_numbers_lead_on_through_two_merges(pair: tuple[Issue, Issue], project: Project, lead: User) -> None:
    target, source = pair
    third = make_issue(make_told(project, lead, "note 3"), lead, "Three")
    merge(target, source, actor=lead)
    merge(third, target, actor=lead)
    assert Issue.objects.get(pk=source.pk).present == third
    assert len(standing(third)) == 3


def test_a_machines_judgement_stays_a_machines(project: Project, lead: User) -> None:
    first, second = tell_all(project, lead, TOKEN[:2])
    issue = make_issue(first, lead)
    run(project)
    other = make_issue(make_told(project, lead, "something else"), lead, "Another")
    merge(other, issue, actor=lead)
    row = IssueMembership.objects.get(failure=second, until=None)
    assert (row.issue, row.source, row.score is not None) == (other, Source.MATCH, True)


def test_an_overruled_failure_goes_along(pair: tuple[Issue, Issue], lead: User) -> None:
    target, source = pair
    failure = Failure.objects.get(issue_memberships__issue=source)
    Failure.objects.filter(pk=failure.pk).update(withdrawn_at=failure.created_at)
    merge(target, source, actor=lead)
    assert IssueMembership.objects.get(failure=failure, until=None).issue == target


def test_an_owner_comes_along_where_there_is_none(pair: tuple[Issue, Issue], lead: User) -> None:
    target, source = pair
    actions.assign_owner(issue=source, owner=lead, actor=lead)
    merge(target, source, actor=lead)
    assert target.owner == lead
    assert target.events.filter(kind=EventKind.ASSIGNED).count() == 1


def test_an_owner_who_is_there_stays(pair: tuple[Issue, Issue], project: Project, lead: User) -> None:
    target, source = pair
    actions.assign_owner(issue=target, owner=make_member(project, Role.REVIEWER), actor=lead)
    actions.assign_owner(issue=source, owner=lead, actor=lead)
    merge(target, source, actor=lead)
    assert target.owner != lead


def test_issues_merged_into_an_empty_one_belong_together(
    pair: tuple[Issue, Issue], project: Project, lead: User
) -> None:
    empty = make_issue(make_told(project, lead, "leaves"), lead, "Empty")
    [member] = standing(empty)
    actions.detach_failures(issue=empty, failure_ids=[member], actor=lead)
    members = standing(pair[0]) | standing(pair[1])
    merge(empty, *pair, actor=lead)
    assert {*Constraint.objects.get(kind="together").pair()} == members


def test_a_merge_teaches_that_those_who_speak_for_them_belong_together(pair: tuple[Issue, Issue], lead: User) -> None:
    members = standing(pair[0]) | standing(pair[1])
    decision = merge(*pair, actor=lead)
    taught = Constraint.objects.get()
    assert ({*taught.pair()}, taught.kind, taught.taught_by) == (members, "together", decision)


def test_merging_what_was_split_names_who_split_it_and_can_be_done_all_the_same(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    issue, _ = actions.create_from(
        project=project, failure_ids=[failure.pk for failure in failures], title="All", actor=lead
    )
    part, split = actions.split_issue(issue=issue, failure_ids=[failures[0].pk], actor=lead, title="Part")
    with pytest.raises(Refused, match=rf"{lead} said on .* that these are different \(split of ISS-1\)") as refused:
        merge(issue, part, actor=lead)
    assert refused.value.field == "constraint"
    part.refresh_from_db()
    assert (part.state, len(standing(part))) == (State.NEW, 1)
    decision = merge(issue, part, actor=lead, overrule=True)
    assert len(standing(issue)) == 3
    assert set(Constraint.objects.filter(taught_by=split).values_list("ended_by", flat=True)) == {decision.pk}


@pytest.mark.parametrize("what", ["nothing", "itself", "merged", "taken back", "foreign"])
def test_only_living_issues_of_the_project_are_merged(pair: tuple[Issue, Issue], lead: User, what: str) -> None:
    target, source = pair
    stranger = make_project("other")
    foreign = make_issue(make_told(stranger, make_member(stranger, Role.LEAD)), lead)
    others = {"nothing": [], "itself": [target], "foreign": [foreign]}.get(what, [source])
    if what == "merged":
        merge(target, source, actor=lead)
    if what == "taken back":
        assert source.made_by is not None
        actions.undo(decision=source.made_by, actor=lead)
    before = Decision.objects.count()
    with pytest.raises(Refused) as refused:
        actions.merge_issues(into=target, others=others, actor=lead)
    assert (refused.value.field, Decision.objects.count()) == ("issue", before)


def test_a_form_sent_twice_merges_once(pair: tuple[Issue, Issue], lead: User) -> None:
    client_id = uuid.uuid4()
    first = merge(*pair, actor=lead, client_id=client_id)
    assert merge(*pair, actor=lead, client_id=client_id) == first
    assert pair[0].events.filter(kind=EventKind.TOOK_IN).count() == 1


def test_a_merged_issue_leads_somewhere_and_not_to_itself(pair: tuple[Issue, Issue]) -> None:
    issue, other = pair
    for fields in (
        {"state": State.MERGED},
        {"state": State.OPEN, "merged_into": other},
        {"state": State.MERGED, "merged_into": issue},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Issue.objects.filter(pk=issue.pk).update(**fields)


def test_counts_follow_a_merge(pair: tuple[Issue, Issue], project: Project, lead: User) -> None:
    merge(*pair, actor=lead)
    found: list[Any] = list(counted_issues(project).order_by("number"))
    assert [(issue.failures, issue.sessions, issue.users) for issue in found] == [(2, 2, 2), (0, 0, 0)]


def test_merging_asks_the_same_queries_for_1_and_50_members(project: Project, lead: User) -> None:
    target = make_issue(make_told(project, lead, "target"), lead, "Target")
    merge(target, make_issue(make_told(project, lead, "first"), lead, "First"), actor=lead)
    counts = []
    for size in (1, 50):
        told = [make_told(project, lead, f"{size} {number}").pk for number in range(size)]
        source, _ = actions.create_from(project=project, failure_ids=told, title=f"Of {size}", actor=lead)
        run(project)
        with CaptureQueriesContext(connection) as queries:
            merge(target, source, actor=lead)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_a_reviewer_chose_follows_a_merged_number(pair: tuple[Issue, Issue], project: Project, lead: User) -> None:
    target, source = pair
    merge(target, source, actor=lead)
    chosen = make_told(project, lead, "something else entirely", chosen_issue=source.number)
    run(project)
    assert chosen.pk in standing(target)
