"""Signals of sessions that went quiet: computed once, again after news, never twice, and nothing else touched."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Project
from tests.builders import NOON, make_project, make_session, make_steps, make_talk, tell
from traces import storing, tasks
from traces.detectors import DETECTORS, Detector
from traces.models import AgentSession, Signal, StepKind
from traces.queries.facts import baseline_of, usual_of
from traces.records import Baseline, Found
from traces.settling import settle_quiet
from traces.words import Words

LATER = NOON + timedelta(minutes=5)


def kinds(session: AgentSession) -> list[tuple[str, str]]:
    return sorted(session.signals.values_list("kind", "step_key"))


def test_settle_quiet_finds_the_signals_of_a_quiet_session(project: Project) -> None:
    session = make_session(project)
    make_talk(session)
    assert settle_quiet(LATER) == 1
    session.refresh_from_db()
    assert kinds(session) == [("hidden_tool_error", "k2"), ("tool_error", "k2")]
    assert (session.settled_revision, session.signal_count) == (1, 2)
    assert session.signal_weight == pytest.approx(1.4)


def test_settle_quiet_waits_for_the_projects_idle_time(project: Project) -> None:
    patient = make_project("patient", idle_seconds=3600)
    mine, theirs = make_session(project), make_session(patient)
    assert settle_quiet(LATER - timedelta(seconds=1)) == 0
    assert settle_quiet(LATER) == 1
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.settled_revision, theirs.settled_revision) == (1, 0)


def test_settle_quiet_does_not_wait_for_a_closed_session(project: Project) -> None:
    make_session(project, closed=True)
    assert settle_quiet(NOON) == 1


def test_settle_quiet_twice_changes_nothing(project: Project) -> None:
    session = make_session(project)
    make_talk(session)
    settle_quiet(LATER)
    before = list(session.signals.values())
    assert settle_quiet(LATER) == 0
    assert list(session.signals.values()) == before


def test_settle_quiet_again_after_late_steps_replaces_only_its_own_signals(project: Project) -> None:
    session = make_session(project)
    *_, answer = make_talk(session)
    said = session.words
    settle_quiet(LATER)
    Signal.objects.create(session=session, kind="like_issue", strength=0.5, sentence="Looks like ISS-1.")
    tell(session, {**said, answer.key: Words("I'm sorry, the refund failed.")})
    AgentSession.objects.update(revision=2)
    assert settle_quiet(LATER) == 1
    session.refresh_from_db()
    assert kinds(session) == [("like_issue", ""), ("tool_error", "k2")]
    assert (session.settled_revision, session.signal_count) == (2, 2)
    assert session.signal_weight == pytest.approx(1.0)


def test_settle_quiet_leaves_a_session_that_changed_meanwhile(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(project)
    make_talk(session)
    real = storing.evidence_of

    def while_news_arrives(*facts: Any) -> object:
        AgentSession.objects.update(revision=2)
        return real(*facts)

    monkeypatch.setattr("traces.settling.evidence_of", while_news_arrives)
    assert settle_quiet(LATER) == 0
    session.refresh_from_db()
    assert (session.settled_revision, session.signals.count()) == (0, 0)


def test_settle_quiet_leaves_a_session_that_another_process_settled(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(project)
    make_talk(session)
    real = storing.evidence_of
    others: list[int] = []

    def while_another_settles(*facts: Any) -> object:
        monkeypatch.setattr("traces.settling.evidence_of", real)
        others.append(settle_quiet(LATER))
        return real(*facts)

    monkeypatch.setattr("traces.settling.evidence_of", while_another_settles)
    assert (settle_quiet(LATER), others) == (0, [1])
    assert session.signals.count() == 2


def test_settle_quiet_survives_a_detector_that_breaks(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_session: object) -> list[Found]:
        raise ValueError("boom")

    monkeypatch.setattr(storing, "DETECTORS", (Detector("broken", 1, {}, broken), *DETECTORS))
    session = make_session(project)
    make_talk(session)
    assert settle_quiet(LATER) == 1
    assert session.signals.count() == 2
    assert caplog.messages == ["The detector broken failed."]


def test_settle_quiet_finds_what_stands_out_in_its_own_workflow(project: Project) -> None:
    for number in range(40):
        make_session(project, f"s-{number}", cost_usd=0.01 + number / 10_000, closed=True)
    dear = make_session(project, "dear", cost_usd=0.9, closed=True)
    make_session(project, "other", workflow="sales", cost_usd=0.9, closed=True)
    assert settle_quiet(NOON) == 42
    assert list(Signal.objects.values_list("session", "kind")) == [(dear.pk, "outlier_cost")]


def test_settle_quiet_needs_the_same_queries_for_1_session_and_for_3(project: Project) -> None:
    def queries(count: int) -> int:
        AgentSession.objects.all().delete()
        for number in range(count):
            make_session(project, f"s-{number}")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert settle_quiet(LATER) == count
        return len(captured)

    queries(1)
    assert queries(3) == queries(1)


def test_baselines_are_of_finished_sessions_of_the_same_workflow(project: Project) -> None:
    for number in range(31):
        make_session(project, f"s-{number}", step_count=number, tokens_in=number, closed=True)
    make_session(project, "open", step_count=999)
    make_session(make_project("other"), "theirs", step_count=999, closed=True)
    found = usual_of(project.pk, "refunds").totals
    assert found["steps"] == Baseline(15, 8, 31)
    assert found["tokens"] == Baseline(15, 8, 31)
    assert "cost" not in found
    assert usual_of(project.pk, "sales").totals == {}


def test_baseline_of_few_known_values_is_unknown() -> None:
    assert baseline_of([1.0] * 29 + [None]) is None


@pytest.mark.django_db
def test_sweep_works_through_all_slices(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [200, 200, 7, 0, 5]
    monkeypatch.setattr(tasks, "settle_quiet", lambda _now: left.pop(0))
    tasks.sweep()
    assert left == [5]


def test_settling_marks_the_end_of_a_session_without_an_answer(project: Project) -> None:
    session = make_session(project)
    make_steps(session, (StepKind.USER, {"text": "Hi"}), (StepKind.TOOL, {"name": "refund", "result": "ok"}))
    settle_quiet(LATER)
    assert kinds(session) == [("unfinished", "k2")]
