"""Eight processes empty one queue on a real database. Each slot must be given exactly once."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Role
from annotate.models import Slot
from tests.builders import make_member, make_project, make_queue, make_session, make_slot

PROCESSES = 8
SLOTS = 200


@pytest.fixture
def database_url(tmp_path: Path, transactional_db: None) -> Iterator[str]:
    """The test database as other processes reach it; a copy on disk where it lives in this one's memory."""
    database = connection.settings_dict
    if connection.vendor == "postgresql":
        yield f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    else:
        yield f"sqlite:///{tmp_path / 'race.sqlite3'}"


def given_out(variant: str, database_url: str, tmp_path: Path) -> Counter[int]:
    """How often each slot was handed out when all processes take from one queue at once."""
    project = make_project("race")
    queue = make_queue(project)
    people = [make_member(project, Role.REVIEWER, f"r{number}@example.com") for number in range(PROCESSES)]
    for number in range(SLOTS):
        make_slot(queue, make_session(project, f"s{number}"), priority=number % 7 / 10)
    if database_url.startswith("sqlite"):
        connection.cursor().execute("VACUUM INTO %s", [str(tmp_path / "race.sqlite3")])
    environment = {**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    running = [
        subprocess.Popen(  # noqa: S603  # our own module
            [sys.executable, "-m", "tests.annotate.race", variant, str(queue.pk), str(person.pk)],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for person in people
    ]
    return _start_together(running)


def _start_together(running: list[subprocess.Popen[str]]) -> Counter[int]:
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(running)
    return Counter(int(line) for output in outputs for line in output.split())


@pytest.mark.slow
def test_eight_processes_are_given_each_slot_exactly_once(database_url: str, tmp_path: Path) -> None:
    given = given_out("ONE", database_url, tmp_path)

    assert given == Counter(Slot.objects.values_list("pk", flat=True))
    assert len(given) == SLOTS


@pytest.mark.slow
def test_without_the_lock_slots_are_given_twice(database_url: str, tmp_path: Path) -> None:
    given = given_out("BROKEN", database_url, tmp_path)

    assert max(given.values()) > 1
