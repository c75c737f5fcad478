"""The board, the page of an issue, and the inbox of proposals."""

import uuid
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Project, Role, User
from annotate.models import Failure, Severity
from clustering.embedding import embed_waiting
from clustering.engine.embed import Embedder
from clustering.models import EmbedderFault, Embedding
from clustering.queries import model_name
from issues import actions
from issues.lifecycle import State
from issues.models import Issue, IssueMembership, Proposal, ProposalState, Source
from issues.queries import seen_releases
from tests.builders import NOON, client_of, make_failure_type, make_member, make_session
from tests.issues.makers import TOKEN, make_issue, make_proposal, make_told, tell_all
from traces.actions import save_view
from traces.models import Place


def page(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=["acme", *args]), query)
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, name: str, *args: object, **data: object) -> int:
    return client.post(reverse(name, args=["acme", *args]), data).status_code


def test_board_shows_an_issue_with_its_counts(lead_client: Client, issue: Issue) -> None:
    html = page(lead_client, "issue_board")
    assert issue.title in html
    assert "1 confirmed session from 20 Oct to 2 Nov" in html


def test_choices_offer_the_living_issues_by_number(
    lead_client: Client, project: Project, issue: Issue, lead: User
) -> None:
    assert f'<option value="ISS-{issue.number} {issue.title}">New</option>' in page(lead_client, "issue_choices")
    other = make_issue(make_told(project, lead), lead, "Another")
    actions.merge_issues(into=other, others=[issue], actor=lead)
    assert issue.title not in page(lead_client, "issue_choices")
    assert other.title in page(lead_client, "issue_choices")


def test_board_asks_the_same_queries_with_1_and_50_issues(lead_client: Client, project: Project, lead: User) -> None:
    counts = []
    for size in (1, 49):
        for _ in range(size):
            title = f"Issue {Issue.objects.count()}"
            make_issue(make_told(project, lead), lead, title)
            save_view(project=project, owner=lead, name=title, query="", place=Place.ISSUES)
        with CaptureQueriesContext(connection) as queries:
            page(lead_client, "issue_board")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_board_filters_by_state_workflow_owner_and_words(
    lead_client: Client, project: Project, issue: Issue, lead: User
) -> None:
    other = make_issue(make_told(project, lead), lead, "Loops on search")
    Issue.objects.filter(pk=other.pk).update(state=State.RESOLVED, owner=lead, severity=Severity.HIGH)

    def titles(**query: str) -> list[str]:
        html = page(lead_client, "issue_board", **query)
        return [found.title for found in (issue, other) if found.title in html]

    assert titles() == [issue.title]
    assert titles(state="all") == [issue.title, other.title]
    assert titles(state="needs_triage") == [issue.title]
    assert titles(state="resolved") == titles(state="done") == titles(state="all", owner="me") == [other.title]
    assert titles(state="all", owner=str(lead.pk)) == titles(state="all", q="LOOPS") == [other.title]
    assert titles(owner="none") == titles(workflow="refunds") == titles(q="1") == [issue.title]
    assert titles(workflow="nowhere") == titles(severity="low", state="all") == []
    assert titles(severity="high", state="all") == [other.title]
    kind = make_failure_type(project, "Loop")
    Failure.objects.filter(issue_memberships__issue=other).update(failure_type=kind)
    assert titles(type=str(kind.pk), state="all") == [other.title]
    assert titles(type=str(kind.pk)) == titles(type=str(10**15), state="all") == []
    assert titles(severity="medium", state="all") == [issue.title]


def test_board_names_what_it_did_not_understand(lead_client: Client, issue: Issue) -> None:
    html = page(
        lead_client, "issue_board", sort="owner__password", state="weird", owner="x", severity="dire", colour="red"
    )
    assert "left out: colour, owner, severity, sort, state." in html
    assert "left out: owner." in page(lead_client, "issue_board", owner="0" * 20 + "9" * 30, q="0" * 5000 + "1")


def test_empty_board_teaches_the_next_step(lead_client: Client, project: Project, lead: User) -> None:
    assert "From five failures on" in page(lead_client, "issue_board")
    make_proposal(tell_all(project, lead, TOKEN))
    assert "proposals wait" in page(lead_client, "issue_board")


def test_issue_page_answers_from_the_members(lead_client: Client, issue: Issue, failure: Failure) -> None:
    html = page(lead_client, "issue_page", 1)
    assert f'href="/p/acme/sessions/{failure.session_id}/#step-2">Step 2, refund</a>' in html
    assert 'value="reopen"' not in html
    assert 'value="triage"' in html


def test_issue_page_offers_only_legal_moves(lead_client: Client, issue: Issue) -> None:
    Issue.objects.update(state=State.RESOLVED)
    html = page(lead_client, "issue_page", 1)
    assert [f'value="{act}"' in html for act in ("reopen", "ignore", "take")] == [True, False, False]


def test_issue_page_offers_the_releases_seen_the_newest_first(
    lead_client: Client, project: Project, issue: Issue, lead: User
) -> None:
    for days, release in enumerate(["1.9", "<2.0>", "", "1.9"]):
        make_session(project, f"r-{days}", release=release, started_at=NOON + timedelta(days=1 + days))
    assert seen_releases(project) == ["1.9", "<2.0>", "1.0"]
    html = page(lead_client, "issue_page", 1)
    assert '<option value="1.9"></option><option value="&lt;2.0&gt;"></option><option value="1.0">' in html


def test_issue_page_says_how_alike_in_words_with_the_number(
    lead_client: Client, project: Project, issue: Issue, lead: User
) -> None:
    failures = [make_told(project, lead, note) for note in TOKEN]
    for failure, score in zip(failures, (0.8, 0.68, 0.5), strict=True):
        IssueMembership.objects.place(issue, [failure.pk], source=Source.MATCH, score=score)
    html = page(lead_client, "issue_page", 1)
    for words in ("nearly the same words (0.80)", "very alike (0.68)", "alike (0.50)"):
        assert html.count(f"clear match, {words}") == 2  # at the member and in the history


def test_issue_page_asks_the_same_queries_with_1_and_20_members(
    lead_client: Client, project: Project, issue: Issue, lead: User
) -> None:
    with CaptureQueriesContext(connection) as few:
        page(lead_client, "issue_page", 1)
    for failure in tell_all(project, lead, ["Claimed it"] * 20):
        IssueMembership.objects.place(issue, [failure.pk], source=Source.PERSON, actor=lead)
    with CaptureQueriesContext(connection) as many:
        page(lead_client, "issue_page", 1)
    assert len(few) == len(many)


def test_a_hostile_note_stays_text(lead_client: Client, project: Project, lead: User) -> None:
    make_issue(make_told(project, lead, "<script>alert(1)</script>"), lead, "<img src=x onerror=alert(1)>")
    html = page(lead_client, "issue_page", 1)
    assert ("<script>alert" in html, "<img src=x" in html, "&lt;script&gt;alert" in html) == (False, False, True)


def test_a_lead_moves_edits_and_detaches(lead_client: Client, issue: Issue, failure: Failure, lead: User) -> None:
    moved = post(lead_client, "issue_act", 1, source="new", act="fix", fixed_in_release="2.0")
    edited = post(lead_client, "issue_edit", 1, title="Better", owner=lead.pk, severity="critical")
    detached = post(lead_client, "issue_detach", 1, failure.pk, client_id=uuid.uuid4())
    assert (moved, edited, detached) == (302, 302, 302)
    issue.refresh_from_db()
    assert (issue.state, issue.fixed_in_release) == (State.RESOLVED, "2.0")
    assert (issue.title, issue.owner, issue.severity) == ("Better", lead, Severity.CRITICAL)
    assert IssueMembership.objects.filter(until=None).count() == 0


def test_what_is_refused_is_said_and_changes_nothing(lead_client: Client, issue: Issue) -> None:
    post(lead_client, "issue_act", 1, source="new", act="reopen")
    assert "has no “Reopen”" in page(lead_client, "issue_page", 1)
    post(lead_client, "issue_act", 1, source="new", act="verify")
    assert "Act: Select a valid choice" in page(lead_client, "issue_page", 1)
    post(lead_client, "issue_edit", 1, owner="9" * 40, severity="low")
    assert "Only members" in page(lead_client, "issue_page", 1)
    post(lead_client, "issue_edit", 1, severity="huge")
    assert "no such severity" in page(lead_client, "issue_page", 1)
    issue.refresh_from_db()
    assert (issue.state, issue.owner) == (State.NEW, None)


def test_reviewers_and_viewers_read_and_change_nothing(
    project: Project, issue: Issue, failure: Failure, lead: User
) -> None:
    proposal = make_proposal(tell_all(project, lead, TOKEN))
    for role in (Role.REVIEWER, Role.VIEWER):
        client = client_of(make_member(project, role))
        assert 'value="take"' not in page(client, "issue_page", 1)
        inbox = page(client, "proposal_inbox")
        assert ("Token expired" in inbox, 'value="accept"' in inbox) == (True, False)
        codes = {
            post(client, "issue_act", 1, source="new", act="triage"),
            post(client, "issue_edit", 1, title="x"),
            post(client, "issue_detach", 1, failure.pk),
            post(client, "issue_create", failure=failure.pk, title="x"),
            post(client, "proposal_decide", proposal.pk, decision="accept"),
            post(client, "proposal_reopen", proposal.pk),
        }
        assert codes == {404}


def test_inbox_accepts_with_an_edited_title_and_some_members(lead_client: Client, project: Project, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    proposal = make_proposal(failures)
    assert "Token expired" in page(lead_client, "proposal_inbox")
    chosen = [failures[0].pk, failures[1].pk]
    post(lead_client, "proposal_decide", proposal.pk, decision="accept", title="Lies about tokens", failures=chosen)
    issue = Issue.objects.get()
    assert issue.title == "Lies about tokens"
    assert sorted(issue.memberships.filter(until=None).values_list("failure_id", flat=True)) == chosen


def test_inbox_attaches_to_an_issue(lead_client: Client, project: Project, issue: Issue, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    proposal = make_proposal(failures)
    post(lead_client, "proposal_decide", proposal.pk, decision="accept", issue="1", failures=[f.pk for f in failures])
    assert (Issue.objects.count(), issue.memberships.count()) == (1, 4)


def location(client: Client, name: str, *args: object, **data: object) -> str:
    response = client.post(reverse(name, args=["acme", *args]), data)
    assert response.status_code == 302
    return response.headers["Location"]


def test_inbox_declines_and_undoes(lead_client: Client, project: Project, lead: User) -> None:
    proposal = make_proposal(tell_all(project, lead, TOKEN))
    post(lead_client, "proposal_decide", proposal.pk, decision="decline")
    html = page(lead_client, "proposal_inbox")
    said = ("Alone so far", "Declined: 1", f"declined by <bdi>{lead}</bdi>")
    assert [words in html for words in said] == [False, True, True]
    # The button in the toast sends the form that stands in the section.
    assert (f'form="undo-{proposal.pk}"' in html, f'id="undo-{proposal.pk}"' in html) == (True, True)
    assert location(lead_client, "proposal_reopen", proposal.pk) == f"/p/acme/proposals/#proposal-{proposal.pk}"
    assert Proposal.objects.get().state == ProposalState.OPEN
    assert f"opened again by <bdi>{lead}</bdi>" in page(lead_client, "proposal_inbox")
    post(lead_client, "proposal_reopen", proposal.pk)
    assert "already decided otherwise" in page(lead_client, "proposal_inbox")


def test_a_declined_title_stays_text_in_the_toast(lead_client: Client, project: Project, lead: User) -> None:
    proposal = make_proposal(tell_all(project, lead, TOKEN), title="<img src=x onerror=alert(1)>")
    post(lead_client, "proposal_decide", proposal.pk, decision="decline")
    html = page(lead_client, "proposal_inbox")
    assert ("Declined: &lt;img src=x" in html, "<img src=x" in html) == (True, False)


def test_a_decision_leads_to_the_next_proposal(lead_client: Client, project: Project, lead: User) -> None:
    sizes = (4, 3, 2)
    top, middle, last = (
        make_proposal(tell_all(project, lead, [TOKEN[0]] * size), title=f"Proposal of {size}") for size in sizes
    )
    inbox = "/p/acme/proposals/"
    assert location(lead_client, "proposal_decide", middle.pk, decision="decline") == f"{inbox}#proposal-{last.pk}"
    assert location(lead_client, "proposal_decide", last.pk, decision="decline") == f"{inbox}#proposal-{top.pk}"
    assert location(lead_client, "proposal_decide", top.pk, decision="decline") == f"{inbox}#main"
    assert location(lead_client, "proposal_decide", top.pk, decision="decline") == f"{inbox}#main"


def test_a_refused_decision_keeps_what_was_entered(lead_client: Client, project: Project, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    proposal = make_proposal(failures)
    other = make_proposal(tell_all(project, lead, TOKEN), title="Another")
    make_issue(make_told(project, lead), lead, "Taken")
    url = reverse("proposal_decide", args=["acme", proposal.pk])

    def answer(**data: object) -> str:
        response = lead_client.post(url, {"decision": "accept", **data})
        assert response.status_code == 422
        return response.content.decode()

    html = answer(title="My own words")
    assert ("My own words</textarea>" in html, "Another</textarea>" in html) == (True, True)
    assert '/account/keys/?next=/p/acme/proposals/"' in html  # a decision's own address can only be posted to
    assert 'id="problem">Choose at least one failure.' in html
    assert (html.count(" checked"), html.count("data-refused")) == (len(other.failures.all()), 1)
    html = answer(title="TAKEN", failures=[failures[0].pk], issue="")
    assert ("TAKEN</textarea>" in html, html.count(" checked")) == (True, 1 + len(TOKEN))
    assert "Failures: Select a valid choice" in answer(title="x", failures=[10**6, "<b>"], issue="1")
    assert "Title: Ensure this value has at most 200" in answer(title="x" * 201, failures=[failures[0].pk])
    assert Proposal.objects.filter(state=ProposalState.OPEN).count() == 2


def test_inbox_asks_the_same_queries_with_1_and_20_proposals(lead_client: Client, project: Project, lead: User) -> None:
    counts = []
    for size in (1, 19):
        for number in range(size):
            for kind in ("open", "declined"):
                title = f"{kind} {size} {number}"
                proposal = make_proposal(tell_all(project, lead, TOKEN[:2]), title=title)
                if kind == "declined":
                    actions.decline_proposal(proposal=proposal, actor=lead)
        with CaptureQueriesContext(connection) as queries:
            page(lead_client, "proposal_inbox")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_inbox_says_how_many_wait(lead_client: Client, project: Project, lead: User) -> None:
    assert "The inbox is empty" in page(lead_client, "proposal_inbox")
    tell_all(project, lead, TOKEN)
    assert "3 failures wait. Grouping runs when there are 5." in page(lead_client, "proposal_inbox")


def test_a_broken_model_is_said_on_board_and_inbox(lead_client: Client, project: Project, lead: User) -> None:
    make_told(project, lead)
    EmbedderFault.objects.create(model_name=model_name(), reason="The model is gone.")
    for name in ("issue_board", "proposal_inbox"):
        assert "Grouping is paused: The model is gone. Nothing is lost: 1 failure waits" in page(lead_client, name)


def test_how_many_of_how_many_were_read_is_told_until_all_are(
    lead_client: Client, project: Project, lead: User, word_embedder: Embedder
) -> None:
    tell_all(project, lead, TOKEN)
    embed_waiting()
    Embedding.objects.order_by("-pk")[0].delete()
    asks = f'hx-get="{reverse("reading_progress", args=[project.slug])}"'
    for name in ("issue_board", "proposal_inbox", "reading_progress"):
        html = page(lead_client, name)
        assert ("Reading new failures: 2 of 3." in html, 'value="2" max="3"' in html, asks in html) == (True,) * 3
    embed_waiting()
    html = page(lead_client, "reading_progress")
    assert ("All 3 new failures were read." in html, asks in html) == (True, False)
    assert "new failures were read" not in page(lead_client, "proposal_inbox")


def test_a_model_that_breaks_while_it_reads_is_said_at_once(lead_client: Client, project: Project, lead: User) -> None:
    make_told(project, lead)
    EmbedderFault.objects.create(model_name=model_name(), reason="The model is gone.")
    html = page(lead_client, "reading_progress")
    assert ("Grouping is paused: The model is gone." in html, "hx-get" in html) == (True, False)


def test_an_issue_is_made_by_hand_from_a_failure(lead_client: Client, failure: Failure) -> None:
    post(lead_client, "issue_create", failure=failure.pk, title="By hand")
    assert Issue.objects.get().title == "By hand"
    assert post(lead_client, "issue_create", failure=10**6, title="By hand") == 404


def test_the_api_page_leads_back_and_names_every_call(client: Client, db: None) -> None:
    assert '<a href="/">Back to Misstep</a>' in client.get("/api/docs/").content.decode()
    paths = client.get("/api/schema/?format=json").json()["paths"]
    calls = [
        f"{method} {path}" for path, methods in paths.items() for method in methods if "summary" not in methods[method]
    ]
    assert calls == []


def test_the_api_page_loads_nothing_from_elsewhere(client: Client, db: None) -> None:
    html = client.get("/api/docs/").content.decode()
    assert ("http://" in html, "https://" in html, "<style" in html, 'data-schema="/api/schema/"' in html) == (
        False,
        False,
        False,
        True,
    )
