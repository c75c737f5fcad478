"""Proposals to merge, to split and to add: shown side by side, accepted, declined and undone in the inbox."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Project, Role, User
from annotate.models import Failure
from clustering.models import GroupingRun, RunScope, RunStage, RunState
from common.errors import Refused
from issues import actions
from issues.models import Decision, DecisionKind, Issue, IssueMembership, Proposal, ProposalKind, ProposalState, Source
from issues.queries import open_proposals
from tests.builders import client_of, make_member
from tests.issues.makers import LOOP, TOKEN, make_proposal, make_told, tell_all

BOTH = TOKEN + LOOP


def ids(failures: list[Failure]) -> list[int]:
    return [failure.pk for failure in failures]


def standing(issue: Issue) -> set[int]:
    return set(IssueMembership.objects.standing().filter(issue=issue).values_list("failure_id", flat=True))


def make_issue_of(failures: list[Failure], title: str, actor: User) -> Issue:
    return actions.create_from(project=failures[0].project, failure_ids=ids(failures), title=title, actor=actor)[0]


@pytest.fixture
def token(project: Project, lead: User) -> Issue:
    return make_issue_of(tell_all(project, lead, TOKEN), "Token", lead)


@pytest.fixture
def loop(project: Project, lead: User) -> Issue:
    return make_issue_of(tell_all(project, lead, LOOP), "Loops", lead)


@pytest.fixture
def merge(token: Issue, loop: Issue) -> Proposal:
    told = [Failure.objects.get(note=note) for note in (TOKEN[0], LOOP[0])]
    return make_proposal(told, "", kind=ProposalKind.MERGE, subject=token, other=loop, across=0.5, size=5)


@pytest.fixture
def split(project: Project, lead: User) -> Proposal:
    told = tell_all(project, lead, BOTH)
    whole = make_issue_of(told, "Mixed", lead)
    return make_proposal(told[3:], "Only loops", kind=ProposalKind.SPLIT, subject=whole, across=0.1, size=2)


@pytest.fixture
def attach(project: Project, token: Issue, lead: User) -> Proposal:
    told = tell_all(project, lead, LOOP)
    return make_proposal(told, "", kind=ProposalKind.ATTACH, subject=token, across=0.55, size=2)


def inbox(client: Client) -> str:
    response = client.get(reverse("proposal_inbox", args=["acme"]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def decide(client: Client, proposal: Proposal, **data: Any) -> int:
    return client.post(reverse("proposal_decide", args=["acme", proposal.pk]), data).status_code


def undo_by_toast(client: Client, html: str) -> str:
    """What the button in the notice sends."""
    [address] = re.findall(r'formaction="(/p/acme/decisions/\d+/undo/)" data-undo', html)
    [form] = re.findall(r'<form id="one-act".*?</form>', html)
    fields = dict(re.findall(r'name="(client_id|inbox)" value="([^"]*)"', form))
    return client.post(address, fields).headers["Location"]


def test_accepting_a_merge_gives_one_issue_to_the_other(merge: Proposal, token: Issue, loop: Issue, lead: User) -> None:
    issue, decision = actions.accept_proposal(proposal=merge, actor=lead)
    loop.refresh_from_db()
    assert (issue, decision.kind, loop.merged_into, len(standing(token))) == (token, DecisionKind.MERGE, token, 5)
    merge.refresh_from_db()
    assert (merge.state, merge.issue, merge.decided_by) == (ProposalState.ACCEPTED, token, lead)


def test_accepting_a_split_makes_an_issue_of_those_who_are_chosen(split: Proposal, lead: User) -> None:
    chosen = ids(list(split.failures.order_by("pk")))[:1]
    issue, decision = actions.accept_proposal(proposal=split, actor=lead, failure_ids=chosen)
    assert (issue.title, decision.kind, standing(issue)) == ("Only loops", DecisionKind.SPLIT, set(chosen))
    assert split.subject is not None
    assert len(standing(split.subject)) == 4


def test_accepting_an_addition_leaves_out_who_is_not_chosen(attach: Proposal, token: Issue, lead: User) -> None:
    first, second = ids(list(attach.failures.order_by("pk")))
    issue, decision = actions.accept_proposal(proposal=attach, actor=lead, failure_ids=[first])
    assert (issue, decision.kind) == (token, DecisionKind.ATTACH)
    rows = IssueMembership.objects.filter(issue=token, failure__in=[first, second]).order_by("failure")
    assert [(row.source, row.score, row.until is None) for row in rows] == [
        (Source.PROPOSAL, 0.55, True),
        (Source.REFUSED, None, False),
    ]


@pytest.mark.parametrize("name", ["merge", "split", "attach"])
def test_an_acceptance_is_undone_and_done_again(name: str, lead: User, request: pytest.FixtureRequest) -> None:
    proposal: Proposal = request.getfixturevalue(name)
    before = dict(IssueMembership.objects.filter(until=None).values_list("failure_id", "issue_id"))
    _, decision = actions.accept_proposal(proposal=proposal, actor=lead)
    after = dict(IssueMembership.objects.filter(until=None).values_list("failure_id", "issue_id"))
    for act, places, state in (
        (actions.undo, before, ProposalState.OPEN),
        (actions.redo, after, ProposalState.ACCEPTED),
    ):
        act(decision=decision, actor=lead)
        proposal.refresh_from_db()
        now = dict(IssueMembership.objects.filter(until=None).values_list("failure_id", "issue_id"))
        assert (now, proposal.state) == (places, state)


def test_a_merge_of_what_was_merged_meanwhile_leads_on(
    project: Project, merge: Proposal, token: Issue, loop: Issue, lead: User
) -> None:
    last = make_issue_of([make_told(project, lead, "last")], "Last", lead)
    actions.merge_issues(into=last, others=[loop], actor=lead)
    assert [one.pk for one in open_proposals(project)] == [merge.pk]
    actions.accept_proposal(proposal=merge, actor=lead)
    assert len(standing(token)) == 6
    again = make_proposal([make_told(project, lead)], "", kind="merge", subject=token, other=last, across=0.5)
    assert list(open_proposals(project)) == []
    with pytest.raises(Refused, match="become one"):
        actions.accept_proposal(proposal=again, actor=lead)


def test_the_inbox_shows_where_a_chain_of_merges_ends(
    lead_client: Client, project: Project, merge: Proposal, token: Issue, loop: Issue, lead: User
) -> None:
    for number in (3, 4):
        issue = make_issue_of([make_told(project, lead, f"further {number}")], f"Further {number}", lead)
        actions.merge_issues(into=issue, others=[token], actor=lead)
        token = issue
    [row] = open_proposals(project)
    assert (row.home, row.gone) == (token.pk, loop.pk)
    assert f"Merge ISS-2 into ISS-{token.number}?" in inbox(lead_client)


def test_a_refusal_is_told_where_the_card_is_gone(lead_client: Client, split: Proposal, lead: User) -> None:
    failures = ids(list(split.failures.all()))
    elsewhere = make_issue_of([make_told(split.project, lead, "elsewhere")], "Elsewhere", lead)
    actions.move_failures(failure_ids=failures, target=elsewhere, actor=lead)
    assert decide(lead_client, split, decision="accept", title="Only loops", failures=failures) == 302
    assert 'class="toast error"' in inbox(lead_client)


@pytest.mark.parametrize("name", ["merge", "split", "attach"])
def test_what_can_no_more_be_done_is_not_shown_nor_opened_again(
    project: Project, name: str, lead: User, request: pytest.FixtureRequest
) -> None:
    proposal: Proposal = request.getfixturevalue(name)
    actions.decline_proposal(proposal=proposal, actor=lead)
    actions.reopen_proposal(proposal=proposal, actor=lead)
    actions.decline_proposal(proposal=proposal, actor=lead)
    rival = make_proposal(
        list(proposal.failures.all()),
        "",
        **{key: getattr(proposal, key) for key in ("kind", "subject", "other", "across", "fingerprint")},
    )
    with pytest.raises(Refused, match="another open proposal"):
        actions.reopen_proposal(proposal=proposal, actor=lead)
    rival.delete()
    elsewhere = make_issue_of([make_told(project, lead, "elsewhere")], "Elsewhere", lead)
    if proposal.kind == ProposalKind.MERGE:
        assert proposal.subject is not None
        assert proposal.other is not None
        actions.merge_issues(into=proposal.subject, others=[proposal.other], actor=lead)
    else:
        actions.move_failures(failure_ids=ids(list(proposal.failures.all())), target=elsewhere, actor=lead)
    with pytest.raises(Refused, match="other places"):
        actions.reopen_proposal(proposal=proposal, actor=lead)


def test_the_inbox_shows_both_sides_and_why(
    lead_client: Client, merge: Proposal, split: Proposal, attach: Proposal
) -> None:
    html = inbox(lead_client)
    for words in (
        "Merge ISS-2 into ISS-1?",
        "Split 2 failures off ISS-3?",
        "Add 2 failures to ISS-1?",
        "The notes of each are very alike among themselves (0.70 of 1), and alike to those of the other (0.50).",
        "far less alike than the notes of each are among themselves: they look like two",
        "Compare the two in full",
    ):
        assert words in html
    assert html.count(TOKEN[0]) >= 3  # of both issues of the merge, of who stays, of who is already there
    assert "Split" not in html.replace("Split 2 failures off", "")


def test_the_inbox_decides_and_undoes_with_one_button(
    lead_client: Client, project: Project, merge: Proposal, split: Proposal, attach: Proposal, token: Issue, loop: Issue
) -> None:
    for proposal in (merge, attach, split):
        failures = ids(list(proposal.failures.all()))
        assert decide(lead_client, proposal, decision="accept", title=proposal.title, failures=failures) == 302
        html = inbox(lead_client)
        assert undo_by_toast(lead_client, html) == f"/p/acme/proposals/#proposal-{proposal.pk}"
        inbox(lead_client)
        proposal.refresh_from_db()
        assert proposal.state == ProposalState.OPEN
    assert decide(lead_client, merge, decision="decline") == 302
    html = inbox(lead_client)
    assert ("Merge ISS-2 into ISS-1</b>" in html, f'form="undo-{merge.pk}"' in html) == (True, True)
    assert Decision.objects.filter(kind=DecisionKind.UNDO).count() == 3


def test_the_inbox_is_paged_and_asks_the_same_queries_for_few_and_many(
    lead_client: Client, project: Project, token: Issue, lead: User
) -> None:
    counts = []
    for size in (1, 25):
        for number in range(size):
            told = tell_all(project, lead, LOOP)
            make_proposal(told, f"New {size} {number}")
            make_proposal(told, "", kind="attach", subject=token, across=0.5, fingerprint=f"{size} {number}")
        with CaptureQueriesContext(connection) as queries:
            html = inbox(lead_client)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert (html.count("data-item"), "?page=2" in html) == (20, True)


def test_a_look_is_asked_for_by_leads_and_tells_how_far_it_is(
    lead_client: Client, project: Project, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issues.actions.proposals.ring", lambda *_, **__: None)
    viewer = client_of(make_member(project, Role.VIEWER))
    address, progress = (reverse(name, args=["acme"]) for name in ("proposal_look", "proposal_look_progress"))
    assert "Look at everything again" not in inbox(viewer)
    assert viewer.post(address).status_code == 404
    assert "Look at everything again" in inbox(lead_client)
    for _ in range(2):
        lead_client.post(address)
    run = GroupingRun.objects.get(scope=RunScope.EVERYTHING)
    assert "a worker begins in some seconds" in viewer.get(progress).content.decode()
    GroupingRun.objects.update(state=RunState.RUNNING, stage=RunStage.GROUPING, failure_count=9)
    html = inbox(lead_client)
    assert ("step 2 of 3" in html, "9 of them" in html, "Look at everything again" in html) == (True, True, False)
    GroupingRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, reason="Broken.")
    assert viewer.get(progress).headers["HX-Refresh"] == "true"
    assert "was not finished. Broken." in inbox(lead_client)
