"""Detectors run again over history: all of it, once, and nothing but what was asked."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Project, User
from common.errors import Refused
from tests.builders import NOON, make_project, make_session, make_talk
from traces import rerunning, tasks
from traces.actions import SCORE_READERS, set_detector, set_meanings, start_run, stop_run
from traces.detectors import DETECTORS, Detector
from traces.meanings import Reading
from traces.models import AgentSession, DetectorSetting, Score, Signal, SignalRun, ToolUse
from traces.records import Found, SessionFacts, Threshold
from traces.rerunning import has_free_run, run_some
from traces.settling import settle_quiet
from traces.storing import content_of

LATER = NOON + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _silent_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("traces.actions.ring", lambda _task: None)


def history(project: Project, count: int = 3) -> list[AgentSession]:
    """Settled sessions, as a release of long ago left them: a signal that no detector finds now, and no numbers."""
    sessions = [make_session(project, f"s-{number}") for number in range(count)]
    for session in sessions:
        make_talk(session)
    AgentSession.objects.filter(project=project).update(settled_revision=1, signal_count=2, signal_weight=1.4)
    for session in sessions:
        Signal.objects.create(session=session, kind="tool_loop", strength=0.9, sentence="Old.")
        Signal.objects.create(session=session, kind="like_issue", strength=0.5, sentence="Looks like ISS-1.")
    return sessions


def kinds(session: AgentSession) -> list[str]:
    return sorted(session.signals.values_list("kind", flat=True))


def test_run_of_all_replaces_signals_and_fills_what_older_releases_did_not_write(project: Project, lead: User) -> None:
    *_, session = history(project)
    run = start_run(project=project, by=lead)
    assert (run.total, has_free_run()) == (3, True)
    assert run_some(10) == 1
    session.refresh_from_db()
    run.refresh_from_db()
    assert "tool_loop" not in kinds(session)
    assert {"like_issue", "tool_error", "hidden_tool_error"} <= set(kinds(session))
    assert (session.signal_count, session.signals_revision) == (len(kinds(session)), 1)
    assert session.signal_weight == pytest.approx(sum(session.signals.values_list("strength", flat=True)))
    assert session.profile is not None
    assert session.shape != {}
    assert session.detector_set is not None
    assert session.detector_set.content == content_of({})
    assert ToolUse.objects.filter(session=session).values_list("name", "calls", "errors").get() == ("refund", 1, 1)
    assert (run.done, run.total, run.finished_at is not None, has_free_run()) == (3, 3, True, False)


def test_run_of_one_detector_leaves_all_else(project: Project) -> None:
    session, *_ = history(project)
    before = set(kinds(session))
    start_run(project=project, by=None, detectors=["tool_error"])
    run_some(10)
    session.refresh_from_db()
    assert set(kinds(session)) == before | {"tool_error"}
    assert (session.profile, session.shape, session.detector_set) == (None, {}, None)
    assert not ToolUse.objects.exists()


def test_run_of_one_detector_tells_with_what_the_session_was_read(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(project)
    make_talk(session)
    settle_quiet(LATER)
    old = content_of({})
    session.refresh_from_db()
    monkeypatch.setattr(
        "traces.rerunning.content_of", lambda _choices: old | {"tool_error": [9, [], {}], "tool_loop": [9, [], {}]}
    )
    start_run(project=project, by=None, detectors=["tool_error"])
    run_some(10)
    session.refresh_from_db()
    assert session.detector_set is not None
    assert session.detector_set.content == old | {"tool_error": [9, [], {}]}


def test_run_takes_away_what_was_switched_off_also_of_other_apps(project: Project, lead: User) -> None:
    session, *_ = history(project)
    for kind in ("tool_error", "like_issue"):
        set_detector(project=project, by=lead, detector=kind, switched_off=[kind])
    start_run(project=project, by=lead)
    run_some(10)
    assert not {"tool_error", "like_issue"} & set(kinds(session))
    assert "hidden_tool_error" in kinds(session)


def test_run_touches_no_other_project_and_no_session_that_came_later(project: Project) -> None:
    history(project, 1)
    theirs, *_ = history(make_project("other"), 1)
    start_run(project=project, by=None)
    late = make_session(project, "late", settled_revision=1)
    run_some(10)
    for one in (theirs, late):
        one.refresh_from_db()
        assert one.signals_revision == 0


def test_run_passes_over_a_session_that_has_to_be_settled_anyway(project: Project) -> None:
    session, *_ = history(project, 1)
    AgentSession.objects.update(revision=2)
    run = start_run(project=project, by=None)
    run_some(10)
    session.refresh_from_db()
    run.refresh_from_db()
    assert (session.signals_revision, run.done, run.finished_at is not None) == (0, 1, True)


def test_run_goes_on_where_a_killed_worker_left_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    history(project, 5)
    monkeypatch.setattr(rerunning, "AT_ONCE", 2)
    run = start_run(project=project, by=None)
    assert run_some(1) == 1
    SignalRun.objects.update(lease_until=timezone.now() + timedelta(seconds=30))
    assert (run_some(9), has_free_run()) == (0, False)
    SignalRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert run_some(9) == 2
    run.refresh_from_db()
    assert (run.done, run.finished_at is not None) == (5, True)
    assert set(AgentSession.objects.values_list("signals_revision", flat=True)) == {1}


def test_worker_that_was_overtaken_writes_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    history(project, 4)
    monkeypatch.setattr(rerunning, "AT_ONCE", 2)
    run = start_run(project=project, by=None)
    real = rerunning._evidence

    def while_another_works(*facts: Any) -> object:
        monkeypatch.setattr(rerunning, "_evidence", real)
        SignalRun.objects.update(lease_until=None)
        run_some(1)
        return real(*facts)

    monkeypatch.setattr(rerunning, "_evidence", while_another_works)
    run_some(9)
    run.refresh_from_db()
    assert (run.done, run.finished_at is not None) == (4, True)
    assert set(AgentSession.objects.values_list("signals_revision", flat=True)) == {1}


def test_stopped_run_stays_where_it_is(project: Project, lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    history(project, 5)
    monkeypatch.setattr(rerunning, "AT_ONCE", 2)
    run = start_run(project=project, by=lead)
    run_some(1)
    stop_run(run=run, by=lead)
    assert (run_some(9), has_free_run()) == (0, False)
    run.refresh_from_db()
    assert (run.done, run.stopped_by) == (2, lead)
    stop_run(run=run, by=lead)
    assert start_run(project=project, by=lead).done == 0


def test_second_run_of_a_project_is_refused_while_one_goes_on(project: Project, lead: User) -> None:
    start_run(project=project, by=lead)
    with pytest.raises(Refused, match="going on already"):
        start_run(project=project, by=lead)
    with pytest.raises(Refused, match="no detector 'horoscope'"):
        start_run(project=make_project("other"), by=lead, detectors=["horoscope"])


def test_session_that_breaks_the_profile_holds_nothing_up(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_steps: object) -> bytes:
        raise ValueError("boom")

    monkeypatch.setattr("traces.storing.profile_of", broken)
    history(project, 1)
    run = start_run(project=project, by=None)
    run_some(9)
    run.refresh_from_db()
    assert run.finished_at is not None
    assert caplog.messages == ["The profile or the shape of a session failed."]


@pytest.fixture
def speed(monkeypatch: pytest.MonkeyPatch) -> Detector:
    """The only detector, with a limit."""

    def detect(_facts: SessionFacts, times: float = 3.0) -> list[Found]:
        return [Found("slow", "", 0.5, f"{times:g} times.")]

    detector = Detector("speed", 1, {"slow": "Slow"}, detect, {"times": Threshold("Times the median", 3, 2, 10)})
    for place in ("actions", "storing", "rerunning", "queries.detectors"):
        monkeypatch.setattr(f"traces.{place}.DETECTORS", (detector,))
    return detector


def test_run_uses_the_limits_of_its_project(project: Project, lead: User, speed: Detector) -> None:
    session, *_ = history(project, 1)
    set_detector(project=project, by=lead, detector="speed", thresholds={"times": 7})
    start_run(project=project, by=lead)
    run_some(9)
    assert session.signals.get(kind="slow").sentence == "7 times."


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"detector": "horoscope"}, "detector"),
        ({"detector": "speed", "switched_off": ["fast"]}, "switched_off"),
        ({"detector": "novel", "switched_off": ["slow"]}, "switched_off"),
        ({"detector": "speed", "thresholds": {"miles": 3}}, "miles"),
        ({"detector": "speed", "thresholds": {"times": 1.9}}, "times"),
        ({"detector": "speed", "thresholds": {"times": float("nan")}}, "times"),
        ({"detector": "speed", "thresholds": {"least_slow": 1.1}}, "least_slow"),
        ({"detector": "speed", "thresholds": {"least_novel": 0.5}}, "least_novel"),
        ({"detector": "novel", "thresholds": {"least_slow": 0.5}}, "least_slow"),
    ],
)
def test_set_detector_refuses_what_it_does_not_know(
    project: Project, lead: User, speed: Detector, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        set_detector(project=project, by=lead, **said)
    assert refusal.value.field == field
    assert not DetectorSetting.objects.exists()


def test_set_detector_keeps_a_history_of_changes_only(project: Project, lead: User, speed: Detector) -> None:
    def say(**said: Any) -> bool:
        return set_detector(project=project, by=lead, detector="speed", **said)

    changes = [
        say(thresholds={"times": 3}),
        say(thresholds={"times": 4}),
        say(thresholds={"times": 4.0}),
        say(switched_off=["slow"]),
        say(),
    ]
    assert changes == [False, True, False, True, True]
    said = DetectorSetting.objects.values_list("switched_off", "thresholds", "set_by")
    assert list(said) == [([], {"times": 4.0}, lead.pk), (["slow"], {}, lead.pk), ([], {}, lead.pk)]


def test_new_meaning_of_a_score_is_read_into_history(project: Project, lead: User) -> None:
    session = make_session(project, closed=True)
    Score.objects.create(project=project, session=session, identity="x", name="care", value=0)
    settle_quiet(NOON)
    assert kinds(session) == []
    for _ in range(2):
        set_meanings(project=project, chosen={"care": Reading("good")})
        run_some(9)
    assert kinds(session) == ["low_score"]
    assert [run.detectors for run in SignalRun.objects.all()] == [list(SCORE_READERS)]
    assert set(SCORE_READERS) <= {detector.name for detector in DETECTORS}
    start_run(project=project, by=lead)
    set_meanings(project=project, chosen={"care": None})
    assert SignalRun.objects.count() == 2


def test_meaning_of_a_score_that_nobody_gave_has_nothing_read_again(project: Project) -> None:
    set_meanings(project=project, chosen={"care": Reading("good")})
    assert not SignalRun.objects.exists()


def test_sweep_rings_for_a_run_that_nobody_works_on(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[object] = []
    monkeypatch.setattr(tasks, "ring", rung.append)
    tasks.sweep()
    start_run(project=project, by=None)
    tasks.sweep()
    assert rung == [tasks.rerun]


def test_rerun_asks_for_another_turn_while_there_is_more(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[object] = []
    monkeypatch.setattr(tasks, "ring", rung.append)
    monkeypatch.setattr(tasks, "SLICES", 2)
    monkeypatch.setattr(rerunning, "AT_ONCE", 1)
    history(project, 3)
    run = start_run(project=project, by=None)
    for _ in range(2):
        tasks.rerun()
    run.refresh_from_db()
    assert (rung, run.done, run.finished_at is not None) == ([tasks.rerun], 3, True)


def test_command_reads_the_history_of_all_projects(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    history(project, 2)
    history(make_project("other"), 1)
    call_command("rerun_signals")
    assert capsys.readouterr().out == "acme: 2 sessions read again.\nother: 1 session read again.\n"


def test_command_finishes_what_goes_on_and_runs_one_detector(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    history(project, 2)
    start_run(project=project, by=None)
    call_command("rerun_signals", project="acme", detector=DETECTORS[0].name)
    assert capsys.readouterr().out == "acme: 2 sessions read again.\n" * 2
    assert list(SignalRun.objects.order_by("pk").values_list("detectors", flat=True)) == [[], [DETECTORS[0].name]]


def test_command_names_a_project_that_is_not_there(db: None) -> None:
    with pytest.raises(CommandError, match="no project 'nowhere'"):
        call_command("rerun_signals", project="nowhere")
