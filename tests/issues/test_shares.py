"""The estimated share of an issue: on the board, on its page and over the API, beside the confirmed count."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Project, User
from annotate.models import Failure, Outcome, Queue, Stratum
from annotate.sampling import place_of
from clustering.sightings import LIKE_ISSUE
from issues.models import Issue, Recognition
from issues.queries import counted_issues
from issues.queries.shares import issue_saturation, issue_shares
from issues.queries.sightings import sighted
from tests.annotate.readers import make_traffic, read_at_random, review_in
from tests.builders import make_failure, make_key, make_queue, make_review, make_session
from tests.counting import count_queries
from tests.issues.makers import make_issue
from traces.models import AgentSession, Signal


@pytest.fixture
def queue(project: Project) -> Queue:
    return make_queue(project)


@pytest.fixture
def read(queue: Queue, lead: User) -> list[AgentSession]:
    """100 sessions, 40 of them drawn and read; these, in their reading order. The first four fail."""
    make_traffic(queue.project, 100)
    drawn = sorted(
        (one for one in AgentSession.objects.all() if place_of(queue.pk, one.draw) < 0.4),
        key=lambda one: place_of(queue.pk, one.draw),
    )
    reviews = read_at_random(queue, lead, 0.4, failed=drawn[:4])
    for session in drawn[:4]:
        make_failure(reviews[session.pk])
    return drawn


def gather(project: Project, lead: User) -> Issue:
    """One issue of all failures there are."""
    failures = list(Failure.objects.filter(project=project).order_by("pk"))
    issue = make_issue(failures[0], lead)
    for failure in failures[1:]:
        issue.memberships.create(failure=failure, source="person", since=failure.created_at)
    return issue


def test_an_issues_share_counts_its_drawn_sessions(read: list[AgentSession], project: Project, lead: User) -> None:
    issue = gather(project, lead)
    share = issue_shares(project, counted_issues(project))[issue.pk]
    assert (share.estimate, share.found, share.reviewed, share.frame) == (0.1, 4, 40, 100)


def test_ranked_sessions_count_as_confirmed_and_not_as_drawn(
    read: list[AgentSession], queue: Queue, lead: User
) -> None:
    others = [one for one in AgentSession.objects.all() if place_of(queue.pk, one.draw) >= 0.4]
    for session in others[:3]:
        make_failure(review_in(queue, session, lead, Outcome.FAILURE))
    issue = gather(queue.project, lead)
    share = issue_shares(queue.project, counted_issues(queue.project))[issue.pk]
    assert (share.estimate, share.found, share.reviewed) == (0.1, 7, 43)


def test_a_narrow_queue_counts_only_what_lies_in_its_frame(project: Project, lead: User) -> None:
    make_traffic(project, 60, first="b", workflow="b")
    narrow = make_queue(project, filters={"workflow": "b"})
    reviews = read_at_random(narrow, lead, 0.5, failed=AgentSession.objects.all())
    make_failure(next(iter(reviews.values())))
    make_failure(make_review(make_session(project, "elsewhere", workflow="a"), lead))
    issue = gather(project, lead)
    share = issue_shares(project, counted_issues(project))[issue.pk]
    assert (share.found, share.frame, share.sampled) == (1, 60, 30)


def test_the_board_fetches_shares_after_it_was_shown(
    lead_client: Client, read: list[AgentSession], project: Project, lead: User
) -> None:
    issue = gather(project, lead)
    board = lead_client.get(reverse("issue_board", args=["acme"])).content.decode()
    assert f'hx-get="/p/acme/issues/shares/?issue={issue.number}&amp;"' in board
    assert f'id="share-{issue.number}"' in board
    html = lead_client.get(reverse("issue_shares", args=["acme"]), {"issue": [str(issue.number), "x", str(9**30)]})
    assert "about 10 % of sessions (4.0–20)" in html.content.decode()
    assert "In 4 of 40 reviewed" in html.content.decode()


def test_the_board_tells_suggested_sessions_apart(
    lead_client: Client, read: list[AgentSession], project: Project, lead: User
) -> None:
    issue = gather(project, lead)
    unread = AgentSession.objects.filter(project=project, reviews=None)[:3]
    for session in [read[0], *unread]:  # what somebody has read is suggested no more
        Signal.objects.create(session=session, kind=LIKE_ISSUE, strength=0.9, detail=f"ISS-{issue.number}")
    assert sighted(project, [issue.number, 99]) == {issue.number: 3}
    html = lead_client.get(reverse("issue_shares", args=["acme"]), {"issue": issue.number}).content.decode()
    assert f'<a href="/p/acme/sessions/?like_issue={issue.number}&amp;judged=none">3</a>' in html


def test_shares_ask_the_same_queries_for_1_and_50_issues(
    lead_client: Client, read: list[AgentSession], project: Project, lead: User
) -> None:
    counts = []
    for size in (1, 49):
        for n in range(size):
            make_issue(make_failure(make_review(read[n % 40], lead)), lead, f"Issue {size} {n}")
        numbers = list(Issue.objects.values_list("number", flat=True))
        counts.append(count_queries(lead_client, reverse("issue_shares", args=["acme"]), {"issue": numbers}))
    assert counts[0] == counts[1]


def test_the_page_says_the_share_and_how_it_was_told(
    lead_client: Client, read: list[AgentSession], project: Project, lead: User
) -> None:
    issue = gather(project, lead)
    html = lead_client.get(reverse("issue_page", args=["acme", issue.number])).content.decode()
    assert "In 4 of 40 reviewed; about 10 % of sessions (4.0–20)." in html
    assert "Estimated for 100 sessions from 40 of them, drawn at random and judged." in html


def test_the_page_says_why_there_is_no_share(lead_client: Client, issue: Issue) -> None:
    html = lead_client.get(reverse("issue_page", args=["acme", issue.number])).content.decode()
    assert "none read at random yet, so no share of all sessions is known." in html
    assert "Nothing is suggested before 5 sessions are confirmed" in html


def test_sightings_stand_apart_with_how_often_they_are_right(
    lead_client: Client, issue: Issue, project: Project, lead: User
) -> None:
    for name in ("unread", "reviewed"):
        session = make_session(project, name, title=f"The {name} one")
        Signal.objects.create(
            session=session, kind=LIKE_ISSUE, detail=f"ISS-{issue.number}", strength=0.8, sentence="Looks like it."
        )
    make_review(session, lead)
    known = Recognition.objects.create(
        issue=issue,
        version=1,
        model_name="m",
        weights=b"",
        bias=0,
        threshold=0,
        precision=0.83,
        recall=0.5,
        positives=6,
        negatives=40,
        is_good=True,
        learned_from="x",
    )
    html = lead_client.get(reverse("issue_page", args=["acme", issue.number])).content.decode()
    assert "1 unreviewed session looks like this" in html
    assert ("The unread one" in html, "The reviewed one" in html) == (True, False)
    assert "it was right about 83 of 100, and found 50 of 100 confirmed ones." in html
    known.is_good, known.pk = False, None
    known.save()
    html = lead_client.get(reverse("issue_page", args=["acme", issue.number])).content.decode()
    assert "it would have been wrong too often." in html


def test_the_api_tells_estimates_and_weights(read: list[AgentSession], queue: Queue, lead: User) -> None:
    ranked = next(one for one in AgentSession.objects.all() if place_of(queue.pk, one.draw) > 0.5)
    make_failure(review_in(queue, ranked, lead, Outcome.FAILURE, Stratum.PRIORITY))
    issue = gather(queue.project, lead)
    api = Client(headers={"authorization": f"Bearer {make_key(queue.project)}"})
    told = api.get("/api/v1/issues/").json()["results"][0]
    assert told["estimate"]["share"] == 0.1
    assert {name: told["estimate"][name] for name in ("sampled", "frame", "reviewed")} == {
        "sampled": 40,
        "frame": 100,
        "reviewed": 41,
    }
    assert api.get(f"/api/v1/issues/{issue.number}/").json()["issue"] == told
    rows = api.get("/api/v1/failures/").json()["results"]
    assert [row["weight"] for row in rows] == [2.5] * 4 + [None]
    lines = b"".join(api.get("/api/v1/failures/?format=jsonl")).splitlines()
    assert [json.loads(line)["weight"] for line in lines] == [2.5] * 4 + [None]


def test_reading_on_shows_new_issues(read: list[AgentSession], project: Project, lead: User) -> None:
    gather(project, lead)
    told = issue_saturation(project)
    assert (told.reviews, told.finds, told.kinds, told.noun) == (40, 4, 1, "issue")
