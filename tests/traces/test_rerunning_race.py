"""Processes work on one run, others settle the same sessions. All are read again, each as often as was counted."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.builders import make_project, make_session, make_talk
from tests.races import goes_wrong, race
from traces.models import Signal
from traces.settling import settle_quiet

SESSIONS = 60
RUN = "SELECT done, finished_at IS NOT NULL FROM traces_signalrun"
UNSETTLED = "SELECT count(*) FROM traces_agentsession WHERE settled_revision < revision"
OLD = "SELECT count(*) FROM traces_signal WHERE sentence = 'Old.'"
SIGNALS = "SELECT count(*) FROM traces_signal"
MISCOUNTED = (
    "SELECT count(*) FROM traces_agentsession s WHERE signal_count <>"
    " (SELECT count(*) FROM traces_signal WHERE session_id = s.id)"
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def raced(variants: list[str], folder: Path) -> list[tuple[Any, ...]]:
    """What the processes left behind: of the run, and of each of the other questions."""
    project = make_project()
    for number in range(SESSIONS):
        make_talk(make_session(project, f"s{number}"))
    while settle_quiet(timezone.now()):
        pass
    Signal.objects.filter(kind="tool_error").update(sentence="Old.")
    project.signal_runs.create(total=SESSIONS)
    race("tests.traces.race_rerunning", [[variant] for variant in variants], folder)
    return [asked(question, folder) for question in (RUN, UNSETTLED, OLD, SIGNALS, MISCOUNTED)]


def asked(question: str, folder: Path) -> tuple[Any, ...]:
    """The one row that answers, from where the processes worked."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(question)
            return tuple(cursor.fetchone())
    with closing(sqlite3.connect(folder / "race.sqlite3")) as database:
        return tuple(database.execute(question).fetchone())


def test_workers_and_settling_at_once_leave_each_session_read_once_more(tmp_path: Path) -> None:
    run, unsettled, old, signals, miscounted = raced(["ONE", "ONE", "ONE", "SETTLING"], tmp_path)
    assert run == (SESSIONS, 1)
    assert (unsettled, old, miscounted) == ((0,), (0,), (0,))
    assert signals == (Signal.objects.count(),)


def test_without_the_look_at_where_the_run_stands_sessions_are_counted_twice(tmp_path: Path) -> None:
    def is_miscounted(folder: Path) -> bool:
        (done, _), *_ = raced(["BROKEN"] * 4, folder)
        return bool(done > SESSIONS)

    assert goes_wrong(is_miscounted, tmp_path)
