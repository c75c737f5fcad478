"""An issue's counts, days and breakdowns, and the board."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, User
from issues.actions import accept_proposal
from issues.models import Issue
from issues.queries import (
    Part,
    as_candidates,
    board_rows,
    breakdown,
    counted_issues,
    open_proposals,
    read_pool,
    sessions_by_day,
    with_steps,
)
from tests.builders import NOON, make_session, make_talk
from tests.issues.makers import LOOP, TOKEN, make_issue, make_proposal, make_told, tell_all, withdraw


@pytest.fixture
def three(project: Project, lead: User) -> Issue:
    """Three failures in two sessions of two days, one user, and a withdrawn one."""
    first = make_session(project, "a", user_ref="ada", started_at=NOON, workflow="refunds", release="1.0")
    second = make_session(
        project, "b", user_ref="ada", started_at=NOON + timedelta(days=2), workflow="orders", release=""
    )
    for session in (first, second):
        make_talk(session)
    failures = [
        make_told(project, lead, TOKEN[0], session=first),
        make_told(project, lead, TOKEN[1], session=first, root_step="k3"),
        make_told(project, lead, TOKEN[2], session=second),
        make_told(project, lead, "withdrawn later"),
    ]
    issue, _ = accept_proposal(proposal=make_proposal(failures), actor=lead)
    withdraw(failures[3])
    return issue


def test_counts_are_of_distinct_sessions_users_and_failures(project: Project, three: Issue) -> None:
    found: Any = counted_issues(project).get()
    assert (found.sessions, found.users, found.failures) == (2, 1, 3)
    assert (found.first_seen, found.last_seen) == (NOON, NOON + timedelta(days=2))


def test_sessions_without_a_user_are_no_user(project: Project, lead: User) -> None:
    make_issue(make_told(project, lead, session=make_session(project)), lead)
    found: Any = counted_issues(project).get()
    assert found.users == 0


def test_days_are_filled_with_zeroes_and_count_sessions(three: Issue) -> None:
    days = sessions_by_day(three)
    assert (len(days), days[-4:]) == (30, [("1 Nov", 0), ("2 Nov", 1), ("3 Nov", 0), ("4 Nov", 1)])


def test_breakdowns_share_the_issues_sessions(three: Issue) -> None:
    listed = f"issue={three.number}&workflow="
    assert breakdown(three, "workflow") == [
        Part("orders", 1, 0.5, listed + "orders"),
        Part("refunds", 1, 0.5, listed + "refunds"),
    ]
    assert {part.label for part in breakdown(three, "release")} == {"1.0", "no release"}
    assert breakdown(three, "tool") == [Part("refund", 2, 1.0), Part("not a tool call", 1, 0.5)]


def test_the_board_shows_days_and_workflows(project: Project, three: Issue) -> None:
    row = board_rows(project, counted_issues(project))[0]
    assert (row.workflows, [count for _, count in row.days][-3:]) == (["orders", "refunds"], [1, 0, 1])
    assert row.words == "2 confirmed sessions from 22 Oct to 4 Nov"


def test_an_empty_board_asks_nothing_strange(project: Project) -> None:
    assert board_rows(project, counted_issues(project)) == []


def test_steps_that_are_gone_leave_the_failure_readable(project: Project, lead: User) -> None:
    told = with_steps([make_told(project, lead, root_step="gone", surfaced_step="k3")])[0]
    assert (told.root, told.surfaced and told.surfaced.position) == (None, 3)


def test_open_proposals_show_only_what_is_free(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, TOKEN)
    make_proposal(failures)
    make_issue(failures[0], lead)
    assert [
        [told.failure for told in candidate.members] for candidate in as_candidates(project, open_proposals(project))
    ] == [failures[1:]]


def test_proposals_are_read_in_the_same_few_queries(project: Project, lead: User) -> None:
    counts = []
    for number in range(2):
        for part in range(1 + 4 * number):
            make_proposal(tell_all(project, lead, TOKEN), title=f"Proposal {number} {part}")
        with CaptureQueriesContext(connection) as queries:
            as_candidates(project, open_proposals(project))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_pool_counts_what_waits_and_what_is_proposed(project: Project, lead: User) -> None:
    failures = tell_all(project, lead, [*TOKEN, *LOOP])
    make_proposal(failures[:3])
    pool = read_pool(project)
    assert (pool.unplaced, pool.unread, pool.proposed, pool.fault) == (5, 5, 3, None)
