"""A 200 means kept: whoever is killed in between, everything accepted is there, whole and once."""

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.e2e.durability import faults
from tests.e2e.durability.installation import Installation, installed
from tests.e2e.durability.sending import Client, clients
from tests.e2e.running import wait_until
from tests.run import POSTGRES

KILLS = 50
STOPS = 6
FEW_KILLS = 5
VICTIMS = ("celery", "celery", "gunicorn", "one of gunicorn", "everything")
CLIENTS = 4
PAUSE = (0.1, 0.9)
DRAIN_SECONDS = 120.0
POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", POSTGRES)
NAME = f"killed_{os.getpid()}"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a database of one's own."""
    server, _, _ = POSTGRES_URL.rpartition("/")
    try:
        connection = psycopg.connect(f"{server}/postgres", autocommit=True)
    except psycopg.OperationalError as error:
        if os.environ.get("REQUIRE_POSTGRES"):
            raise
        pytest.skip(f"no PostgreSQL at {server}: {error}")
    with connection:
        connection.execute(f"CREATE DATABASE {NAME}")
        yield f"{server}/{NAME}"
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
    connection.close()


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running product on either database."""
    more = {"DATABASE_URL": request.getfixturevalue("postgres")} if request.param == "PostgreSQL" else {}
    with installed(tmp_path_factory.mktemp("killed") / "var", more) as installation:
        yield installation


def test_what_was_accepted_survives_kills_whole_and_once(installation: Installation, tmp_path: Path) -> None:
    check(installation, tmp_path, "killed", KILLS, signal.SIGKILL)


def test_what_was_accepted_survives_orderly_stops_whole_and_once(installation: Installation, tmp_path: Path) -> None:
    check(installation, tmp_path, "stopped", STOPS, signal.SIGTERM)


@pytest.mark.parametrize(("fault", "victim"), [(faults.ANSWER_FIRST, "gunicorn"), (faults.DONE_FIRST, "celery")])
def test_a_product_that_loses_something_is_found_out(tmp_path: Path, fault: str, victim: str) -> None:
    with (
        installed(tmp_path / "var", {faults.NAME: fault}) as broken,
        pytest.raises(AssertionError, match=r"assert \['lossy-"),
    ):
        check(broken, tmp_path, "lossy", FEW_KILLS, signal.SIGKILL, [victim])


def check(
    installation: Installation,
    folder: Path,
    name: str,
    times: int,
    number: signal.Signals,
    victims: Sequence[str] = VICTIMS,
) -> None:
    seed = int(os.environ.get("KILL_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    print(f"KILL_SEED={seed} repeats these")
    dice = random.Random(seed)
    senders = under_load(installation, name, seed, lambda: disturb(installation, dice, number, times, victims))
    assert [sender.fault for sender in senders if sender.fault] == []
    counted: dict[str, int] = {}

    def is_drained() -> bool:
        counted.update({"waiting": 0}, **installation.ask("count_batches"))
        return not counted["waiting"]

    wait_until(is_drained, "no batch waits", DRAIN_SECONDS)
    assert set(counted) == {"waiting", "done"}
    compare(senders, read_report(installation, folder), f"{name}-")


def under_load(installation: Installation, name: str, seed: int, disturb: Callable[[], None]) -> list[Client]:
    """The clients that sent while `disturb` ran, and finished what they had begun."""
    key = installation.ask("new_key", name)
    senders = clients(installation.running.port, key, name, seed, CLIENTS)
    threads = [threading.Thread(target=sender.run) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        disturb()
    finally:
        senders[0].stopping.set()
        for thread in threads:
            thread.join()
    return senders


def disturb(
    installation: Installation, dice: random.Random, number: signal.Signals, times: int, victims: Sequence[str]
) -> None:
    """That often, at a random moment: ends one part, or everything, and starts it again."""
    for _ in range(times):
        time.sleep(dice.uniform(*PAUSE))
        victim = dice.choice(victims)
        if victim == "one of gunicorn":
            installation.end_one_of("gunicorn", number)
        else:
            restart(installation, ["gunicorn", "celery"] if victim == "everything" else [victim], number)


def restart(installation: Installation, parts: list[str], number: signal.Signals) -> None:
    """Ends all of the parts before it starts one."""
    for part in parts:
        installation.end(part, number)
    for part in parts:
        installation.start(part)


def read_report(installation: Installation, folder: Path) -> dict[str, Any]:
    path = folder / "report.json"
    installation.ask("write_report", str(path))
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def compare(senders: list[Client], report: dict[str, Any], mine: str) -> None:
    """Every promised session whole and once; of the others, what is there is whole too, and nothing else is there."""
    promised = {talk.name: talk for sender in senders for talk in sender.promised}
    unsure = {talk.name: talk for sender in senders for talk in sender.unsure}
    stored = [session for session in report["sessions"] if session["id"].startswith(mine)]
    times = Counter(session["id"] for session in stored)
    scores = Counter(
        (owner, name, value) for owner, name, value in report["scores"] if owner and owner.startswith(mine)
    )
    assert [name for name in promised if times[name] != 1] == []
    assert [name for name in times if name not in promised and name not in unsure] == []
    assert [
        session for session in stored if session["id"] in promised and session["steps"] != promised[session["id"]].steps
    ] == []
    expected = Counter((talk.name, *score) for talk in promised.values() for score in talk.scores)
    assert Counter({score: times for score, times in scores.items() if score[0] in promised}) == expected
    resent = sum(sender.resent for sender in senders)
    print(f"{len(promised)} sessions promised, {len(unsure)} given up, {resent} requests sent again")
    assert len(promised) > CLIENTS
