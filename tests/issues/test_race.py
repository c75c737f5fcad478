"""Two processes move the same issues at the same moment: of each issue one wins and the other is told."""

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from issues.lifecycle import State
from issues.models import Issue
from tests.builders import make_project

ISSUES = 60


def database_url(tmp_path: Path) -> str:
    """The test database as other processes reach it; a copy on disk where it lives in this one's memory."""
    database = connection.settings_dict
    if connection.vendor == "postgresql":
        login = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
        return f"postgres://{login}/{database['NAME']}"
    copy = tmp_path / "race.sqlite3"
    connection.cursor().execute("VACUUM INTO %s", [str(copy)])
    with closing(sqlite3.connect(copy)) as fresh:
        # A copy begins without a write-ahead log, and two that switch it on at once lock each other out.
        fresh.execute("PRAGMA journal_mode=WAL")
    return f"sqlite:///{copy}"


def moved(variant: str, tmp_path: Path) -> Counter[int]:
    """How many of the two processes moved each issue."""
    project = make_project("race")
    issues = [Issue.objects.create(project=project, number=n, title=f"Race {n}") for n in range(1, ISSUES + 1)]
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    running = [
        subprocess.Popen(  # noqa: S603  # our own module
            [sys.executable, "-m", "tests.issues.race", variant, target.value, *(str(issue.pk) for issue in issues)],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for target in (State.OPEN, State.IN_PROGRESS)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    return Counter(int(word) for output in outputs for word in output.split())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_processes_one_moves_each_issue(tmp_path: Path) -> None:
    assert moved("ONE", tmp_path) == Counter(Issue.objects.values_list("pk", flat=True))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_compare_both_move_an_issue(tmp_path: Path) -> None:
    assert max(moved("BROKEN", tmp_path).values()) > 1
