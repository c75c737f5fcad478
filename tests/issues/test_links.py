"""What was taught of pairs, what stands against it, and where it forbids machines to put a failure."""

from itertools import combinations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Project, User
from issues import actions
from issues.lifecycle.links import Link, contradictions, implied, violations
from issues.models import Constraint, Issue
from issues.queries.links import anchor_of, forbidden, read_links, standing_links
from tests.issues.makers import TOKEN, make_issue, make_told, run, tell_all

SEVEN = st.integers(0, 6)


def together(key: int, first: int, second: int) -> Link:
    return Link(key, first, second, is_together=True)


def apart(key: int, first: int, second: int) -> Link:
    return Link(key, first, second, is_together=False)


def test_places_break_what_they_bring_together_or_part() -> None:
    links = [together(1, 1, 2), apart(2, 2, 3), together(3, 1, 9)]
    assert violations({1: 7, 2: 7, 3: 8}, links) == []
    assert violations({1: 7, 2: 8, 3: 8}, links) == [links[0], links[1]]


def test_nothing_stands_against_what_agrees() -> None:
    assert contradictions([together(1, 1, 2), apart(2, 2, 3)], [together(3, 4, 2), apart(4, 1, 3)]) == []


def test_against_apart_stands_the_shortest_chain_that_binds() -> None:
    chain = [together(1, 1, 2), together(2, 2, 3)]
    known = [*chain, together(3, 3, 4), together(4, 5, 6)]
    assert contradictions(known, [apart(5, 3, 1)]) == [(apart(5, 3, 1), chain)]


def test_against_together_stands_what_keeps_their_bundles_apart() -> None:
    known = [together(1, 1, 2), together(2, 3, 4), apart(3, 2, 3), apart(4, 1, 9)]
    assert contradictions(known, [together(5, 1, 4)]) == [(together(5, 1, 4), [known[2]])]


def test_new_links_are_held_against_those_before_them() -> None:
    new = [together(1, 1, 2), together(2, 2, 3), apart(3, 1, 3)]
    assert contradictions([], new) == [(new[2], [new[0], new[1]])]


def test_what_others_bind_together_or_keep_apart_is_implied() -> None:
    links = [together(1, 1, 2), together(2, 2, 3), apart(3, 3, 4), together(4, 4, 5), apart(5, 8, 9)]
    assert implied(links, [3, 1, 5, 7]) == ([(3, 1)], [(3, 5)])
    assert implied(links, [7, 8]) == ([], [])


def test_of_links_that_cannot_hold_at_once_the_earlier_ones_do() -> None:
    assert implied([together(1, 1, 2), apart(2, 1, 2)], [1, 2]) == ([(1, 2)], [])


@settings(deadline=None)
@given(st.lists(st.tuples(SEVEN, SEVEN, st.booleans()), max_size=12), st.sets(SEVEN))
def test_what_is_implied_says_all_that_can_be_told(pairs: list[tuple[int, int, bool]], asked: set[int]) -> None:
    links = [Link(key, *pair) for key, pair in enumerate(pairs) if pair[0] != pair[1]]
    clash = contradictions([], links)
    held = [link for link in links if link not in {wrong for wrong, _ in clash}]
    told_together, told_apart = implied(links, sorted(asked))
    told = [together(0, *pair) for pair in told_together] + [apart(0, *pair) for pair in told_apart]
    for one, other in combinations(sorted(asked), 2):
        for link in (together(99, one, other), apart(99, one, other)):
            assert bool(contradictions(told, [link])) == bool(contradictions(held, [link]))


def test_links_by_way_of_others_are_read(project: Project, lead: User) -> None:
    one, two, three, four = tell_all(project, lead, [*TOKEN, "another"])
    issue, other = make_issue(one, lead, "One"), make_issue(two, lead, "Two")
    decision = actions.merge_issues(into=issue, others=[other], actor=lead)
    for kind, pair in (("together", (two, three)), ("apart", (one, four))):
        Constraint.objects.create(project=project, kind=kind, first=pair[0], second=pair[1], taught_by=decision)
    links = read_links(project, [four.pk, three.pk])
    assert (links.together, links.apart) == ((), ((1, 0),))


def test_links_are_read_as_places_in_the_list(project: Project, lead: User) -> None:
    one, two, three = tell_all(project, lead, TOKEN)
    issue, other = make_issue(one, lead, "One"), make_issue(two, lead, "Two")
    actions.merge_issues(into=issue, others=[other], actor=lead)
    links = read_links(project, [three.pk, two.pk, one.pk])
    assert (links.together, links.apart) == (((1, 2),), ())
    assert links.placed is not None
    assert links.placed.tolist() == [-1, issue.pk, issue.pk]


def test_what_a_person_placed_speaks_for_the_issue_then_the_most_central(project: Project, lead: User) -> None:
    first, second = tell_all(project, lead, TOKEN[:2])
    issue = make_issue(first, lead)
    run(project)
    assert issue.memberships.filter(until=None).count() == 2
    assert anchor_of(issue) == first.pk
    assert anchor_of(issue, but=[first.pk]) == second.pk
    assert anchor_of(issue, but=[first.pk, second.pk]) is None


def test_machines_keep_what_is_apart_and_what_belongs_together(project: Project, lead: User) -> None:
    one, two, three = (make_told(project, lead, f"note {number}") for number in range(3))
    first, second = make_issue(one, lead, "One"), make_issue(two, lead, "Two")
    decision = first.made_by
    assert decision is not None
    Constraint.objects.create(project=project, kind="apart", first=one, second=three, taught_by=decision)
    assert forbidden(project)[three.pk] == {first.pk}
    Constraint.objects.all().delete()
    Constraint.objects.create(project=project, kind="together", first=one, second=three, taught_by=decision)
    assert forbidden(project)[three.pk] == {second.pk}


def test_few_failures_are_asked_for_and_of_many_all(
    project: Project, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = tell_all(project, lead, TOKEN)
    issue, _ = actions.create_from(project=project, failure_ids=[one.pk, two.pk, three.pk], title="All", actor=lead)
    actions.detach_failures(issue=issue, failure_ids=[three.pk], actor=lead)
    with CaptureQueriesContext(connection) as few:
        told = forbidden(project, [three.pk])
    assert told == {three.pk: {issue.pk}}
    assert all(f"({three.pk})" in query["sql"] for query in few if "issues_constraint" in query["sql"])
    monkeypatch.setattr("clustering.queries.MOST_IN_QUERY", 0)
    with CaptureQueriesContext(connection) as many:
        assert forbidden(project, [three.pk])[three.pk] == {issue.pk}
    assert not any(f"({three.pk})" in query["sql"] for query in many)


def test_where_a_failure_was_taken_out_it_stays_out_when_that_is_merged_on(project: Project, lead: User) -> None:
    one, two, three = tell_all(project, lead, TOKEN)
    first, second = make_issue(one, lead, "One"), make_issue(two, lead, "Two")
    actions.move_failures(failure_ids=[three.pk], target=first, actor=lead)
    actions.detach_failures(issue=first, failure_ids=[three.pk], actor=lead)
    actions.merge_issues(into=second, others=[first], actor=lead)
    assert forbidden(project, [three.pk]) == {three.pk: {second.pk}}
    assert second.pk not in forbidden(project)[one.pk]
    assert not Issue.objects.living().filter(pk=first.pk).exists()


def test_what_ended_is_read_no_more(project: Project, lead: User) -> None:
    one, two, _ = tell_all(project, lead, TOKEN)
    issue, other = make_issue(one, lead, "One"), make_issue(two, lead, "Two")
    decision = actions.merge_issues(into=issue, others=[other], actor=lead)
    assert [link.pair for link in standing_links(project.pk)] == [(one.pk, two.pk)]
    actions.undo(decision=decision, actor=lead)
    assert standing_links(project.pk) == []
