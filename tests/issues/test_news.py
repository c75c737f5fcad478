"""What people are told of issues: where somebody named them, and what became of those that they watch."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Project, Role, User
from issues import actions
from issues.lifecycle import State
from issues.models import Issue
from issues.queries.news import unread_news
from tests.builders import client_of, make_member, make_project, make_queue, make_session, make_slot
from tests.counting import count_queries
from tests.issues.makers import make_issue, make_told

BADGE = "for you on issues, not seen yet"


@pytest.fixture
def ada(project: Project, issue: Issue) -> User:
    """She watches the issue."""
    ada = make_member(project, Role.REVIEWER, "ada@example.com")
    actions.watch(issue=issue, user=ada, is_on=True)
    return ada


def news(user: User) -> str:
    return client_of(user).get(reverse("issue_news", args=["acme"])).content.decode()


def unread(user: User) -> int:
    return unread_news(Membership.objects.get(user=user, project__slug="acme"))


def say(issue: Issue, author: User, text: str) -> None:
    actions.say(issue=issue, author=author, client_id=uuid.uuid4(), text=text)


def test_watchers_are_told_what_became_of_the_issue_once(issue: Issue, ada: User, lead: User) -> None:
    assert ("Nothing yet" in news(ada), unread(ada)) == (True, 0)
    actions.move_issue(issue=issue, target=State.IGNORED, actor=lead, reason="known")
    say(issue, lead, "I have seen this before")
    assert unread(ada) == 2
    assert BADGE in client_of(ada).get(reverse("queue_list", args=["acme"])).content.decode()
    html = news(ada)
    assert ["<b>Ignored</b>" in html, "I have seen this before" in html, html.count(">new<")] == [True, True, 2]
    html = news(ada)
    assert ["<b>Ignored</b>" in html, html.count(">new<"), BADGE in html, unread(ada)] == [True, 0, False, 0]


def test_nobody_is_told_what_they_did_or_said_themselves(issue: Issue, lead: User, ada: User) -> None:
    say(issue, lead, "watching from now on")
    actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
    assert ("Nothing yet" in news(lead), unread(lead)) == (True, 0)
    assert unread(ada) == 2


def test_what_happened_before_somebody_watched_is_not_told(issue: Issue, lead: User, ada: User) -> None:
    actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
    actions.watch(issue=issue, user=ada, is_on=False)
    assert unread(ada) == 0
    actions.watch(issue=issue, user=ada, is_on=True)
    assert ("Nothing yet" in news(ada), unread(ada)) == (True, 0)


def test_a_remark_that_names_its_reader_is_told_once(issue: Issue, lead: User, ada: User) -> None:
    say(issue, lead, "@ada@example.com look")
    assert unread(ada) == 1
    html = news(ada)
    assert (html.count("named you <"), html.count("look")) == (1, 1)


def test_what_is_not_watched_or_of_another_project_or_taken_back_is_not_told(
    project: Project, issue: Issue, lead: User, ada: User
) -> None:
    other = make_issue(make_told(project, lead), lead, "Not watched")
    actions.move_issue(issue=other, target=State.OPEN, actor=lead)
    elsewhere = make_project("other")
    theirs = make_issue(make_told(elsewhere, lead), lead, "Elsewhere")
    Membership.objects.create(project=elsewhere, user=ada, role=Role.REVIEWER)
    actions.watch(issue=theirs, user=ada, is_on=True)
    actions.move_issue(issue=theirs, target=State.OPEN, actor=lead)
    say(issue, lead, "never mind")
    actions.take_back(comment=issue.comments.get(), author=lead)
    assert ("Nothing yet" in news(ada), unread(ada)) == (True, 0)


def test_two_who_watch_are_told_each_by_themselves(project: Project, issue: Issue, lead: User, ada: User) -> None:
    bob = make_member(project, Role.VIEWER, "bob@example.com")
    actions.watch(issue=issue, user=bob, is_on=True)
    actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
    news(ada)
    assert (unread(ada), unread(bob)) == (0, 1)
    assert news(bob).count(">new<") == 1


def test_who_is_to_judge_alone_is_told_when_they_have(project: Project, issue: Issue, lead: User, ada: User) -> None:
    slot = make_slot(make_queue(project, "Blind", is_blind=True), make_session(project, "elsewhere"))
    actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
    say(issue, lead, "@ada@example.com look")
    html = news(ada)
    assert ("to judge alone" in html, "look" in html, "ISS-1" in html, unread(ada)) == (True, False, False, 0)
    slot.delete()
    assert unread(ada) == 2
    assert news(ada).count(">new<") == 2


def test_hostile_words_stay_text(lead_client: Client, issue: Issue, lead: User, ada: User) -> None:
    say(issue, lead, "<script>alert(1)</script>")
    actions.move_issue(issue=issue, target=State.IGNORED, actor=lead, reason="<img src=x onerror=alert(1)>")
    assert ("<script>alert" in news(ada), "<img src=x" in news(ada)) == (False, False)


def test_as_many_queries_for_one_thing_as_for_thirty(issue: Issue, lead: User, ada: User) -> None:
    counts = []
    for size in (1, 29):
        for _ in range(size):
            for target in (State.OPEN, State.IN_PROGRESS):
                actions.move_issue(issue=issue, target=target, actor=lead)
            say(issue, lead, "again")
        counts.append(count_queries(client_of(ada), reverse("issue_news", args=["acme"])))
    assert counts[0] == counts[1]
