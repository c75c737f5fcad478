"""How bad an issue is, and where it happens: releases, cost, the place in the session, other issues beside it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, User
from annotate.models import Failure, Outcome
from issues.models import Issue, IssueMembership, Release, Source
from issues.proposing import telling_words
from issues.queries import breakdown, listed_by_day
from issues.queries.extent import RELEASES, Cost, OfRelease, cost_of, releases_of
from issues.queries.places import issues_beside, spread, whereabouts
from issues.queries.types import TypeOf, types_of
from tests.builders import NOON, make_failure, make_failure_type, make_review, make_session, make_talk
from tests.issues.makers import LOOP, TOKEN, make_issue, make_told, run, tell_all, withdraw
from traces.models import AgentSession


def add(issue: Issue, *failures: Failure) -> None:
    for failure in failures:
        IssueMembership.objects.place(issue, [failure.pk], source=Source.PERSON)


def session_of(project: Project, name: str, **fields: Any) -> AgentSession:
    session = make_session(project, name, **fields)
    make_talk(session)
    return session


# --- where in the session -------------------------------------------------------------------------


def counts(*places: tuple[int | None, int | None, int]) -> list[int]:
    return [count for _, count in spread(places).parts]


def test_a_session_is_cut_into_ten_parts() -> None:
    assert counts((1, None, 10), (10, None, 10)) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert counts((1, None, 1), (2, None, 3), (3, None, 3)) == [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert counts((7, None, 3)) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]  # the session has grown since its steps were counted


def test_steps_that_are_gone_are_told_apart() -> None:
    found = spread([(None, None, 10), (None, 3, 10), (4, None, 10)])
    assert (found.placed, found.lost, found.later, found.told) == (1, 2, None, 0)


def test_how_much_later_it_showed_is_the_middle_case() -> None:
    found = spread([(1, 2, 10), (1, 10, 10), (1, 4, 10), (1, None, 10)])
    assert (found.later, found.told) == (3, 3)


def test_the_picture_is_said_in_words() -> None:
    words = spread([(1, None, 10), (10, None, 10), (10, None, 10)]).words
    assert words == "2 of 3 first went wrong in the last tenth of the session, in no other part were more"


def test_places_are_read_from_the_steps(issue: Issue, failure: Failure) -> None:
    AgentSession.objects.update(step_count=3)
    Failure.objects.update(surfaced_step="k3")
    found = whereabouts(issue)
    assert ([count for _, count in found.parts], found.later) == ([0, 0, 0, 0, 0, 1, 0, 0, 0, 0], 1)
    Failure.objects.update(root_step="gone")
    assert (whereabouts(issue).placed, whereabouts(issue).lost) == (0, 1)


# --- how bad --------------------------------------------------------------------------------------


def test_releases_stand_with_what_was_reviewed_of_them(project: Project, issue: Issue, lead: User) -> None:
    for days, release in enumerate(["2.0", "2.0", "2.1"], start=1):
        session = session_of(project, f"r-{days}", release=release, started_at=NOON + timedelta(days=days))
        review = make_review(session, lead, outcome=Outcome.SUCCESS)
        if days == 1:
            add(issue, make_failure(review), make_failure(review))
    rows = releases_of(issue).rows
    assert rows == [OfRelease("2.1", 0, 1), OfRelease("2.0", 1, 2), OfRelease("1.0", 1, 1)]
    assert [row.share for row in rows] == [0, 0.5, 1]
    for place, release in enumerate(["1.0", "2.1", "2.0"]):  # a lead knows better than first sight
        Release.objects.create(project=project, name=release, place=place)
    assert [row.name for row in releases_of(issue).rows] == ["2.0", "2.1", "1.0"]


def test_older_releases_are_counted(project: Project, issue: Issue, lead: User) -> None:
    for number in range(RELEASES + 1):
        fields = {"release": f"9.{number}", "started_at": NOON + timedelta(days=1 + number)}
        make_review(session_of(project, f"r-{number}", **fields), lead)
    found = releases_of(issue)
    assert (found.rows[0].name, len(found.rows), found.left_out) == (f"9.{RELEASES}", RELEASES, 2)


def test_a_session_costs_once_however_often_it_failed(project: Project, issue: Issue, failure: Failure) -> None:
    add(issue, make_failure(failure.review))
    assert cost_of(issue) == Cost(None, None, 0)
    AgentSession.objects.update(cost_usd=0.5)
    assert cost_of(issue) == Cost(0.5, 0.5, 1)


def test_each_day_leads_to_its_sessions(issue: Issue) -> None:
    days = listed_by_day(issue)
    assert (len(days), days[-1]) == (30, ("2 Nov", 1, "issue=1&start=2026-11-02&end=2026-11-02"))


# --- where ----------------------------------------------------------------------------------------


def test_breakdowns_lead_to_the_sessions_where_a_filter_tells_them(issue: Issue) -> None:
    found = {by: [(part.label, part.query) for part in breakdown(issue, by)] for by in ("model", "tool", "step")}
    assert found == {
        "model": [("no model", "issue=1&known=no_model")],
        "tool": [("refund", "")],
        "step": [("Tool call", "")],
    }
    assert breakdown(issue, "workflow")[0].query == "issue=1&workflow=refunds"
    Failure.objects.update(root_step="gone")
    assert breakdown(issue, "step")[0].label == "a step that is gone"


def test_issues_of_the_same_sessions_stand_with_how_often_they_come_at_all(
    project: Project, issue: Issue, failure: Failure, lead: User
) -> None:
    other = make_issue(make_failure(failure.review, "It also looped."), lead, "Loops")
    add(other, make_told(project, lead, "elsewhere"))
    add(issue, make_told(project, lead, "alone"))
    make_issue(make_told(project, lead, "far away"), lead, "Never beside it")
    [row] = issues_beside(issue, 2)
    assert (row.issue, row.together, row.in_all, row.share) == (other, 1, 2, 0.5)
    withdraw(Failure.objects.get(note="It also looped."))
    assert issues_beside(issue, 2) == []


def test_issues_beside_take_the_same_queries_for_one_and_for_five(
    project: Project, issue: Issue, failure: Failure, lead: User
) -> None:
    taken = []
    for size in (1, 4):
        for number in range(size):
            make_issue(make_failure(failure.review, "again"), lead, f"Beside {size} {number}")
        with CaptureQueriesContext(connection) as queries:
            issues_beside(issue, 1)
        taken.append(len(queries))
    assert taken == [3, 3]


# --- what it is -----------------------------------------------------------------------------------


@pytest.fixture
def two(project: Project, lead: User) -> tuple[Issue, Issue]:
    return (
        make_issue_of(tell_all(project, lead, TOKEN), lead, "Tokens"),
        make_issue_of(tell_all(project, lead, LOOP), lead, "Loops"),
    )


def make_issue_of(failures: list[Failure], lead: User, title: str) -> Issue:
    issue = make_issue(failures[0], lead, title)
    add(issue, *failures[1:])
    return issue


def test_words_tell_an_issue_from_the_others(project: Project, two: tuple[Issue, Issue]) -> None:
    assert telling_words(two[0]) == []
    run(project)
    tokens, loops = telling_words(two[0]), telling_words(two[1])
    assert ("token" in tokens, "looped" in loops) == (True, True)
    assert not set(tokens) & set(loops)


def test_words_that_all_issues_share_come_after_those_that_tell(project: Project, lead: User) -> None:
    notes = [f"the parcel waited, its token expired {again}" for again in ("once", "twice")]
    issue = make_issue_of(tell_all(project, lead, notes), lead, "Tokens")
    make_issue_of(tell_all(project, lead, ["the parcel waited, lost"]), lead, "Parcels")
    run(project)
    assert telling_words(issue)[:2] == ["expired", "token"]


def test_types_are_counted_with_what_the_team_wrote_of_them(project: Project, issue: Issue, failure: Failure) -> None:
    assert types_of(issue) == []
    kind = make_failure_type(project, "Silent failure", description="Says done, was not.")
    Failure.objects.update(failure_type=kind)
    assert types_of(issue) == [TypeOf(kind.pk, "Silent failure", "Says done, was not.", 1)]
