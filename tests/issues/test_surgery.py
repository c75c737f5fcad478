"""What a lead does with the failures of an issue on its page: moved, split off, taken out, undone and done again."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Project, Role, User
from annotate.models import Failure
from issues import actions
from issues.models import Constraint, Decision, EventKind, Issue, IssueMembership, Source
from issues.queries import seen_events
from issues.queries.history import history_of
from tests.builders import client_of, make_member
from tests.issues.makers import TOKEN, make_issue, make_told, run, tell_all


@pytest.fixture
def members(issue: Issue, failure: Failure, project: Project, lead: User) -> list[int]:
    """Three failures of the issue."""
    others = tell_all(project, lead, ["another", "a third"])
    actions.attach(issue=issue, failure_ids=[each.pk for each in others], actor=lead)
    return [failure.pk, *(each.pk for each in others)]


@pytest.fixture
def other(project: Project, lead: User) -> Issue:
    return make_issue(make_told(project, lead, "something else"), lead, "Something else")


def send(client: Client, name: str, *args: object, **data: Any) -> Any:
    given = {"client_id": uuid.uuid4(), "number": 1, **data}
    return client.post(reverse(name, args=["acme", *args]), given, follow=True)


def html(response: Any) -> str:
    return str(response.content.decode())


def standing(issue: Issue) -> list[int]:
    rows = IssueMembership.objects.standing().filter(issue=issue)
    return sorted(rows.values_list("failure_id", flat=True))


def test_ticked_failures_move_to_the_issue_that_is_named(
    lead_client: Client, issue: Issue, members: list[int], other: Issue
) -> None:
    answer = send(lead_client, "issue_move_failures", 1, failures=members[1:], issue=f"ISS-{other.number} Something")
    assert answer.redirect_chain == [("/p/acme/issues/1/", 302)]
    assert f"2 failures moved to ISS-{other.number}." in html(answer)
    assert (standing(issue), len(standing(other))) == (members[:1], 3)


@pytest.mark.parametrize("name", ["ISS-2", "2", " iss-2 and words", "SOMETHING  else"])
def test_an_issue_is_named_by_number_or_title(
    lead_client: Client, issue: Issue, members: list[int], other: Issue, name: str
) -> None:
    send(lead_client, "issue_move_failures", 1, failures=members[:1], issue=name)
    assert members[0] in standing(other)


@pytest.mark.parametrize("name", ["ISS-1", "1", "ISS-99", "9" * 40, "nothing", "2 fast", "<b>"])
def test_a_name_that_leads_to_no_other_issue_is_refused_and_what_was_entered_stays(
    lead_client: Client, issue: Issue, members: list[int], other: Issue, name: str
) -> None:
    answer = send(lead_client, "issue_move_failures", 1, failures=members[1:], issue=name, title="My words")
    assert (answer.status_code, "No other issue has this number or title" in html(answer)) == (422, True)
    assert (html(answer).count(" checked"), 'value="My words"' in html(answer)) == (2, True)
    assert standing(issue) == members


def test_ticked_failures_are_split_off_with_a_title(lead_client: Client, issue: Issue, members: list[int]) -> None:
    answer = send(lead_client, "issue_split", 1, failures=members[1:], title="The others")
    assert "2 failures split off as ISS-2: The others" in html(answer)
    assert (standing(issue), standing(Issue.objects.get(number=2))) == (members[:1], members[1:])


def test_a_split_without_a_title_gets_its_own(lead_client: Client, issue: Issue, members: list[int]) -> None:
    send(lead_client, "issue_split", 1, failures=members[1:2])
    assert Issue.objects.get(number=2).title == "another"


def test_ticked_failures_are_taken_out(lead_client: Client, issue: Issue, members: list[int]) -> None:
    assert "2 failures taken out: no machine puts them back here." in html(
        send(lead_client, "issue_take_out", 1, failures=members[1:])
    )
    assert standing(issue) == members[:1]


def test_nothing_ticked_and_what_has_left_meanwhile_are_refused(
    lead_client: Client, issue: Issue, members: list[int], other: Issue
) -> None:
    assert "Tick at least one failure." in html(send(lead_client, "issue_take_out", 1))
    strange = standing(other) + members[:1]
    assert "Meanwhile one of them has left this issue" in html(send(lead_client, "issue_take_out", 1, failures=strange))
    assert "There is no such failure." in html(send(lead_client, "issue_take_out", 1, failures=["x"]))
    assert "has to stay" in html(send(lead_client, "issue_split", 1, failures=members))
    assert (len(standing(issue)), len(standing(other))) == (3, 1)


def test_a_form_sent_twice_counts_once(lead_client: Client, issue: Issue, members: list[int], other: Issue) -> None:
    once = uuid.uuid4()
    before = Decision.objects.count()
    for words in ("1 failure split off as ISS-3: Once", "Done: split of ISS-1."):
        answer = send(lead_client, "issue_split", 1, failures=members[1:2], title="Once", client_id=once)
        assert words in html(answer)
    assert (Decision.objects.count(), Issue.objects.filter(title="Once").count()) == (before + 1, 1)


def test_what_somebody_said_stands_against_it_until_it_is_overruled(
    lead_client: Client, issue: Issue, members: list[int], lead: User
) -> None:
    split, _ = actions.split_issue(issue=issue, failure_ids=members[1:], title="Apart", actor=lead)
    url = reverse("issue_move_failures", args=["acme", split.number])
    given = {"client_id": uuid.uuid4(), "failures": members[1:2], "issue": "ISS-1"}
    refused = lead_client.post(url, given)
    assert refused.status_code == 422
    assert f"{lead} said on" in html(refused)
    assert "that these are different (split of ISS-1)" in html(refused)
    assert f'name="overrule" value="on" formaction="{url}"' in html(refused)
    assert standing(issue) == members[:1]
    lead_client.post(url, {**given, "client_id": uuid.uuid4(), "overrule": "on"})
    assert standing(issue) == members[:2]


def undo_url(answer: Any) -> str:
    """Where the notice's button leads."""
    found = re.search(r'<div class="toast.*?formaction="([^"]+)"[^>]*data-(?:undo|redo)', html(answer), re.DOTALL)
    assert found
    return found[1]


def test_each_act_can_be_undone_and_done_again_from_its_notice(
    lead_client: Client, issue: Issue, members: list[int]
) -> None:
    answer = send(lead_client, "issue_take_out", 1, failures=members[1:])
    for words, left in (("Undone: failures out of ISS-1.", 3), ("Done again: failures out of ISS-1.", 1)):
        given = {"client_id": uuid.uuid4(), "number": 1}
        answer = lead_client.post(undo_url(answer), given, follow=True)
        assert answer.redirect_chain[-1] == ("/p/acme/issues/1/", 302)
        assert (words in html(answer), len(standing(issue))) == (True, left)


def test_history_offers_undo_where_it_may_be_tried_and_says_why_not_elsewhere(
    lead_client: Client, issue: Issue, members: list[int], lead: User
) -> None:
    decision = actions.detach_failures(issue=issue, failure_ids=members[1:], actor=lead)
    page = html(lead_client.get("/p/acme/issues/1/"))
    button = f'formaction="/p/acme/decisions/{decision.pk}/undo/" aria-label="Undo: failures out of ISS-1"'
    assert button in page
    undone = actions.undo(decision=decision, actor=lead)
    page = html(lead_client.get("/p/acme/issues/1/"))
    assert (button in page, f"{lead} undid this already." in page) == (False, True)
    assert f'/p/acme/decisions/{undone.pk}/undo/" aria-label="Redo: undo of failures out of ISS-1"' in page


def test_what_was_done_at_once_is_undone_at_once(
    lead_client: Client, issue: Issue, members: list[int], other: Issue, lead: User
) -> None:
    actions.assign_owner(issue=other, owner=lead, actor=lead)
    decision = actions.merge_issues(into=issue, others=[other], actor=lead)
    act, *_, made = history_of(seen_events(issue))
    kinds = [[event.kind for event in each.events] for each in (act, made)]
    assert kinds == [[EventKind.TOOK_IN, EventKind.ASSIGNED], [EventKind.ATTACHED, EventKind.CREATED]]
    page = html(lead_client.get("/p/acme/issues/1/"))
    assert page.count(f"/p/acme/decisions/{decision.pk}/undo/") == 1


def test_what_cannot_be_undone_is_said(lead_client: Client, issue: Issue, members: list[int], lead: User) -> None:
    decision = actions.detach_failures(issue=issue, failure_ids=members[1:], actor=lead)
    actions.undo(decision=decision, actor=lead)
    assert f"{lead} undid this already." in html(send(lead_client, "decision_undo", decision.pk))
    before = Decision.objects.count()
    assert "Client id: This field is required." in html(send(lead_client, "decision_undo", decision.pk, client_id=""))
    assert Decision.objects.count() == before


def test_undo_from_no_issue_leads_to_the_board(
    lead_client: Client, issue: Issue, members: list[int], lead: User
) -> None:
    decision = actions.detach_failures(issue=issue, failure_ids=members[1:], actor=lead)
    answer = send(lead_client, "decision_undo", decision.pk, number="")
    assert answer.redirect_chain == [("/p/acme/issues/", 302)]
    again = Decision.objects.latest("pk")
    assert send(lead_client, "decision_undo", again.pk, number=99).status_code == 404
    assert not Decision.objects.filter(undoes=again).exists()


def test_what_joined_by_itself_is_told_not_this_one_which_teaches(
    lead_client: Client, project: Project, lead: User
) -> None:
    first, second = tell_all(project, lead, TOKEN[:2])
    issue = make_issue(first, lead)
    run(project)
    row = IssueMembership.objects.get(failure=second, until=None)
    assert row.source in {Source.MATCH, Source.EXACT}
    page = html(lead_client.get("/p/acme/issues/1/"))
    assert f'formaction="/p/acme/decisions/{row.opened_by_id}/undo/?page=1" data-not-this' in page
    assert f'formaction="/p/acme/issues/1/failures/{first.pk}/remove/?page=1" data-not-this' in page
    send(lead_client, "decision_undo", row.opened_by_id)
    assert standing(issue) == [first.pk]
    assert [link.pair() for link in Constraint.objects.filter(ended_by=None)] == [(first.pk, second.pk)]
    run(project)
    assert standing(issue) == [first.pk]


def test_one_failure_is_taken_out_and_the_page_of_the_list_stays(
    lead_client: Client, issue: Issue, members: list[int]
) -> None:
    first, second = (reverse("issue_detach", args=["acme", 1, pk]) for pk in members[:2])
    given = {"client_id": uuid.uuid4()}
    for _ in range(2):  # by a nervous hand
        assert lead_client.post(f"{first}?page=2", given).headers["Location"] == "/p/acme/issues/1/?page=2"
    assert lead_client.post(first, {"client_id": uuid.uuid4()}).status_code == 404  # it is gone
    given = {"client_id": uuid.uuid4()}
    assert lead_client.post(f"{second}?page=%0A", given).headers["Location"] == "/p/acme/issues/1/"
    assert standing(issue) == members[2:]


def test_who_reads_sees_no_tools_and_reaches_none(
    project: Project, issue: Issue, members: list[int], other: Issue, lead: User
) -> None:
    decision = actions.detach_failures(issue=issue, failure_ids=members[2:], actor=lead)
    for role in (Role.REVIEWER, Role.VIEWER):
        client = client_of(make_member(project, role))
        page = html(client.get("/p/acme/issues/1/"))
        assert [
            word for word in ("data-not-this", "ticked-form", "/undo/", "data-merge", "one-act") if word in page
        ] == []
        answers = [
            send(client, "issue_move_failures", 1, failures=members[:1], issue="ISS-2"),
            send(client, "issue_split", 1, failures=members[:1]),
            send(client, "issue_take_out", 1, failures=members[:1]),
            send(client, "issue_merge", 1, issue="ISS-2", into=1),
            send(client, "decision_undo", decision.pk),
            client.get(reverse("issue_merge", args=["acme", 1])),
        ]
        assert {answer.status_code for answer in answers} == {404}
    assert (standing(issue), len(standing(other))) == (members[:2], 1)


def test_an_issue_that_is_over_has_no_tools(
    lead_client: Client, issue: Issue, members: list[int], other: Issue, lead: User
) -> None:
    actions.merge_issues(into=other, others=[issue], actor=lead)
    page = html(lead_client.get("/p/acme/issues/1/?own=1"))
    assert ("ticked-form" in page, "data-merge" in page) == (False, False)
    assert "/undo/" in page  # its history


def test_the_choices_are_narrowed_by_what_is_typed(lead_client: Client, issue: Issue, other: Issue) -> None:
    def offered(**query: str) -> list[bool]:
        page = html(lead_client.get("/p/acme/issues/choices/", query))
        return [f"ISS-{one.number} " in page for one in (issue, other)]

    assert offered() == [True, True]
    assert offered(issue="something") == offered(issue="ISS-2 Something else") == offered(issue="2") == [False, True]
    assert offered(issue="\0nothing") == [False, False]
