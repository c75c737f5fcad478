"""Failures join known issues, become proposals, or wait."""

from unittest.mock import patch

import pytest

from accounts.models import Project, User
from annotate.models import Failure
from clustering.models import GroupingRun
from issues import actions
from issues.models import EventKind, Issue, IssueMembership, Proposal, ProposalState, Source
from issues.proposing import place_waiting, representatives
from issues.tasks import place, sweep
from tests.builders import make_project
from tests.clustering.fakes import BrokenEmbedder
from tests.issues.makers import LOOP, TOKEN, make_issue, make_proposal, make_told, run, tell_all, withdraw


def open_sets() -> set[frozenset[str]]:
    found = Proposal.objects.filter(state=ProposalState.OPEN)
    return {frozenset(proposal.failures.values_list("note", flat=True)) for proposal in found}


def place_of(failure: Failure) -> tuple[Issue, str] | None:
    membership = IssueMembership.objects.filter(failure=failure, until=None).select_related("issue").first()
    return (membership.issue, membership.source) if membership else None


@pytest.fixture
def pool(project: Project, lead: User) -> list[Failure]:
    failures = tell_all(project, lead, [*TOKEN, *LOOP])
    run(project)
    return failures


def test_five_failures_become_proposals(pool: list[Failure]) -> None:
    assert open_sets() == {frozenset(TOKEN), frozenset(LOOP)}
    assert {proposal.title for proposal in Proposal.objects.all()} <= {*TOKEN, *LOOP}


def test_four_failures_wait(project: Project, lead: User) -> None:
    tell_all(project, lead, TOKEN + LOOP[:1])
    run(project)
    assert open_sets() == set()


def test_running_again_changes_nothing(project: Project, pool: list[Failure]) -> None:
    before = list(Proposal.objects.values_list("pk", "state"))
    place_waiting(project)
    assert (list(Proposal.objects.values_list("pk", "state")), GroupingRun.objects.count()) == (before, 1)


def test_the_reviewers_own_choice_wins(project: Project, issue: Issue, lead: User) -> None:
    chosen = make_told(project, lead, "something else entirely", chosen_issue=issue.number)
    run(project)
    assert place_of(chosen) == (issue, Source.PERSON)
    assert IssueMembership.objects.get(failure=chosen).placed_by == lead


def test_a_choice_of_an_issue_that_is_not_there_waits(project: Project, issue: Issue, lead: User) -> None:
    chosen = make_told(project, lead, "something else entirely", chosen_issue=99)
    run(project)
    assert place_of(chosen) is None


def test_the_same_masked_text_joins_exactly(project: Project, issue: Issue, lead: User) -> None:
    first = make_told(project, lead, "Paid $5 too much for order A-17")
    other = make_issue(first, lead, "Pays too much")
    same = make_told(project, lead, "Paid $900 too much for order B-99")
    run(project)
    assert place_of(same) == (other, Source.EXACT)


def test_a_clear_match_joins_with_its_score_and_a_line_of_history(project: Project, lead: User) -> None:
    first, second = tell_all(project, lead, TOKEN[:2])
    issue = make_issue(first, lead)
    run(project)
    assert place_of(second) == (issue, Source.MATCH)
    event = issue.events.filter(kind=EventKind.ATTACHED).first()
    assert event is not None
    assert (event.actor, event.detail["source"], event.detail["score"] > 0.6) == (None, "match", True)


def test_two_issues_with_the_same_text_leave_a_third_to_people(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, [TOKEN[0]] * 3)
    make_issue(failures[0], lead, "One")
    make_issue(failures[1], lead, "Two")
    run(project)
    assert place_of(failures[2]) is None


def test_no_machine_puts_a_failure_back_where_a_person_took_it_out(project: Project, lead: User) -> None:
    first, second = tell_all(project, lead, TOKEN[:2])
    issue = make_issue(first, lead)
    run(project)
    actions.detach_failures(issue=issue, failure_ids=[second.pk], actor=lead)
    run(project)
    assert place_of(second) is None


@pytest.mark.parametrize("note", [TOKEN[0], TOKEN[1]], ids=["same text", "clear match"])
def test_no_machine_adds_a_failure_that_a_person_left_out_of_the_issue(project: Project, lead: User, note: str) -> None:
    taken, left_out = tell_all(project, lead, [TOKEN[0], note])
    run(project)
    proposal = make_proposal([taken, left_out], title="Chosen among")
    issue, _ = actions.accept_proposal(proposal=proposal, actor=lead, failure_ids=[taken.pk])
    run(project)
    assert (place_of(taken), place_of(left_out)) == ((issue, Source.PROPOSAL), None)
    later = make_told(project, lead, note)
    run(project)
    assert place_of(later) is not None


def test_withdrawn_failures_leave_their_issue(project: Project, issue: Issue, failure: Failure) -> None:
    withdraw(failure)
    sweep()
    assert IssueMembership.objects.get(failure=failure).until is not None
    assert issue.events.filter(kind=EventKind.DETACHED).count() == 1


def test_a_project_that_cannot_be_placed_keeps_no_other_waiting(project: Project, lead: User) -> None:
    for one in (project, make_project("other")):
        make_told(one, lead)
    with patch("issues.tasks.place_waiting", side_effect=ValueError("broken")) as asked:
        sweep()
    assert asked.call_count == 2


def test_a_declined_proposal_comes_back_only_when_its_evidence_grew_by_half(
    project: Project, pool: list[Failure], lead: User
) -> None:
    token = Proposal.objects.get(failures=pool[0])
    actions.decline_proposal(proposal=token, actor=lead)
    make_told(project, lead, "refund tool token expired still claimed success")
    run(project)
    assert open_sets() == {frozenset(LOOP)}
    more = "a refund tool token expired while claimed success"
    make_told(project, lead, more)
    run(project)
    assert {len(notes) for notes in open_sets()} == {2, 5}


def test_a_grown_group_replaces_its_proposal(project: Project, pool: list[Failure], lead: User) -> None:
    more = make_told(project, lead, "refund tool token expired still claimed success")
    run(project)
    assert open_sets() == {frozenset([*TOKEN, more.note]), frozenset(LOOP)}
    assert Proposal.objects.filter(state=ProposalState.OUTDATED).count() == 1


def test_accepting_one_proposal_leaves_the_other_open(project: Project, pool: list[Failure], lead: User) -> None:
    actions.accept_proposal(proposal=Proposal.objects.get(failures=pool[0]), actor=lead)
    run(project)
    assert open_sets() == {frozenset(LOOP)}


def test_a_proposal_whose_failures_were_placed_is_outdated(project: Project, pool: list[Failure], lead: User) -> None:
    make_issue(pool[3], lead, "Looped")
    withdraw(pool[4])
    place(project_id=project.pk)
    assert open_sets() == {frozenset(TOKEN)}


def test_titles_of_proposals_and_issues_are_never_equal(project: Project, lead: User) -> None:
    make_issue(make_told(project, lead, "unrelated"), lead, title=TOKEN[0])
    tell_all(project, lead, [TOKEN[0]] * 5)
    run(project)
    titles = [proposal.title.lower() for proposal in Proposal.objects.filter(state=ProposalState.OPEN)]
    assert len(titles) == 1
    assert titles[0].startswith(TOKEN[0])
    assert titles[0] != TOKEN[0]


def test_a_broken_model_loses_nothing_and_still_honours_people(
    project: Project, issue: Issue, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = make_told(project, lead, chosen_issue=issue.number)
    waiting = make_told(project, lead, TOKEN[0])
    with monkeypatch.context() as broken:
        broken.setattr("clustering.embedding.get_embedder", lambda _name: BrokenEmbedder())
        run(project)
    assert (place_of(chosen), place_of(waiting)) == ((issue, Source.PERSON), None)


def test_placing_in_a_project_that_is_gone_does_nothing(db: None) -> None:
    place(project_id=10**6)
    assert GroupingRun.objects.count() == 0


def test_representatives_are_the_typical_ones_each_wording_once(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, [TOKEN[0], TOKEN[0], TOKEN[1]])
    issue = make_issue(failures[0], lead)
    run(project)
    assert {row.failure.note for row in representatives(issue)} == {TOKEN[0], TOKEN[1]}
