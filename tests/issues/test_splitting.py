"""Failures moved by hand: split off, moved, attached, taken out. No machine undoes it."""

import pytest
from django.db.models import Q

from accounts.models import Project, Role, User
from annotate.models import Failure
from common.errors import Refused
from issues import actions
from issues.models import Constraint, DecisionKind, EventKind, Issue, IssueMembership, Proposal, Source
from issues.proposing import place_waiting
from tests.builders import make_member, make_project
from tests.issues.makers import LOOP, TOKEN, make_issue, make_proposal, make_told, run, tell_all

FRESH_EVENTS = 2  # created, and what it was made of


def standing(issue: Issue) -> set[int]:
    return set(IssueMembership.objects.standing().filter(issue=issue).values_list("failure_id", flat=True))


def ids(failures: list[Failure]) -> list[int]:
    return [failure.pk for failure in failures]


@pytest.fixture
def failures(project: Project, lead: User) -> list[Failure]:
    return tell_all(project, lead, [*TOKEN, *LOOP])


@pytest.fixture
def mixed(project: Project, failures: list[Failure], lead: User) -> Issue:
    return actions.create_from(project=project, failure_ids=ids(failures), title="Mixed", actor=lead)[0]


def test_splitting_makes_an_issue_of_those_who_leave(mixed: Issue, failures: list[Failure], lead: User) -> None:
    part, decision = actions.split_issue(issue=mixed, failure_ids=ids(failures[3:]), actor=lead, title="Loops")
    assert (standing(mixed), standing(part)) == (set(ids(failures[:3])), set(ids(failures[3:])))
    assert (part.title, part.made_by, decision.kind) == ("Loops", decision, DecisionKind.SPLIT)
    assert mixed.events.get(kind=EventKind.SPLIT_OFF).detail == {"to": part.number, "failures": ids(failures[3:])}
    assert part.events.get(kind=EventKind.SPLIT_FROM).detail == {"from": [1], "failures": ids(failures[3:])}
    assert set(part.memberships.values_list("source", flat=True)) == {Source.PERSON}


def test_a_part_without_a_title_takes_one_from_a_note(mixed: Issue, failures: list[Failure], lead: User) -> None:
    part, _ = actions.split_issue(issue=mixed, failure_ids=ids(failures[3:]), actor=lead)
    assert part.title in LOOP


def test_a_part_may_go_to_another_issue(project: Project, mixed: Issue, failures: list[Failure], lead: User) -> None:
    other = make_issue(make_told(project, lead, "something else"), lead, "Another")
    part, _ = actions.split_issue(issue=mixed, failure_ids=ids(failures[:1]), actor=lead, target=other)
    assert (part, len(standing(other)), len(standing(mixed))) == (other, 2, 4)
    with pytest.raises(Refused):
        actions.split_issue(issue=mixed, failure_ids=ids(failures[1:2]), actor=lead, target=mixed)


def test_someone_leaves_and_someone_stays(project: Project, mixed: Issue, failures: list[Failure], lead: User) -> None:
    stranger = make_told(project, lead, "something else")
    for chosen in ([], ids(failures), [stranger.pk]):
        with pytest.raises(Refused) as refused:
            actions.split_issue(issue=mixed, failure_ids=chosen, actor=lead)
        assert refused.value.field == "failures"


def test_a_split_teaches_that_both_sides_are_different(mixed: Issue, failures: list[Failure], lead: User) -> None:
    run(mixed.project)
    _, decision = actions.split_issue(issue=mixed, failure_ids=ids(failures[3:]), actor=lead, title="Loops")
    taught = list(Constraint.objects.filter(taught_by=decision, kind="apart"))
    leaving, staying = set(ids(failures[3:])), set(ids(failures[:3]))
    pairs = [set(one.pair()) for one in taught]
    assert all(len(pair & leaving) == len(pair & staying) == 1 for pair in pairs)
    assert set.union(*pairs) == leaving | staying
    assert len(pairs) == 4  # 2 leave and 3 stay: one pair for each, and the one of both speakers once


def test_no_machine_rejoins_what_was_split(project: Project, lead: User) -> None:
    same = tell_all(project, lead, [TOKEN[0]] * 4)
    issue, _ = actions.create_from(project=project, failure_ids=ids(same), title="Same words", actor=lead)
    run(project)
    part, _ = actions.split_issue(issue=issue, failure_ids=ids(same[2:]), actor=lead, title="Not the same")
    actions.detach_failures(issue=part, failure_ids=[same[3].pk], actor=lead)
    for number in range(20):
        make_told(project, lead, f"noise {number}")
        run(project)
        place_waiting(project)
    assert standing(issue) == set(ids(same[:2]))
    assert standing(part) == {same[2].pk}


def test_moving_teaches_where_it_belongs_and_where_not(
    project: Project, mixed: Issue, failures: list[Failure], lead: User
) -> None:
    other = make_issue(make_told(project, lead, "something else"), lead, "Another")
    [anchor] = standing(other)
    decision = actions.move_failures(failure_ids=[failures[0].pk], target=other, actor=lead)
    taught = Constraint.objects.filter(taught_by=decision)
    assert set(taught.get(kind="together").pair()) == {failures[0].pk, anchor}
    assert set(taught.get(kind="apart").pair()) - standing(mixed) == {failures[0].pk}
    assert mixed.events.get(kind=EventKind.MOVED_OUT).detail == {"to": other.number, "failures": [failures[0].pk]}
    assert other.events.get(kind=EventKind.MOVED_IN).detail == {"from": [1], "failures": [failures[0].pk]}


def test_moving_takes_failures_from_several_issues_and_the_pool(
    project: Project, mixed: Issue, failures: list[Failure], lead: User
) -> None:
    one, two, free = (make_told(project, lead, f"note {number}") for number in range(3))
    first, second = make_issue(one, lead, "One"), make_issue(two, lead, "Two")
    actions.move_failures(failure_ids=[failures[0].pk, two.pk, free.pk], target=first, actor=lead)
    assert standing(first) == {one.pk, failures[0].pk, two.pk, free.pk}
    assert standing(second) == set()


def test_moving_back_is_refused_until_overruled(
    project: Project, mixed: Issue, failures: list[Failure], lead: User
) -> None:
    other = make_issue(make_told(project, lead, "something else"), lead, "Another")
    there = actions.move_failures(failure_ids=[failures[0].pk], target=other, actor=lead)
    with pytest.raises(Refused, match="said on"):
        actions.move_failures(failure_ids=[failures[0].pk], target=mixed, actor=lead)
    back = actions.move_failures(failure_ids=[failures[0].pk], target=mixed, actor=lead, overrule=True)
    assert failures[0].pk in standing(mixed)
    assert set(Constraint.objects.filter(taught_by=there).values_list("ended_by", flat=True)) == {back.pk}


def test_attaching_takes_only_what_is_free(project: Project, mixed: Issue, failures: list[Failure], lead: User) -> None:
    other = make_issue(make_told(project, lead, "something else"), lead, "Another")
    free = make_told(project, lead, "free")
    actions.attach(issue=other, failure_ids=[free.pk, failures[0].pk], actor=lead)
    assert (free.pk in standing(other), failures[0].pk in standing(mixed)) == (True, True)
    with pytest.raises(Refused, match="placed elsewhere"):
        actions.attach(issue=other, failure_ids=[failures[0].pk], actor=lead)


def test_detaching_teaches_and_ends_what_said_otherwise(
    project: Project, mixed: Issue, failures: list[Failure], lead: User
) -> None:
    other = make_issue(make_told(project, lead, "something else"), lead, "Another")
    actions.move_failures(failure_ids=[failures[0].pk], target=other, actor=lead)
    decision = actions.detach_failures(issue=other, failure_ids=[failures[0].pk], actor=lead)
    assert not Constraint.objects.filter(kind="together", ended_by=None).exists()
    assert Constraint.objects.filter(taught_by=decision, kind="apart").count() == 1


def test_an_issue_of_a_member_parts_it_from_the_others(mixed: Issue, failures: list[Failure], lead: User) -> None:
    other = make_issue(failures[0], lead, "On its own")
    assert other.made_by is not None
    assert Constraint.objects.get().taught_by == other.made_by
    assert standing(mixed) == set(ids(failures[1:]))


@pytest.mark.parametrize("act", ["create", "move", "attach", "detach", "split"])
def test_failures_of_another_project_stay_where_they_are(
    mixed: Issue, failures: list[Failure], lead: User, act: str
) -> None:
    stranger = make_project("other")
    reviewer = make_member(stranger, Role.LEAD)
    others = ids(tell_all(stranger, reviewer, TOKEN))
    foreign, _ = actions.create_from(project=stranger, failure_ids=others, title="Theirs", actor=reviewer)
    theirs = others[0]
    chosen = [failures[0].pk, theirs]
    if act == "create":
        actions.create_from(project=mixed.project, failure_ids=chosen, title="Taken", actor=lead)
    elif act == "move":
        target = make_issue(make_told(mixed.project, lead, "something else"), lead, "Another")
        actions.move_failures(failure_ids=chosen, target=target, actor=lead)
    elif act == "attach":
        chosen.append(make_told(mixed.project, lead, "free").pk)
        actions.attach(issue=mixed, failure_ids=chosen, actor=lead)
    elif act == "detach":
        actions.detach_failures(issue=mixed, failure_ids=chosen, actor=lead)
    else:
        actions.split_issue(issue=mixed, failure_ids=chosen, actor=lead, title="Part")
    assert standing(foreign) == set(others)
    assert foreign.events.count() == FRESH_EVENTS
    assert not Constraint.objects.filter(Q(first__in=others) | Q(second__in=others)).exists()


def test_splitting_what_belongs_together_is_refused_until_overruled(
    project: Project, mixed: Issue, failures: list[Failure], lead: User
) -> None:
    other = make_issue(make_told(project, lead, "something else"), lead, "Another")
    actions.merge_issues(into=mixed, others=[other], actor=lead)
    bound = Constraint.objects.get().pair()
    with pytest.raises(Refused, match="belong together"):
        actions.split_issue(issue=mixed, failure_ids=bound[:1], actor=lead, title="Part")
    part, _ = actions.split_issue(issue=mixed, failure_ids=bound[:1], actor=lead, title="Part", overrule=True)
    assert standing(part) == {bound[0]}


def test_what_a_person_split_off_is_their_judgement(project: Project, lead: User) -> None:
    first, second = tell_all(project, lead, TOKEN[:2])
    issue = make_issue(first, lead)
    run(project)
    part, _ = actions.split_issue(issue=issue, failure_ids=[second.pk], actor=lead)
    row = part.memberships.get()
    assert (row.source, row.placed_by, row.score) == (Source.PERSON, lead, None)


def test_attaching_what_is_different_is_refused_until_overruled(
    mixed: Issue, failures: list[Failure], lead: User
) -> None:
    actions.detach_failures(issue=mixed, failure_ids=[failures[0].pk], actor=lead)
    with pytest.raises(Refused, match="are different"):
        actions.attach(issue=mixed, failure_ids=[failures[0].pk], actor=lead)
    assert failures[0].pk not in standing(mixed)
    actions.attach(issue=mixed, failure_ids=[failures[0].pk], actor=lead, overrule=True)
    assert failures[0].pk in standing(mixed)


def test_a_proposal_of_what_is_different_is_refused_but_who_names_the_issue_has_the_last_word(
    mixed: Issue, failures: list[Failure], lead: User
) -> None:
    actions.detach_failures(issue=mixed, failure_ids=[failures[0].pk], actor=lead)
    [spoke] = {*Constraint.objects.get().pair()} - {failures[0].pk}
    actions.detach_failures(issue=mixed, failure_ids=[spoke], actor=lead)
    both = list(Failure.objects.filter(pk__in=[failures[0].pk, spoke]))
    with pytest.raises(Refused, match="are different"):
        actions.accept_proposal(proposal=make_proposal(both), actor=lead)
    actions.accept_proposal(proposal=Proposal.objects.get(), actor=lead, issue=mixed)
    assert {failures[0].pk, spoke} <= standing(mixed)
