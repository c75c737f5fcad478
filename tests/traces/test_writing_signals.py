"""Apps above traces write what they find as signals: their own kind, and nothing else."""

from typing import Any

import pytest

from accounts.models import Project
from tests.builders import make_project, make_session
from traces.actions import write_signals
from traces.models import AgentSession, DetectorSetting, Signal
from traces.records import Found

NOVEL = Found("novel", "", 0.5, "It calls `a`, which no reviewed session did.", "tools")
MARKS = ("signal_count", "signal_weight", "signals_revision")


@pytest.fixture
def session(project: Project) -> AgentSession:
    session = make_session(project, settled_revision=1, signals_revision=1, signal_count=1, signal_weight=1.0)
    Signal.objects.create(session=session, kind="tool_loop", strength=1.0, sentence="It went round in circles.")
    return session


def marks(session: AgentSession) -> tuple[Any, ...]:
    return tuple(AgentSession.objects.values_list(*MARKS).get(pk=session.pk))


def test_write_signals_adds_its_kind_and_counts_all(session: AgentSession) -> None:
    assert write_signals(kind="novel", version=3, found={session.pk: NOVEL}) == 1

    written = Signal.objects.get(session=session, kind="novel")
    assert (written.strength, written.sentence, written.detail, written.detector_version) == (
        0.5,
        "It calls `a`, which no reviewed session did.",
        "tools",
        3,
    )
    assert marks(session) == (2, 1.5, 2)


def test_write_signals_says_when(session: AgentSession) -> None:
    before = session.signals_at
    write_signals(kind="novel", version=1, found={session.pk: NOVEL})

    session.refresh_from_db()
    assert before is not None
    assert session.signals_at is not None
    assert session.signals_at > before


def test_write_signals_twice_changes_nothing(session: AgentSession) -> None:
    write_signals(kind="novel", version=1, found={session.pk: NOVEL})

    assert write_signals(kind="novel", version=1, found={session.pk: NOVEL}) == 0
    assert marks(session) == (2, 1.5, 2)


def test_write_signals_of_another_version_replaces(session: AgentSession) -> None:
    write_signals(kind="novel", version=1, found={session.pk: NOVEL})

    assert write_signals(kind="novel", version=2, found={session.pk: NOVEL}) == 1
    assert Signal.objects.get(kind="novel").detector_version == 2


def test_write_signals_takes_back_what_is_found_no_more(session: AgentSession) -> None:
    write_signals(kind="novel", version=1, found={session.pk: NOVEL})

    assert write_signals(kind="novel", version=1, found={session.pk: None}) == 1
    assert (marks(session), Signal.objects.get().kind) == ((1, 1.0, 3), "tool_loop")


def test_write_signals_leaves_other_sessions_as_they_are(session: AgentSession) -> None:
    other = make_session(session.project, "other")
    write_signals(kind="novel", version=1, found={other.pk: None, session.pk: NOVEL})

    assert marks(other) == (0, 0.0, 0)


def test_write_signals_respects_the_newest_switch_of_each_project(session: AgentSession) -> None:
    for kinds in (["novel"], [], ["novel"]):
        DetectorSetting.objects.create(project=session.project, detector="novel", switched_off=kinds)
    theirs = make_session(make_project("other"), "theirs")

    assert write_signals(kind="novel", version=1, found={session.pk: NOVEL, theirs.pk: NOVEL}) == 1
    assert Signal.objects.get(kind="novel").session == theirs


def test_write_signals_leaves_out_what_is_weaker_than_the_project_wants(session: AgentSession) -> None:
    theirs = make_session(make_project("other"), "theirs")
    for least in (0.4, 0.6):
        DetectorSetting.objects.create(project=session.project, detector="novel", thresholds={"least_novel": least})

    assert write_signals(kind="novel", version=1, found={session.pk: NOVEL, theirs.pk: NOVEL}) == 1
    assert Signal.objects.get(kind="novel").session == theirs
    DetectorSetting.objects.create(project=session.project, detector="novel", thresholds={"least_novel": 0.5})
    assert write_signals(kind="novel", version=1, found={session.pk: NOVEL}) == 1


def test_write_signals_of_a_session_that_is_gone_is_nothing(project: Project) -> None:
    assert write_signals(kind="novel", version=1, found={404: NOVEL}) == 0
