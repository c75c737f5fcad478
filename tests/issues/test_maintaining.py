"""The look at everything: what it proposes, what it leaves alone, and that it moves nothing."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from annotate.models import Failure
from clustering.embedding import embed_waiting
from clustering.models import GroupingRun, RunScope, RunState
from issues import actions
from issues.deciding import join
from issues.models import Constraint, Issue, IssueMembership, Proposal, ProposalKind, ProposalState, Source
from issues.proposing import ask_nightly, ask_to_maintain, maintain_waiting, place_waiting
from issues.proposing.maintaining import GIVEN_UP, LEASE, PATIENCE
from tests.issues.makers import LOOP, TOKEN, make_proposal, make_told, tell_all, withdraw

MORE_TOKEN = ["refund tool token expired still claimed success", "a refund tool token expired while claimed success"]
MORE_LOOP = ["looped on search with identical arguments once more"]
Open = set[tuple[str, str, frozenset[str]]]


def ids(failures: list[Failure]) -> list[int]:
    return [failure.pk for failure in failures]


def issue_of(failures: list[Failure], title: str, actor: User) -> Issue:
    return actions.create_from(project=failures[0].project, failure_ids=ids(failures), title=title, actor=actor)[0]


def look(project: Project) -> GroupingRun:
    embed_waiting()
    ask_to_maintain(project)
    maintain_waiting()
    return GroupingRun.objects.filter(scope=RunScope.EVERYTHING).latest("pk")


def found(state: ProposalState = ProposalState.OPEN) -> Open:
    rows = Proposal.objects.filter(state=state).exclude(kind=ProposalKind.NEW).select_related("subject")
    return {
        (row.kind, row.subject.title if row.subject else "", frozenset(row.failures.values_list("note", flat=True)))
        for row in rows
    }


def kinds() -> list[str]:
    return sorted(kind for kind, *_ in found())


def places() -> list[Any]:
    return list(IssueMembership.objects.order_by("pk").values())


@pytest.fixture
def two(project: Project, lead: User) -> tuple[Issue, Issue]:
    """Two issues that say the same, the larger one first, and a third that does not."""
    token, more, loop = (tell_all(project, lead, notes) for notes in (TOKEN, MORE_TOKEN, [*LOOP, *MORE_LOOP]))
    issue_of(loop, "Loops", lead)
    return issue_of(token, "Token", lead), issue_of(more, "Token again", lead)


@pytest.fixture
def mixed(project: Project, lead: User) -> Issue:
    """One issue of two failure modes, which machines put together: nobody ever said that they are one."""
    told = tell_all(project, lead, [*TOKEN, *MORE_TOKEN, *LOOP, *MORE_LOOP])
    issue = issue_of(told[:1], "Mixed", lead)
    now = timezone.now()
    IssueMembership.objects.bulk_create(
        IssueMembership(issue=issue, failure=failure, source=Source.MATCH, since=now) for failure in told[1:]
    )
    return issue


def test_two_issues_that_say_the_same_are_proposed_to_be_merged(project: Project, two: tuple[Issue, Issue]) -> None:
    before = places()
    run = look(project)
    assert found() == {("merge", "Token", frozenset([*TOKEN, *MORE_TOKEN]))}
    proposal = Proposal.objects.get()
    assert (proposal.subject, proposal.other, proposal.run, proposal.size) == (*two, run, 5)
    assert (run.state, run.failure_count, proposal.across is not None) == (RunState.DONE, 8, True)
    assert places() == before


def test_an_issue_of_two_failure_modes_is_proposed_to_be_split(project: Project, mixed: Issue) -> None:
    before = places()
    look(project)
    assert found() == {("split", "Mixed", frozenset([*LOOP, *MORE_LOOP]))}
    assert Proposal.objects.get().title in {*LOOP, *MORE_LOOP}
    assert places() == before


def test_what_waits_is_proposed_to_be_added_to_the_issue_that_its_group_is(project: Project, lead: User) -> None:
    issue_of(tell_all(project, lead, TOKEN), "Token", lead)
    tell_all(project, lead, [*MORE_TOKEN, *LOOP])
    before = places()
    look(project)
    assert found() == {("attach", "Token", frozenset(MORE_TOKEN))}
    assert places() == before


def test_the_same_is_proposed_again_and_only_once(project: Project, two: tuple[Issue, Issue]) -> None:
    look(project)
    before = list(Proposal.objects.values("pk", "state", "score", "size", "across"))
    look(project)
    assert list(Proposal.objects.values("pk", "state", "score", "size", "across")) == before


def test_what_no_longer_holds_is_outdated(project: Project, mixed: Issue) -> None:
    look(project)
    for failure in Failure.objects.filter(note__in=[*LOOP, *MORE_LOOP]):
        withdraw(failure)
    look(project)
    assert (kinds(), len(found(ProposalState.OUTDATED))) == ([], 1)


def test_a_decline_holds_until_half_more_speaks_for_it(project: Project, two: tuple[Issue, Issue], lead: User) -> None:
    look(project)
    actions.decline_proposal(proposal=Proposal.objects.get(), actor=lead)
    look(project)
    assert kinds() == []
    more = [make_told(project, lead, f"refund tool token expired but claimed success {word}") for word in "abc"]
    actions.attach(issue=two[0], failure_ids=ids(more), actor=lead)
    look(project)
    assert kinds() == ["merge"]


def test_a_declined_split_and_a_declined_addition_do_not_nag(project: Project, mixed: Issue, lead: User) -> None:
    look(project)
    actions.decline_proposal(proposal=Proposal.objects.get(), actor=lead)
    make_told(project, lead, MORE_TOKEN[0])
    look(project)
    assert kinds() == ["attach"]
    actions.decline_proposal(proposal=Proposal.objects.get(state=ProposalState.OPEN), actor=lead)
    look(project)
    assert kinds() == []


@pytest.mark.parametrize("most", [1, 20])
def test_what_was_declined_takes_the_place_of_nothing_else(
    project: Project, lead: User, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("issues.proposing.suggesting.MOST_OF_A_KIND", most)
    for number in range(3):
        told = [f"refund tool token expired {word} claimed success {number}" for word in ("but", "and")]
        issue_of(tell_all(project, lead, told), f"Token {number}", lead)
    tell_all(project, lead, [*LOOP, *MORE_LOOP])
    for _ in range(3):
        look(project)
        assert set(kinds()) == {"merge"}
        proposal = Proposal.objects.filter(state=ProposalState.OPEN).order_by("pk")[0]
        actions.decline_proposal(proposal=proposal, actor=lead)
    look(project)
    assert kinds() == []


def test_a_declined_split_does_not_come_back_turned_round(project: Project, mixed: Issue, lead: User) -> None:
    look(project)
    actions.decline_proposal(proposal=Proposal.objects.get(), actor=lead)
    for failure in Failure.objects.filter(note__in=[TOKEN[0], TOKEN[1], TOKEN[2]]):
        withdraw(failure)
    look(project)
    assert kinds() == []


def test_what_is_left_of_a_declined_addition_does_not_nag(project: Project, lead: User) -> None:
    issue_of(tell_all(project, lead, TOKEN), "Token", lead)
    words = ["one", "two", "three", "four", "five"]
    more = tell_all(project, lead, [f"refund tool token expired but claimed success {word}" for word in words])
    tell_all(project, lead, LOOP)
    look(project)
    [proposal] = Proposal.objects.filter(kind=ProposalKind.ATTACH)
    assert proposal.size == 5
    actions.decline_proposal(proposal=proposal, actor=lead)
    for failure in more[:3]:
        withdraw(failure)
    look(project)
    assert kinds() == []


def test_what_people_decide_meanwhile_is_looked_at_again(
    project: Project, two: tuple[Issue, Issue], lead: User
) -> None:
    embed_waiting()
    ask_to_maintain(project)

    def meanwhile(*_: object) -> list[object]:
        actions.merge_issues(into=two[0], others=[two[1]], actor=lead)
        return []

    with patch("issues.proposing.maintaining.suggest", meanwhile):
        assert maintain_waiting() == 0
    assert GroupingRun.objects.get(scope=RunScope.EVERYTHING).state == RunState.WAITING
    assert maintain_waiting() == 1
    assert kinds() == []


def test_a_look_is_not_done_anew_without_end(project: Project, two: tuple[Issue, Issue], lead: User) -> None:
    embed_waiting()
    ask_to_maintain(project)
    GroupingRun.objects.update(created_at=timezone.now() - PATIENCE)

    def meanwhile(*_: object) -> list[object]:
        actions.merge_issues(into=two[0], others=[two[1]], actor=lead)
        return []

    with patch("issues.proposing.maintaining.suggest", meanwhile):
        assert maintain_waiting() == 1
    assert GroupingRun.objects.get(scope=RunScope.EVERYTHING).state == RunState.DONE


def test_a_look_that_every_worker_broke_off_is_given_up(project: Project, two: tuple[Issue, Issue]) -> None:
    ask_to_maintain(project)
    now = timezone.now()
    GroupingRun.objects.update(
        state=RunState.RUNNING, began_at=now - LEASE - timedelta(seconds=1), created_at=now - GIVEN_UP
    )
    assert maintain_waiting() == 0
    run = GroupingRun.objects.get(scope=RunScope.EVERYTHING)
    assert (run.state, "Nothing was changed" in run.reason) == (RunState.FAILED, True)


def test_a_worker_whose_look_was_taken_over_writes_nothing(project: Project, two: tuple[Issue, Issue]) -> None:
    look(project)
    ask_to_maintain(project)

    def meanwhile(*_: object) -> list[object]:
        GroupingRun.objects.filter(state=RunState.RUNNING).update(began_at=timezone.now())
        return []

    with patch("issues.proposing.maintaining.suggest", meanwhile):
        assert maintain_waiting() == 0
    assert kinds() == ["merge"]


def test_a_look_waits_for_what_has_not_been_read_yet(project: Project, two: tuple[Issue, Issue], lead: User) -> None:
    look(project)
    make_told(project, lead, "not read yet")
    ask_to_maintain(project)
    assert maintain_waiting() == 0
    run = GroupingRun.objects.filter(scope=RunScope.EVERYTHING).latest("pk")
    assert (run.state, kinds()) == (RunState.WAITING, ["merge"])
    GroupingRun.objects.filter(pk=run.pk).update(created_at=timezone.now() - PATIENCE)
    assert maintain_waiting() == 0
    run.refresh_from_db()
    assert (run.state, run.reason.split(" of ")[0], kinds()) == (RunState.FAILED, "1", ["merge"])


def test_what_breaks_says_so_and_the_next_one_is_done(project: Project, two: tuple[Issue, Issue]) -> None:
    with patch("issues.proposing.maintaining.suggest", side_effect=ValueError("broken")):
        run = look(project)
    assert (run.state, "fault of ours" in run.reason) == (RunState.FAILED, True)
    assert look(project).state == RunState.DONE


def test_one_look_at_a_time_and_one_that_was_killed_is_taken_over(project: Project, two: tuple[Issue, Issue]) -> None:
    embed_waiting()
    for _ in range(2):
        ask_to_maintain(project)
    run = GroupingRun.objects.get(scope=RunScope.EVERYTHING)
    GroupingRun.objects.update(state=RunState.RUNNING, began_at=timezone.now())
    assert maintain_waiting() == 0
    GroupingRun.objects.update(began_at=timezone.now() - LEASE - timedelta(seconds=1))
    assert maintain_waiting() == 1
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_every_project_with_issues_is_looked_at_once_a_night(project: Project, two: tuple[Issue, Issue]) -> None:
    looks = GroupingRun.objects.filter(scope=RunScope.EVERYTHING)
    Project.objects.update(created_at=datetime(2030, 5, 1, 12, tzinfo=UTC))
    for now, wanted in ((datetime(2030, 5, 1, 13, tzinfo=UTC), 0), (datetime(2030, 5, 2, 3, tzinfo=UTC), 1)):
        ask_nightly(now)
        assert looks.count() == wanted
    looks.update(state=RunState.DONE, created_at=datetime(2030, 5, 2, 3, tzinfo=UTC))
    ask_nightly(datetime(2030, 5, 3, 1, tzinfo=UTC))
    assert looks.count() == 1
    ask_nightly(datetime(2030, 5, 3, 2, tzinfo=UTC))
    assert looks.count() == 2


def test_what_was_just_put_together_is_not_taken_apart_until_it_has_grown_by_half(project: Project, lead: User) -> None:
    told = tell_all(project, lead, [*TOKEN, *MORE_TOKEN, *LOOP, *MORE_LOOP])
    proposal = make_proposal(told, "Not one at all")
    issue, decision = actions.accept_proposal(proposal=proposal, actor=lead)
    look(project)
    assert kinds() == []
    assert len({failure for pair in Constraint.objects.filter(taught_by=decision) for failure in pair.pair()}) == 3
    for word in ("one", "two", "three", "four"):
        joined = make_told(project, lead, f"looped on search with identical arguments {word}")
        join(issue=issue, failure_id=joined.pk, source=Source.MATCH, cause="match")
    look(project)
    assert kinds() == ["split"]
    actions.undo(decision=decision, actor=lead)
    assert not Constraint.objects.filter(taught_by=decision, ended_by=None).exists()


def test_two_issues_that_a_person_merged_are_not_proposed_to_be_split(project: Project, lead: User) -> None:
    token, loop = (tell_all(project, lead, notes) for notes in ([*TOKEN, *MORE_TOKEN], [*LOOP, *MORE_LOOP]))
    into, other = issue_of(token, "Token", lead), issue_of(loop, "Loops", lead)
    decision = actions.merge_issues(into=into, others=[other], actor=lead)
    look(project)
    assert kinds() == []
    actions.undo(decision=decision, actor=lead)
    look(project)
    assert kinds() == []


def test_an_addition_is_bound_to_the_issue_that_it_was_added_to(project: Project, lead: User) -> None:
    stood = tell_all(project, lead, TOKEN)
    issue = issue_of(stood, "Token", lead)
    tell_all(project, lead, [*MORE_TOKEN, *LOOP])
    look(project)
    proposal = Proposal.objects.get()
    _, decision = actions.accept_proposal(proposal=proposal, actor=lead)
    pair = Constraint.objects.get(taught_by=decision, kind="together").pair()
    assert len({*pair} & {*ids(stood)}) == 1
    actions.undo(decision=decision, actor=lead)
    assert found() == {("attach", issue.title, frozenset(MORE_TOKEN))}
    assert not Constraint.objects.filter(taught_by=decision, ended_by=None).exists()


@pytest.mark.parametrize("taught", ["taken out", "left out"])
def test_nothing_is_added_where_people_said_that_it_does_not_belong(project: Project, lead: User, taught: str) -> None:
    stood, more, _ = (tell_all(project, lead, notes) for notes in (TOKEN, MORE_TOKEN[:1], [*LOOP, *MORE_LOOP]))
    issue = issue_of(stood, "Token", lead)
    embed_waiting()
    if taught == "left out":
        other = make_told(project, lead, MORE_TOKEN[1])
        proposal = make_proposal([*more, other], "Both")
        actions.accept_proposal(proposal=proposal, actor=lead, issue=issue, failure_ids=[other.pk])
    else:
        actions.attach(issue=issue, failure_ids=ids(more), actor=lead)
        actions.detach_failures(issue=issue, failure_ids=ids(more), actor=lead)
    look(project)
    assert kinds() == []


def test_nothing_that_was_split_is_ever_proposed_to_be_joined(project: Project, lead: User) -> None:
    """A hundred times, while failures of the same words go on to arrive."""
    told = tell_all(project, lead, [*TOKEN, *MORE_TOKEN])
    whole = issue_of(told, "Token", lead)
    embed_waiting()
    part, _ = actions.split_issue(issue=whole, failure_ids=ids(told[3:]), actor=lead, title="Another token")
    sides = dict.fromkeys(ids(told[:3]), whole.pk) | dict.fromkeys(ids(told[3:]), part.pk)
    for number in range(100):
        if number % 10 == 0:
            make_told(project, lead, [*TOKEN, *MORE_TOKEN, *LOOP][number % 7])
            embed_waiting()
            place_waiting(project)
        look(project)
        open_now = Proposal.objects.filter(state=ProposalState.OPEN)
        assert not open_now.filter(kind=ProposalKind.MERGE).exists()
        now = IssueMembership.objects.filter(failure__in=sides, until=None)
        assert dict(now.values_list("failure_id", "issue_id")) == sides


def test_what_is_proposed_does_not_depend_on_the_order_of_arrival(project: Project, lead: User) -> None:
    notes = [*TOKEN, *MORE_TOKEN, *LOOP, *MORE_LOOP, "answered in german", "answered in german again", TOKEN[0]]
    places_of = {
        TOKEN[0]: "One",
        TOKEN[1]: "One",
        TOKEN[2]: "Two",
        MORE_TOKEN[0]: "Two",
        LOOP[0]: "Loop",
        LOOP[1]: "Loop",
    }
    drawn = random.Random(5)  # noqa: S311  # orders, not secrets
    outcomes = []
    for _ in range(5):
        with transaction.atomic():
            told = tell_all(project, lead, drawn.sample(notes, len(notes)))
            for title in drawn.sample(("One", "Two", "Loop"), 3):
                members = [failure for failure in told if places_of.get(failure.note) == title]
                issue_of(members, title, lead)
            look(project)
            rows = Proposal.objects.exclude(kind=ProposalKind.NEW)
            outcomes.append((found(), sorted(rows.values_list("kind", "score", "size"))))
            transaction.set_rollback(True)
    assert outcomes[0][0]
    assert outcomes == [outcomes[0]] * 5
