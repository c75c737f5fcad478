"""Two issues side by side, made one, and where the old number leads."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Project, Role, User
from annotate.models import Failure
from issues import actions
from issues.lifecycle import State
from issues.models import Issue, IssueMembership, Source
from issues.proposing import Comparison, compare
from issues.queries import counted_issues
from issues.queries.nearest import read_issues
from tests.builders import make_failure, make_failure_type, make_queue, make_slot
from tests.issues.makers import LOOP, TOKEN, make_issue, make_told, run, tell_all

URL = "/p/acme/issues/1/merge/"


def gather(failures: list[Failure], lead: User, title: str) -> Issue:
    issue = make_issue(failures[0], lead, title)
    actions.attach(issue=issue, failure_ids=[each.pk for each in failures[1:]], actor=lead)
    return issue


@pytest.fixture
def two(project: Project, lead: User) -> tuple[Issue, Issue]:
    """ISS-1 with two failures, ISS-2 with three of another kind."""
    return gather(tell_all(project, lead, LOOP), lead, "Loops"), gather(tell_all(project, lead, TOKEN), lead, "Tokens")


def compared(*issues: Issue) -> Comparison:
    first, second = (counted_issues(one.project).select_related("project").get(pk=one.pk) for one in issues)
    return compare(first, second)


def merge(client: Client, **data: Any) -> Any:
    return client.post(URL, {"client_id": uuid.uuid4(), "issue": "2", "into": 1, **data}, follow=True)


def html(client: Client, url: str, **query: str) -> str:
    return client.get(url, query).content.decode()


# --- how alike ------------------------------------------------------------------------------------


def test_two_that_differ_are_less_alike_than_each_is_in_itself(project: Project, two: tuple[Issue, Issue]) -> None:
    run(project)
    found = compared(*two)
    assert found.between is not None
    assert (found.first.inside or 0) > found.between
    assert "they look like two" in found.words


def test_two_halves_of_one_are_as_alike_as_each_is_in_itself(project: Project, lead: User) -> None:
    halves = [gather(tell_all(project, lead, TOKEN), lead, title) for title in ("One half", "Other half")]
    run(project)
    found = compared(*halves)
    assert (found.between or 0) > 0.7
    assert "it may well be one failure mode" in found.words


def test_without_vectors_and_with_one_failure_each_little_is_said(project: Project, lead: User) -> None:
    one, other = (make_issue(make_told(project, lead, note), lead, note) for note in (TOKEN[0], LOOP[0]))
    assert (compared(one, other).between, "not known yet" in compared(one, other).words) == (None, True)
    run(project)
    assert "One failure each is little to go by" in compared(one, other).words


def test_types_that_both_have_stand_first(project: Project, two: tuple[Issue, Issue]) -> None:
    shared, alone = make_failure_type(project, "Shared"), make_failure_type(project, "Alone")
    Failure.objects.update(failure_type=shared)
    Failure.objects.filter(issue_memberships__issue=two[1], note__in=TOKEN[:2]).update(failure_type=alone)
    assert compared(*two).types == [("Shared", 2, 1), ("Alone", 0, 2)]


def test_sessions_that_have_both_are_counted(two: tuple[Issue, Issue]) -> None:
    assert compared(*two).shared == 0
    review = Failure.objects.filter(issue_memberships__issue=two[0]).earliest("pk").review
    actions.attach(issue=two[1], failure_ids=[make_failure(review, "and another").pk], actor=review.reviewer)
    assert compared(*two).shared == 1


def test_the_one_with_more_sessions_is_proposed_to_stay(two: tuple[Issue, Issue], project: Project, lead: User) -> None:
    assert (compared(*two).first_stays, compared(*two[::-1]).first_stays) == (False, True)
    third = gather(tell_all(project, lead, ["a", "b", "c"]), lead, "As many")
    assert (compared(two[1], third).first_stays, compared(third, two[1]).first_stays) == (True, False)


# --- the page -------------------------------------------------------------------------------------


def test_the_page_shows_both_before_anything_happens(lead_client: Client, two: tuple[Issue, Issue]) -> None:
    page = html(lead_client, URL, issue="ISS-2 Tokens")
    assert all(words in page for words in ("Are these two one?", "Loops", "Tokens", LOOP[0], TOKEN[0]))
    assert page.index("Merge into ISS-1") < page.index("Merge into ISS-2")
    assert Issue.objects.filter(state=State.MERGED).count() == 0


def test_the_page_says_who_keeps_them_apart(lead_client: Client, two: tuple[Issue, Issue], lead: User) -> None:
    assert "said on" not in html(lead_client, URL, issue="2")
    leaving = list(two[1].memberships.order_by("failure").values_list("failure_id", flat=True)[1:])
    actions.split_issue(issue=two[1], failure_ids=leaving, target=two[0], actor=lead)
    page = html(lead_client, URL, issue="2")
    assert f"{lead} said on" in page
    assert "that these are different (split of ISS-2)" in page


@pytest.mark.parametrize("name", ["ISS-1", "77", "nobody", "9" * 40])
def test_a_name_that_leads_to_no_other_issue_is_refused(
    lead_client: Client, two: tuple[Issue, Issue], name: str
) -> None:
    answer = lead_client.get(URL, {"issue": name})
    assert (answer.status_code, "No other issue has this number" in answer.content.decode()) == (422, True)
    assert merge(lead_client, issue=name).status_code == 422


def test_similar_issues_are_offered(
    lead_client: Client, project: Project, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("One half", "Other half"):
        gather(tell_all(project, lead, TOKEN), lead, title)
    make_issue(make_told(project, lead, "quite different words"), lead, "Far away")
    run(project)
    monkeypatch.setattr("issues.queries.nearest.known_issues", read_issues)
    page = html(lead_client, URL)
    offered = [number for number in (1, 2, 3) if f'href="{URL}?issue={number}"' in page]
    assert offered == [2]


def test_similar_issues_are_asked_for_again_while_they_are_read(
    lead_client: Client, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issues.queries.nearest.known_issues", lambda _project: None)
    monkeypatch.setattr("issues.queries.nearest.is_under_way", lambda _key: True)
    assert "Looking for issues that read alike" in html(lead_client, URL)
    part = lead_client.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in part, 'hx-trigger="load delay:1s"' in part) == (False, True)


def test_nothing_is_offered_to_who_may_not_see_all(
    lead_client: Client, project: Project, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("One half", "Other half"):
        gather(tell_all(project, lead, TOKEN), lead, title)
    run(project)
    monkeypatch.setattr("issues.queries.nearest.known_issues", read_issues)
    hidden = make_told(project, lead, "hidden").session
    slot = make_slot(make_queue(project, is_blind=True), hidden)
    slot.queue.takers.set([lead])
    page = html(lead_client, URL)
    assert (f"{URL}?issue=2" in page, "Left out of what stands here" in page) == (False, True)


def test_comparing_takes_the_same_queries_with_2_and_with_20_failures(
    lead_client: Client, project: Project, two: tuple[Issue, Issue], lead: User
) -> None:
    taken = []
    for size in (1, 18):
        for failure in tell_all(project, lead, [f"more {size} {number}" for number in range(size)]):
            IssueMembership.objects.place(two[0], [failure.pk], source=Source.PERSON)
        with CaptureQueriesContext(connection) as queries:
            html(lead_client, URL, issue="2")
        taken.append(len(queries))
    assert taken[0] == taken[1]


# --- made one -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("into", "gone"), [(1, 2), (2, 1)])
def test_the_two_become_one_and_the_number_that_went_leads_there(
    lead_client: Client, two: tuple[Issue, Issue], into: int, gone: int
) -> None:
    answer = merge(lead_client, into=into)
    assert answer.redirect_chain == [(f"/p/acme/issues/{into}/", 302)]
    assert f"ISS-{gone} is part of ISS-{into} now" in answer.content.decode()
    old = lead_client.get(f"/p/acme/issues/{gone}/")
    assert old.headers["Location"] == f"/p/acme/issues/{into}/?was={gone}"
    assert f"ISS-{gone} was merged into this issue" in html(lead_client, old.headers["Location"])
    assert "where its failures are" in html(lead_client, f"/p/acme/issues/{gone}/?own=1")


def test_a_number_leads_through_two_merges(lead_client: Client, two: tuple[Issue, Issue], lead: User) -> None:
    third = make_issue(make_told(two[0].project, lead, "third"), lead, "Third")
    actions.merge_issues(into=two[1], others=[two[0]], actor=lead)
    actions.merge_issues(into=third, others=[Issue.objects.get(number=2)], actor=lead)
    assert lead_client.get("/p/acme/issues/1/").headers["Location"] == "/p/acme/issues/3/?was=1"
    assert "ISS-1 was merged into this issue" in html(lead_client, "/p/acme/issues/3/", was="1")


@pytest.mark.parametrize("was", ["2", "1", "x", "9" * 40, "-1", "99"])
def test_no_number_is_said_to_lead_where_it_does_not(lead_client: Client, two: tuple[Issue, Issue], was: str) -> None:
    assert "was merged into this issue" not in html(lead_client, "/p/acme/issues/1/", was=was)


def test_a_merge_against_what_was_said_asks_to_be_overruled(
    lead_client: Client, two: tuple[Issue, Issue], lead: User
) -> None:
    leaving = list(two[1].memberships.order_by("failure").values_list("failure_id", flat=True)[1:])
    actions.split_issue(issue=two[1], failure_ids=leaving, target=two[0], actor=lead)
    refused = merge(lead_client)
    page = refused.content.decode()
    assert (refused.status_code, 'name="overrule"' in page, "split of ISS-2" in page) == (422, True, True)
    assert merge(lead_client, overrule="on").redirect_chain == [("/p/acme/issues/1/", 302)]


def test_a_merge_says_which_stays_and_is_sent_once(lead_client: Client, two: tuple[Issue, Issue]) -> None:
    assert "Choose which of the two numbers stays." in merge(lead_client, into=7).content.decode()
    assert "Into: This field is required." in merge(lead_client, into="").content.decode()
    once = uuid.uuid4()
    for words in ("ISS-2 is part of ISS-1 now", "Done: merge of ISS-2 into ISS-1."):
        assert words in merge(lead_client, client_id=once).content.decode()
    assert Issue.objects.filter(state=State.MERGED).count() == 1


def test_what_is_over_is_not_merged(lead_client: Client, two: tuple[Issue, Issue], lead: User) -> None:
    actions.merge_issues(into=two[1], others=[two[0]], actor=lead)
    answer = lead_client.get(URL, follow=True)
    assert "there is nothing to merge" in answer.content.decode()


def test_an_issue_of_withheld_failures_alone_is_not_told(
    project: Project, lead: User, lead_client: Client, two: tuple[Issue, Issue]
) -> None:
    hidden = make_told(project, lead, "hidden")
    secret = make_issue(hidden, lead, "Secret")
    slot = make_slot(make_queue(project, is_blind=True), hidden.session)
    slot.queue.takers.set([lead])
    assert lead_client.get(reverse("issue_merge", args=["acme", secret.number])).status_code == 404
    assert "Secret" not in html(lead_client, URL, issue=str(secret.number))
    assert lead_client.get(URL, {"issue": str(secret.number)}).status_code == 422
    assert merge(lead_client, issue=str(secret.number), into=1).status_code == 422
    assert (Role.LEAD, Issue.objects.filter(state=State.MERGED).count()) == (Role.LEAD, 0)
