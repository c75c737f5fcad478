"""What `make test` runs: the suite on SQLite, the suite on PostgreSQL, then real servers and a browser. Once each."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.chromium import chromium_path

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = "postgres://postgres@127.0.0.1:5432/misstep"
# One more than there are cores on a small machine: much of the time is waiting for a browser or a server.
PROCESSES = 3
PYTEST = [sys.executable, "-m", "pytest", "-q", "--durations", "15"]
TESTS_FAILED, NO_TESTS = 1, 5
# A loaded machine can make a browser miss its moment now and then. More than so many at once are no accident.
MOST_UNSTEADY = 3


@dataclass
class Part:
    """One run of pytest and how it ended."""

    name: str
    passed: bool
    words: str


def main() -> int:
    """Runs all parts, also after one failed, and says at the end how each went."""
    chromium = find_chromium()
    base = {**os.environ, "MISSTEP_CHROMIUM": chromium}
    extra = sys.argv[1:]
    # Whoever is done takes half of what another still has before it: else one is left alone with the longest.
    # Tables come from the models, which lint compares with the migrations; these are run by the servers of e2e.
    unit = ["--ignore=tests/e2e", "--no-migrations", "--dist", "worksteal", "-n", str(PROCESSES), *extra]
    # A module's tests share the servers that they start, so they stay together.
    e2e = ["tests/e2e", "--dist", "loadscope", "-n", str(PROCESSES + 1), *extra]
    on_postgres = ["-m", "not browser and not sweep and not plain", *unit]
    parts = [run_part("SQLite", unit, base), postgres_part(on_postgres, base), run_part("e2e", e2e, base)]
    print("\n" + "=" * 78)
    for part in parts:
        print(f"{'ok    ' if part.passed else 'FAILED'} {part.name:<12} {part.words}")
    return 0 if all(part.passed for part in parts) else 1


def run_part(name: str, arguments: Sequence[str], environment: dict[str, str]) -> Part:
    """One pytest run with its output on the terminal. A part in which no test ran has failed."""
    print(f"\n{'=' * 30} {name} {'=' * 30}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="misstep-tests-") as cache:
        command = [*PYTEST, "--override-ini", f"cache_dir={cache}", *arguments]
        code = subprocess.call(command, cwd=ROOT, env=environment)  # noqa: S603 - the command is ours
        unsteady = look_again(Path(cache), environment) if code == TESTS_FAILED else []
    took = f"{time.monotonic() - started:.0f} s"
    notes = [f"UNSTEADY, passed only by itself: {test}" for test in unsteady]
    words = [took, *notes, *["no test ran"] * (code == NO_TESTS)]
    return Part(name, code == 0 or bool(unsteady), "\n       ".join(words))


def look_again(cache: Path, environment: dict[str, str]) -> list[str]:
    """The tests that failed, where few did, each drives a browser, and by themselves they all pass; else none."""
    failed = last_failed(cache)
    if not 1 <= len(failed) <= MOST_UNSTEADY:
        return []
    print(f"\n{'-' * 30} once more, by themselves {'-' * 30}", flush=True)
    again = ["--override-ini", f"cache_dir={cache}", "--last-failed", "-m", "browser"]
    subprocess.call([*PYTEST, *again], cwd=ROOT, env=environment)  # noqa: S603 - the command is ours
    return [] if last_failed(cache) else failed


def last_failed(cache: Path) -> list[str]:
    """What pytest remembers of its last run, without those that passed since."""
    kept = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(kept.read_text())) if kept.exists() else []


def postgres_part(arguments: Sequence[str], environment: dict[str, str]) -> Part:
    """The suite on PostgreSQL; loudly skipped where none answers, unless REQUIRE_POSTGRES asks for it."""
    url = environment.get("TEST_POSTGRES_URL", POSTGRES)
    if answers(url):
        return run_part("PostgreSQL", arguments, {**environment, "DATABASE_URL": url})
    words = f"nothing answers at {url}: start PostgreSQL or set TEST_POSTGRES_URL"
    print(f"\n{'!' * 78}\n!! The suite did NOT run on PostgreSQL: {words}\n{'!' * 78}", flush=True)
    return Part("PostgreSQL", not environment.get("REQUIRE_POSTGRES"), f"SKIPPED, {words}")


def answers(url: str) -> bool:
    """Whether something listens where `url` points."""
    address = urlsplit(url)
    try:
        with socket.create_connection((address.hostname or "127.0.0.1", address.port or 5432), timeout=2):
            return True
    except OSError:
        return False


def find_chromium() -> str:
    """Path of the system's browser; "" where there is none: then Playwright's own is installed and used."""
    if found := chromium_path():
        return found
    code = subprocess.call([sys.executable, "-m", "playwright", "install", "chromium"])
    if code != 0:
        print("No Chromium: install your system's package `chromium`, or set MISSTEP_CHROMIUM to its path.", flush=True)
    return ""


if __name__ == "__main__":
    sys.exit(main())
