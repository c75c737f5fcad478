"""What waits is looked at again when people decide, and grouped as they taught."""

from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Project, User
from annotate.models import Failure
from clustering.embedding import embed_waiting
from clustering.engine.group import Background, measure_background
from clustering.grouping import Group, group_failures
from clustering.models import GroupingRun, RunScope, RunState
from common.errors import Refused
from issues import actions
from issues.deciding import join, make_decision
from issues.models import Constraint, Decision, Issue, IssueMembership, Proposal, ProposalState, Source
from issues.proposing import place_waiting
from issues.proposing.waiting import place_alike
from issues.proposing.writing import write_proposals
from tests.issues.makers import LOOP, TOKEN, make_issue, make_proposal, make_told, run, tell_all, withdraw


def open_sets() -> list[set[int]]:
    found = Proposal.objects.filter(state=ProposalState.OPEN)
    return [set(proposal.failures.values_list("pk", flat=True)) for proposal in found]


def place_of(failure: Failure) -> Issue | None:
    membership = IssueMembership.objects.filter(failure=failure, until=None).select_related("issue").first()
    return membership.issue if membership else None


def teach(decision: Decision | None, kind: str, first: Failure, second: Failure) -> None:
    assert decision is not None
    Constraint.objects.create(project=first.project, kind=kind, first=first, second=second, taught_by=decision)


def test_what_people_decide_is_looked_at_with_what_waits_already(project: Project, lead: User) -> None:
    one, two, third = tell_all(project, lead, [TOKEN[0]] * 3)
    issue, other = make_issue(one, lead, "One"), make_issue(two, lead, "Two")
    run(project)
    assert place_of(third) is None
    actions.merge_issues(into=issue, others=[other], actor=lead)
    place_waiting(project)
    assert place_of(third) == issue


def test_what_a_look_outdated_is_proposed_again_once_the_addition_is_gone(
    project: Project, issue: Issue, lead: User
) -> None:
    told, _ = tell_all(project, lead, TOKEN), tell_all(project, lead, LOOP)
    run(project)
    assert {one.pk for one in told} in open_sets()
    addition = make_proposal(told, "", kind="attach", subject=issue, across=0.5, fingerprint="addition")
    Proposal.objects.exclude(pk=addition.pk).update(state=ProposalState.OUTDATED)
    GroupingRun.objects.create(project=project, scope=RunScope.EVERYTHING, state=RunState.DONE, mechanism="v1")
    place_waiting(project)
    assert open_sets().count({one.pk for one in told}) == 1  # the addition alone
    addition.state = ProposalState.OUTDATED
    addition.save()
    GroupingRun.objects.create(project=project, scope=RunScope.EVERYTHING, state=RunState.DONE, mechanism="v1")
    place_waiting(project)
    assert {one.pk for one in told} in open_sets()


def test_an_addition_to_an_issue_that_is_gone_keeps_nothing_back(project: Project, issue: Issue, lead: User) -> None:
    told, _ = tell_all(project, lead, TOKEN), tell_all(project, lead, LOOP)
    make_proposal(told, "", kind="attach", subject=issue, across=0.5, fingerprint="addition")
    run(project)
    assert open_sets().count({one.pk for one in told}) == 1
    Issue.objects.filter(pk=issue.pk).update(withdrawn_at=timezone.now())
    make_told(project, lead, "unlike anything else")
    run(project)
    assert open_sets().count({one.pk for one in told}) == 2


def test_a_failure_that_is_taken_back_meanwhile_joins_nothing(
    project: Project, issue: Issue, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, before = make_told(project, lead, "late"), Decision.objects.count()

    def make(*given: Any, **fields: Any) -> Decision:
        withdraw(late)
        return make_decision(*given, **fields)

    monkeypatch.setattr("issues.deciding.placing.make_decision", make)
    assert join(issue=issue, failure_id=late.pk, source=Source.MATCH, cause="match v1") is None
    assert (place_of(late), Decision.objects.count()) == (None, before)


def test_no_proposal_holds_what_a_person_put_apart(project: Project, issue: Issue, lead: User) -> None:
    failures = tell_all(project, lead, [*TOKEN, *LOOP])
    teach(issue.made_by, "apart", *failures[:2])
    run(project)
    assert len(open_sets()) == 2
    assert not any({failures[0].pk, failures[1].pk} <= members for members in open_sets())


def test_what_a_person_put_together_is_proposed_together(project: Project, issue: Issue, lead: User) -> None:
    failures = tell_all(project, lead, [*TOKEN, *LOOP, "answered in german"])
    teach(issue.made_by, "together", failures[0], failures[5])
    run(project)
    together = {failure.pk for failure in (*failures[:3], failures[5])}
    assert together in open_sets()


def test_what_was_taken_out_of_one_issue_one_after_the_other_is_not_proposed_as_one(
    project: Project, lead: User
) -> None:
    failures = tell_all(project, lead, [*TOKEN, *LOOP])
    token = [failure.pk for failure in failures[:3]]
    issue, _ = actions.create_from(project=project, failure_ids=token, title="Token", actor=lead)
    run(project)
    actions.detach_failures(issue=issue, failure_ids=token[:1], actor=lead)
    taught = Constraint.objects.get()
    [spoke] = {*taught.pair()} - {token[0]}
    actions.detach_failures(issue=issue, failure_ids=[spoke], actor=lead)
    make_told(project, lead, "answered in german")
    run(project)
    assert open_sets()
    assert not any({token[0], spoke} <= members for members in open_sets())


def test_looking_at_what_waits_asks_the_same_queries_for_1_and_50(project: Project, issue: Issue, lead: User) -> None:
    counts = []
    for size in (1, 50):
        for number in range(size):
            make_told(project, lead, f"word{number}of{size} alone")
        embed_waiting()
        with CaptureQueriesContext(connection) as queries:
            assert len(place_alike(project)) >= size
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_comes_while_others_are_looked_at_waits_for_the_next_look(
    project: Project, issue: Issue, failure: Failure, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tell_all(project, lead, LOOP)
    late: list[Failure] = []

    def measure(*given: Any) -> Background:
        if not late:
            late.append(make_told(project, lead, failure.note))
            embed_waiting()
        return measure_background(*given)

    monkeypatch.setattr("issues.proposing.waiting.measure_background", measure)
    run(project)
    assert (place_of(late[0]), place_of(told[0])) == (None, None)
    place_waiting(project)
    assert place_of(late[0]) == issue


def groups_of(failures: list[Failure], *titles: str) -> list[Group]:
    """Two failures in each."""
    pairs = [failures[at : at + 2] for at in range(0, len(failures), 2)]
    return [
        Group(tuple(failure.pk for failure in pair), (title,), (title,), ("word",), 0.9)
        for pair, title in zip(pairs, titles, strict=True)
    ]


def test_proposals_of_the_same_words_get_titles_of_their_own(project: Project, lead: User) -> None:
    run_, _ = group_failures(project, [])
    write_proposals(project, run_, groups_of(tell_all(project, lead, [TOKEN[0]] * 4), TOKEN[0], TOKEN[0]))
    assert set(Proposal.objects.values_list("title", flat=True)) == {TOKEN[0], f"{TOKEN[0]} (word)"}


@pytest.mark.parametrize(
    ("title", "other"),
    [("İade yapılmadı", "iade yapılmadı"), ("\u212aept the order open", "kept the order open"), ("STRAẞE", "straße")],
    ids=["dotted", "kelvin", "sharp"],
)
def test_titles_that_a_database_takes_for_equal_are_given_once(
    project: Project, lead: User, title: str, other: str
) -> None:
    failures = tell_all(project, lead, ["one", "two", "three", "four"])
    run_, _ = group_failures(project, [])
    write_proposals(project, run_, groups_of(failures, title, other))
    assert set(Proposal.objects.values_list("title", flat=True)) == {title, f"{other} (word)"}
    Proposal.objects.all().delete()
    make_issue(failures[0], lead, title)
    with suppress(Refused):  # and never an error of the database
        make_issue(failures[1], lead, other)
