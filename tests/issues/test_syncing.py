"""A program's copy of labelled failures: whatever changes in a row, the next call for what has changed tells it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Project, Role, User
from annotate.actions.gold import unsettle
from annotate.actions.types import edit_type, merge_types
from annotate.actions.undoing import undo_review
from annotate.models import Failure, Outcome, Review
from annotate.queries.gold import gold_of
from ingest.models import Intake
from issues import actions
from issues.export import OVERLAP
from issues.lifecycle import State
from issues.models import Issue, IssueMembership
from tests.builders import (
    NOON,
    make_member,
    make_review,
)
from tests.issues.calling import get
from tests.issues.makers import make_issue, make_told
from tests.issues.told_world import World, make_world, rows
from traces.models import AgentSession
from traces.settling import settle_quiet

LONG_AGO = NOON - timedelta(days=9)
# What changes with everything that is read, and is asked for anew: see docs/api.md.
OF_ALL = {"weight", "selection_probability", "stratum"}


@pytest.fixture
def world(project: Project, lead: User) -> World:
    return make_world(project, lead)


def taken_back(failure: Failure) -> None:
    assert failure.review.slot is not None
    undo_review(slot=failure.review.slot, reviewer=failure.review.reviewer)


def another_issue(world: World) -> Issue:
    return Issue.objects.filter(project=world.project, title="Another").first() or make_issue(
        make_told(world.project, world.lead, "Something else."), world.lead, "Another"
    )


def redacted(world: World) -> None:
    Intake.objects.create(project=world.project, redact=["email"])
    call_command("redact_stored", "--project", world.project.slug, stdout=StringIO(), stderr=StringIO())


def told_anew(world: World) -> None:
    """The session's content changes, and it falls quiet again."""
    AgentSession.objects.filter(pk=world.session.pk).update(release="2.0", revision=2)
    settle_quiet(NOON + timedelta(days=1))


def settled(world: World) -> None:
    world.settle()


def unsettled(world: World) -> None:
    standing = gold_of(world.session)
    assert standing is not None
    unsettle(session=world.session, lead=world.lead, gold_id=standing.pk)


def renamed_type(world: World) -> None:
    assert world.failure.failure_type is not None
    edit_type(kind=world.failure.failure_type, actor=world.lead, name="Renamed", description="", group="")


def merged_type(world: World) -> None:
    one, other = world.failure.failure_type, world.others.failure_type
    assert one is not None
    assert other is not None
    merge_types(into=other, type_ids=[one.pk], actor=world.lead)


def unmade(world: World) -> None:
    assert world.issue.made_by is not None
    actions.undo(decision=world.issue.made_by, actor=world.lead)


def judged_anew(world: World) -> None:
    make_review(world.session, make_member(world.project, Role.REVIEWER, "cleo@example.com"), Outcome.SUCCESS)


def praise_taken_back(world: World) -> None:
    Review.objects.filter(session=world.session, outcome=Outcome.SUCCESS).update(withdrawn_at=timezone.now())


CHANGES: dict[str, Callable[[World], object]] = {
    "its type is renamed": renamed_type,
    "its type is merged": merged_type,
    "its reviewer takes it back": lambda world: taken_back(world.failure),
    "another reviewer takes theirs back": lambda world: taken_back(world.others),
    "somebody judges the session anew": judged_anew,
    "somebody takes back that nothing went wrong": praise_taken_back,
    "it is put into another issue": lambda world: actions.move_failures(
        failure_ids=[world.failure.pk], target=another_issue(world), actor=world.lead
    ),
    "it is taken out of its issue": lambda world: actions.detach_failures(
        issue=world.issue, failure_ids=[world.failure.pk], actor=world.lead
    ),
    "its issue is merged": lambda world: actions.merge_issues(
        into=another_issue(world), others=[world.issue], actor=world.lead
    ),
    "its issue is renamed": lambda world: actions.rename_issue(issue=world.issue, title="Renamed", actor=world.lead),
    "its issue is moved": lambda world: actions.move_issue(issue=world.issue, target=State.OPEN, actor=world.lead),
    "the making of its issue is undone": unmade,
    "a lead settles with it": lambda world: world.settle(Outcome.FAILURE, adopted=[world.failure.pk]),
    "a lead settles without it": settled,
    "a lead settles otherwise": settled,
    "a lead takes the settlement back": unsettled,
    "private words are taken out of its session": redacted,
    "its session is told anew": told_anew,
}
# What must be so before.
BEFORE: dict[str, Callable[[World], object]] = {
    "somebody takes back that nothing went wrong": judged_anew,
    "a lead settles otherwise": lambda world: world.settle(Outcome.UNKNOWN),
    "a lead takes the settlement back": settled,
}


def age() -> None:
    """All that was said was said long ago."""
    Failure.objects.update(updated_at=LONG_AGO)
    Issue.objects.update(updated_at=LONG_AGO)
    AgentSession.objects.update(signals_at=LONG_AGO)
    Review.objects.update(submitted_at=LONG_AGO)
    Review.objects.filter(withdrawn_at__isnull=False).update(withdrawn_at=LONG_AGO)
    IssueMembership.objects.update(since=LONG_AGO)
    IssueMembership.objects.filter(until__isnull=False).update(until=LONG_AGO)


def content(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in OF_ALL}


def moment(text: str) -> datetime:
    found = parse_datetime(text)
    assert found is not None
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_in_a_row_is_told(api: Client, world: World, name: str) -> None:
    BEFORE.get(name, id)(world)
    age()
    before, since = rows(api)[world.failure.pk], timezone.now()
    assert rows(api, updated_since=since.isoformat()) == {}
    CHANGES[name](world)
    after = rows(api)[world.failure.pk]
    assert content(after) != content(before)
    assert rows(api, updated_since=since.isoformat())[world.failure.pk] == after
    assert moment(after["updated_at"]) >= since
    assert moment(before["updated_at"]) == LONG_AGO


def test_what_happens_to_another_failure_of_the_session_is_told_of_both(api: Client, world: World) -> None:
    """Where one is put says whether the other is for training or for testing."""
    age()
    since = timezone.now()
    actions.attach(issue=another_issue(world), failure_ids=[world.others.pk], actor=world.lead)
    assert {world.failure.pk, world.others.pk} <= rows(api, updated_since=since.isoformat()).keys()


def test_other_sessions_are_not_told_again(api: Client, world: World) -> None:
    elsewhere = make_told(world.project, world.lead, "Nothing new here.")
    age()
    since = timezone.now()
    actions.rename_issue(issue=world.issue, title="Renamed", actor=world.lead)
    assert elsewhere.pk not in rows(api, updated_since=since.isoformat())


def walk(api: Client, change: Callable[[], object], **query: Any) -> tuple[dict[int, Any], str]:
    """All pages of one row each, with a change after the first, and what to ask with next time."""
    found: dict[int, Any] = {}
    page = get(api, "failures/", limit=1, **query)
    change()
    while True:
        found |= {row["id"]: row for row in page["results"]}
        if page["next"] is None:
            return found, page["next_since"]
        page = get(api, "failures/", limit=1, cursor=page["next"], **query)


@pytest.mark.parametrize("name", CHANGES)
def test_a_copy_that_is_read_while_things_change_is_right_with_the_next_call(
    api: Client, world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issues.api.failures.OVERLAP", timedelta(0))
    BEFORE.get(name, id)(world)
    age()
    copy, since = walk(api, lambda: CHANGES[name](world))
    news, _ = walk(api, lambda: None, updated_since=since)
    whole = {pk: content(row) for pk, row in rows(api).items()}
    assert {pk: content(row) for pk, row in (copy | news).items()} == whole


def test_the_next_call_asks_again_for_what_was_written_just_before_this_one(api: Client, world: World) -> None:
    """What a transaction wrote is dated before others can see it."""
    before = timezone.now()
    pages = [get(api, "failures/", limit=1)]
    pages.append(get(api, "failures/", limit=1, cursor=pages[0]["next"]))
    assert pages[0]["next_since"] == pages[1]["next_since"]
    assert before - OVERLAP <= moment(pages[0]["next_since"]) <= timezone.now() - OVERLAP


@pytest.mark.parametrize("name", ["jsonl", "csv"])
def test_streams_say_when_to_ask_from_in_a_header(api: Client, world: World, name: str) -> None:
    before = timezone.now()
    answer = api.get("/api/v1/failures/", {"format": name})
    assert before - OVERLAP <= moment(answer["Misstep-Next-Since"]) <= timezone.now() - OVERLAP


def test_the_same_queries_serve_1_and_50_failures_that_changed(api: Client, world: World) -> None:
    since = timezone.now() - timedelta(days=1)
    query = {"updated_since": since.isoformat()}
    get(api, "failures/", **query)  # notes the key's use, at most once a minute
    counts = []
    for size in (0, 48):
        for number in range(size):
            make_issue(make_told(world.project, world.lead, "again"), world.lead, f"Issue {number}")
        with CaptureQueriesContext(connection) as queries:
            assert len(get(api, "failures/", **query)["results"]) == size + 2
        counts.append(len(queries))
    assert counts[0] == counts[1]
