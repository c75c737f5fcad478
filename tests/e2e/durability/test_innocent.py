"""A worker that is killed fails no batch that it held, and a batch that kills its worker takes no other along."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.claims import MOST_CLAIMS
from tests.e2e.durability import faults
from tests.e2e.durability.ending import DRAIN_SECONDS
from tests.e2e.durability.installation import Installation, installed, is_there
from tests.e2e.running import send, wait_until
from tests.ingest.payloads import export, span

INNOCENT = 30
KILLS = MOST_CLAIMS + 1


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path / "var", {faults.NAME: faults.DEADLY}) as installation:
        yield installation


def test_six_killed_workers_fail_no_innocent_batch_and_a_deadly_one_is_kept_apart(installation: Installation) -> None:
    key = installation.ask("new_key", "innocent")
    bodies = [export(span(number, trace=f"{number:032x}")) for number in range(1, INNOCENT + 1)]
    assert [send(installation.running.port, key, body) for body in bodies] == [200] * INNOCENT
    for _ in range(KILLS):
        wait_until(lambda: installation.ask("count_held"), "a worker holds batches")
        restart(installation)
    wait_until(lambda: is_drained(installation), "all is read", DRAIN_SECONDS)
    assert installation.ask("count_batches") == {"done": INNOCENT}
    poison = export(span(1, trace="f" * 32, name=faults.POISON.decode()))
    others = [export(span(number, trace=f"{number:032x}")) for number in range(101, 104)]
    assert [send(installation.running.port, key, body) for body in (others[0], poison, *others[1:])] == [200] * 4
    wait_until(lambda: is_drained(installation), "all but the poison is read", DRAIN_SECONDS)
    assert installation.ask("count_batches") == {"done": INNOCENT + 3, "failed": 1}


def restart(installation: Installation) -> None:
    installation.end("celery", signal.SIGKILL)
    installation.start("celery")


def is_drained(installation: Installation) -> bool:
    """Whether no batch waits. A worker that has died meanwhile is back."""
    if not is_there(installation.pids["celery"]):
        installation.start("celery")
    return "waiting" not in installation.ask("count_batches")
