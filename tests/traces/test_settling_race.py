"""Four processes settle the same sessions on a real database. Each session must be settled exactly once."""

from pathlib import Path

import pytest

from tests.builders import make_project, make_session, make_talk
from tests.races import goes_wrong, race

PROCESSES = 4
SESSIONS = 120

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def settled_by_all(variant: str, folder: Path) -> int:
    """How many sessions the processes settled, added up."""
    project = make_project()
    for number in range(SESSIONS):
        make_talk(make_session(project, f"s{number}"))
    return sum(int(output) for output in race("tests.traces.race", [[variant]] * PROCESSES, folder))


def test_four_processes_settle_each_session_exactly_once(tmp_path: Path) -> None:
    assert settled_by_all("ONE", tmp_path) == SESSIONS


def test_without_the_condition_sessions_are_settled_twice(tmp_path: Path) -> None:
    assert goes_wrong(lambda folder: settled_by_all("BROKEN", folder) > SESSIONS, tmp_path)
