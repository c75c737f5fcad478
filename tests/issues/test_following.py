"""What evidence does to issues: fixes that hold or do not, regressions that go quiet, and ignoring that ends."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts.models import Project, User
from annotate.models import Failure, Outcome, Severity
from clustering.sightings import LIKE_ISSUE
from issues import actions
from issues.following import follow
from issues.lifecycle import State
from issues.lifecycle.ignoring import End, EndKind
from issues.models import Decision, EventKind, Issue, LifeRule, Release, Source
from issues.queries.life import ordered_releases, progress_of, release_places
from issues.tasks import follow_all
from tests.builders import NOON, make_failure, make_review, make_session
from tests.issues.makers import make_issue, make_told, withdraw
from traces.models import AgentSession, Signal

LATER = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon(time_machine: TimeMachineFixture) -> TimeMachineFixture:
    time_machine.move_to(NOON, tick=True)
    return time_machine


def session_of(project: Project, release: str, seen: datetime = NOON, **fields: Any) -> AgentSession:
    number = AgentSession.objects.count() + 1
    return make_session(project, f"r-{number}", release=release, started_at=seen, **fields)


def confirm(issue: Issue, lead: User, release: str, seen: datetime = NOON, **fields: Any) -> Failure:
    """A failure of the issue in a session of this release, told now."""
    session = session_of(issue.project, release, seen, **fields)
    failure = make_failure(make_review(session, lead), "again")
    actions.attach(issue=issue, failure_ids=[failure.pk], actor=lead)
    return failure


def clear(project: Project, lead: User, release: str, seen: datetime = NOON, **fields: Any) -> None:
    make_review(session_of(project, release, seen, **fields), lead, Outcome.SUCCESS)


def resolve(issue: Issue, lead: User, release: str = "") -> None:
    actions.move_issue(issue=issue, target=State.RESOLVED, actor=lead, fixed_in_release=release, now=not release)


def followed(issue: Issue) -> str:
    follow(issue.project)
    issue.refresh_from_db()
    return issue.state


def last_decision(issue: Issue) -> Decision:
    event = issue.events.first()
    assert event is not None
    assert event.decision is not None
    return event.decision


def test_releases_are_met_in_the_order_of_first_sight(project: Project) -> None:
    for release, days in (("2.0", 2), ("1.0", 1), ("", 0), ("1.0", 5)):
        session_of(project, release, NOON + timedelta(days=days))
    follow(project)
    assert [row.name for row in ordered_releases(project)] == ["1.0", "2.0"]
    session_of(project, "0.9", NOON)
    session_of(project, "2.0", NOON - timedelta(days=1))
    follow(project)
    assert [row.name for row in ordered_releases(project)] == ["2.0", "0.9", "1.0"]


def test_a_look_that_finds_nothing_new_writes_nothing(project: Project, lead: User, issue: Issue) -> None:
    session_of(project, "1.0")
    follow(project)
    before = list(Release.objects.values()), list(LifeRule.objects.values()), list(Issue.objects.values())
    follow(project)
    assert (list(Release.objects.values()), list(LifeRule.objects.values()), list(Issue.objects.values())) == before


def test_a_confirmed_failure_in_a_later_release_brings_the_issue_back(issue: Issue, lead: User) -> None:
    session_of(issue.project, "2.0", LATER)
    follow(issue.project)
    resolve(issue, lead, "2.0")
    assert followed(issue) == State.RESOLVED
    failure = confirm(issue, lead, "2.1", LATER + timedelta(days=1))
    assert followed(issue) == State.REGRESSED
    event = issue.events.filter(kind=EventKind.MOVED).first()
    assert event is not None
    assert event.detail == {"failures": [failure.pk], "session": failure.session_id, "seen_in": "2.1"}
    assert (event.actor, event.cause) == (None, "It was confirmed again after the fix.")
    assert (issue.fixed_in_release, issue.fixed_at is not None) == ("2.0", True)


def test_an_older_release_that_still_runs_never_does(issue: Issue, lead: User) -> None:
    session_of(issue.project, "2.0", LATER)
    follow(issue.project)
    resolve(issue, lead, "2.0")
    confirm(issue, lead, "1.0", LATER + timedelta(days=9))
    confirm(issue, lead, "", LATER + timedelta(days=9))
    assert followed(issue) == State.RESOLVED


def test_before_the_release_of_the_fix_runs_nothing_regresses(issue: Issue, lead: User) -> None:
    resolve(issue, lead, "3.0")
    confirm(issue, lead, "2.9", LATER)
    assert followed(issue) == State.RESOLVED
    confirm(issue, lead, "3.0", LATER + timedelta(days=1))
    assert followed(issue) == State.REGRESSED


def test_the_order_that_a_lead_told_decides(issue: Issue, lead: User) -> None:
    for days, release in enumerate(("2.0", "hotfix")):
        session_of(issue.project, release, NOON + timedelta(days=days))
    follow(issue.project)
    hotfix = Release.objects.get(name="hotfix")
    actions.place_release(release=hotfix, way=actions.Way.EARLIER, actor=lead)
    resolve(issue, lead, "2.0")
    confirm(issue, lead, "hotfix", LATER)
    assert followed(issue) == State.RESOLVED
    actions.order_by_sight(project=issue.project, actor=lead)
    assert followed(issue) == State.REGRESSED


def test_without_a_release_a_session_later_than_the_fix_does(issue: Issue, lead: User) -> None:
    resolve(issue, lead)
    confirm(issue, lead, "", NOON - timedelta(days=1))
    assert followed(issue) == State.RESOLVED
    confirm(issue, lead, "", LATER)
    assert followed(issue) == State.REGRESSED


def test_what_was_known_when_it_was_fixed_does_not(issue: Issue, lead: User) -> None:
    failure = confirm(issue, lead, "2.0", LATER)
    other = make_issue(make_told(issue.project, lead), lead, "Another")
    resolve(issue, lead, "2.0")
    merge = actions.merge_issues(into=other, others=[issue], actor=lead)
    actions.undo(decision=merge, actor=lead)
    assert issue.memberships.filter(failure=failure, until=None).exists()
    assert followed(issue) == State.RESOLVED


def test_a_withdrawn_failure_does_not(issue: Issue, lead: User) -> None:
    resolve(issue, lead, "2.0")
    withdraw(confirm(issue, lead, "2.0"))
    assert followed(issue) == State.RESOLVED


def test_a_sighting_asks_for_a_review_and_regresses_nothing(issue: Issue, lead: User) -> None:
    resolve(issue, lead, "2.0")
    session = session_of(issue.project, "2.0")
    Signal.objects.create(session=session, kind=LIKE_ISSUE, strength=1.0, sentence="Looks like ISS-1", detail="ISS-1")
    assert followed(issue) == State.RESOLVED


def test_a_regression_that_a_person_undid_stays_undone_until_other_evidence_comes(issue: Issue, lead: User) -> None:
    resolve(issue, lead, "2.0")
    confirm(issue, lead, "2.0")
    assert followed(issue) == State.REGRESSED
    actions.undo(decision=last_decision(issue), actor=lead)
    assert followed(issue) == State.RESOLVED
    confirm(issue, lead, "2.0")
    assert followed(issue) == State.REGRESSED


def test_a_fix_is_verified_by_as_many_reviewed_sessions_as_the_project_asks(issue: Issue, lead: User) -> None:
    actions.set_verified_after(project=issue.project, sessions=3, actor=lead)
    resolve(issue, lead, "2.0")
    clear(issue.project, lead, "2.0")
    clear(issue.project, lead, "2.0")
    for _ in range(9):
        clear(issue.project, lead, "1.0")
        clear(issue.project, lead, "2.0", workflow="other")
        session_of(issue.project, "2.0")
    make_review(session_of(issue.project, "2.0"), lead, Outcome.UNKNOWN)
    assert followed(issue) == State.RESOLVED
    assert progress_of(issue, release_places(issue.project), 3).clear == 2
    clear(issue.project, lead, "2.1", LATER)
    assert followed(issue) == State.VERIFIED
    event = issue.events.first()
    assert event is not None
    assert (event.cause, event.detail) == ("3 reviewed sessions without it.", {"clear": 3, "bound": 0.6316})


def test_without_a_release_what_was_later_verifies(issue: Issue, lead: User) -> None:
    actions.set_verified_after(project=issue.project, sessions=1, actor=lead)
    resolve(issue, lead)
    clear(issue.project, lead, "9", NOON - timedelta(days=1))
    assert followed(issue) == State.RESOLVED
    clear(issue.project, lead, "", LATER)
    assert followed(issue) == State.VERIFIED


def test_a_session_with_it_proves_nothing_for_the_fix(issue: Issue, lead: User) -> None:
    confirm(issue, lead, "2.0")
    resolve(issue, lead, "2.0")
    assert progress_of(issue, {"2.0": 0}, 30).clear == 0


def test_a_verified_issue_regresses_too_and_one_that_was_reopened_does_not(issue: Issue, lead: User) -> None:
    actions.set_verified_after(project=issue.project, sessions=1, actor=lead)
    resolve(issue, lead, "2.0")
    clear(issue.project, lead, "2.0")
    assert followed(issue) == State.VERIFIED
    confirm(issue, lead, "2.0")
    assert followed(issue) == State.REGRESSED
    actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
    confirm(issue, lead, "2.0")
    assert followed(issue) == State.OPEN


def test_a_verification_that_a_person_undid_is_not_repeated(issue: Issue, lead: User) -> None:
    actions.set_verified_after(project=issue.project, sessions=1, actor=lead)
    resolve(issue, lead, "2.0")
    clear(issue.project, lead, "2.0")
    assert followed(issue) == State.VERIFIED
    actions.undo(decision=last_decision(issue), actor=lead)
    assert followed(issue) == State.RESOLVED
    actions.move_issue(issue=issue, target=State.OPEN, actor=lead)
    resolve(issue, lead, "2.0")
    assert followed(issue) == State.VERIFIED


def test_a_regressed_issue_is_open_again_after_a_quiet_fortnight(
    issue: Issue, lead: User, at_noon: TimeMachineFixture
) -> None:
    resolve(issue, lead, "2.0")
    confirm(issue, lead, "2.0", NOON + timedelta(days=3))
    assert followed(issue) == State.REGRESSED
    at_noon.move_to(NOON + timedelta(days=16))
    assert followed(issue) == State.REGRESSED
    at_noon.move_to(NOON + timedelta(days=17, minutes=1))
    assert followed(issue) == State.OPEN
    assert (issue.fixed_in_release, issue.fixed_at) == ("", None)
    actions.undo(decision=last_decision(issue), actor=lead)
    assert followed(issue) == State.REGRESSED


def ignored(issue: Issue, lead: User, until: End) -> None:
    actions.move_issue(issue=issue, target=State.IGNORED, actor=lead, reason="known", until=until)


def test_ignoring_until_a_date_ends_on_it(issue: Issue, lead: User, at_noon: TimeMachineFixture) -> None:
    ignored(issue, lead, End(EndKind.DATE, at=LATER))
    assert followed(issue) == State.IGNORED
    at_noon.move_to(LATER)
    assert followed(issue) == State.OPEN
    event = issue.events.first()
    assert event is not None
    assert (event.cause, event.detail) == (
        "It was ignored until 3 November 2026.",
        {"why": "The date has come: 3 November 2026."},
    )
    assert (issue.ignored_reason, issue.end) == ("", End())
    actions.undo(decision=last_decision(issue), actor=lead)
    assert followed(issue) == State.IGNORED
    assert (issue.ignored_reason, issue.end) == ("known", End(EndKind.DATE, at=LATER))


def test_ignoring_until_more_sessions_counts_only_what_came_since(issue: Issue, lead: User) -> None:
    confirm(issue, lead, "1.0")
    ignored(issue, lead, End(EndKind.SESSIONS, count=2))
    confirm(issue, lead, "1.0")
    assert followed(issue) == State.IGNORED
    confirm(issue, lead, "1.0")
    assert followed(issue) == State.OPEN


def test_ignoring_until_more_users_counts_them_within_the_period(issue: Issue, lead: User) -> None:
    ignored(issue, lead, End(EndKind.USERS, count=2, days=7))
    for user in ("ann", "ann", ""):
        confirm(issue, lead, "1.0", user_ref=user)
    confirm(issue, lead, "1.0", NOON - timedelta(days=8), user_ref="old")
    assert followed(issue) == State.IGNORED
    confirm(issue, lead, "1.0", user_ref="bob")
    assert followed(issue) == State.OPEN


def test_ignoring_for_good_does_not_end(issue: Issue, lead: User, at_noon: TimeMachineFixture) -> None:
    ignored(issue, lead, End())
    confirm(issue, lead, "1.0")
    at_noon.move_to(NOON + timedelta(days=999))
    assert followed(issue) == State.IGNORED


def daily(issue: Issue, lead: User, days: range, each: int) -> None:
    """So many confirmed sessions a day, of as many again that were reviewed and clear."""
    for day in days:
        for _ in range(each):
            seen = NOON - timedelta(days=day)
            failure = make_failure(make_review(session_of(issue.project, "1.0", seen), lead), "again")
            issue.memberships.create(failure=failure, source=Source.PERSON, since=timezone.now())
        for _ in range(12):
            clear(issue.project, lead, "1.0", NOON - timedelta(days=day))


def test_a_flood_escalates_ends_ignoring_and_calms_again(issue: Issue, lead: User, at_noon: TimeMachineFixture) -> None:
    daily(issue, lead, range(4, 32), 1)
    ignored(issue, lead, End(EndKind.ESCALATES))
    assert followed(issue) == State.IGNORED
    daily(issue, lead, range(1, 4), 8)
    assert followed(issue) == State.OPEN
    assert Issue.objects.filter(escalating_since__isnull=False).exists()
    event = issue.events.get(kind=EventKind.ESCALATING)
    assert event.detail["counted"] == 24
    at_noon.move_to(NOON + timedelta(days=5))
    assert followed(issue) == State.OPEN
    assert issue.escalating_since is None
    assert issue.events.filter(kind=EventKind.CALM).count() == 1


def test_more_reviewing_of_the_same_does_not_escalate(issue: Issue, lead: User) -> None:
    daily(issue, lead, range(4, 32), 1)
    for _ in range(8):
        daily(issue, lead, range(1, 4), 1)
    assert followed(issue) == State.NEW
    assert issue.escalating_since is None


def test_severity_follows_the_members_until_a_person_says_it(issue: Issue, lead: User) -> None:
    for _ in range(3):
        failure = make_told(issue.project, lead, severity=Severity.HIGH)
        actions.attach(issue=issue, failure_ids=[failure.pk], actor=lead)
    follow(issue.project)
    issue.refresh_from_db()
    assert issue.severity == Severity.HIGH
    event = issue.events.first()
    assert event is not None
    assert (event.actor, event.detail) == (None, {"before": "medium", "after": "high", "why": "its failures"})
    actions.set_severity(issue=issue, severity=Severity.LOW, actor=lead)
    follow(issue.project)
    issue.refresh_from_db()
    assert issue.severity == Severity.LOW


def test_the_sweep_goes_on_when_one_project_cannot_be_followed(
    issue: Issue, lead: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Project.objects.create(slug="broken", name="Broken")

    def follow_but(project: Project) -> None:
        if project == broken:
            raise ValueError("no")
        follow(project)

    monkeypatch.setattr("issues.tasks.follow", follow_but)
    resolve(issue, lead, "2.0")
    confirm(issue, lead, "2.0")
    follow_all()
    issue.refresh_from_db()
    assert issue.state == State.REGRESSED
    assert "could not be followed" in caplog.text


def test_another_projects_releases_and_reviews_do_not_count(issue: Issue, lead: User) -> None:
    other = Project.objects.create(slug="other", name="Other")
    actions.set_verified_after(project=issue.project, sessions=1, actor=lead)
    resolve(issue, lead, "2.0")
    clear(other, lead, "2.0")
    follow(other)
    assert followed(issue) == State.RESOLVED
    assert [row.name for row in ordered_releases(other)] == ["2.0"]
