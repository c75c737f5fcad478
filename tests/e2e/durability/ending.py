"""Ends parts of a product under load and compares what it then holds with what it had accepted."""

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.e2e.durability.installation import Installation
from tests.e2e.durability.sending import Client, clients
from tests.e2e.running import wait_until

VICTIMS = ("celery", "celery", "gunicorn", "one of gunicorn", "everything")
CLIENTS = 4
PAUSE = (0.1, 0.9)
DRAIN_SECONDS = 120.0


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
