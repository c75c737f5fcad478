"""How many sessions come in: accepted, and until each can be read over the API; what it costs, and beside what.

Each section is an installation of its own, with so many sessions stored before: the real server and the real worker,
and a client on the same machine that keeps sending over 1, 4 and 8 connections, 1 and 10 sessions in a request. The
ceiling is a loop that parses the same bytes and inserts the same rows into the same database. docs/benchmarks.md says
what each figure means.
"""

import argparse
import json
import shlex
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks._ground import POSTGRES, inside, installation, listens, note
from benchmarks._measuring import Client
from benchmarks._processes import cpu_seconds, disk_bytes, forget_peaks, peak_megabytes
from benchmarks._results import Results, table
from benchmarks._sending import SPANS, Shape, send
from tests.e2e.running import Running

STORED = {"1k": 1_000, "100k": 100_000}
OWN = [f"{database}-{stored}" for database in ("sqlite", "postgres") for stored in STORED]
QUICK = ["sqlite-1k"]
MODELLED = 200  # sessions that are sent and digested before the rest is copied from them
WARMING = 80
LONGEST_WAIT = 600.0
PAUSE_SECONDS = 0.05
PAGE = 200
COLUMNS = {
    "accepted_per_s": "accepted/s",
    "readable_per_s": "readable/s",
    "accept_p50_ms": "accept p50 ms",
    "accept_p95_ms": "p95",
    "accept_max_ms": "max",
    "cpu_s_per_1000": "CPU s/1,000",
    "cpu_web_s_per_1000": "web",
    "cpu_reader_s_per_1000": "reader",
    "cpu_worker_s_per_1000": "worker",
    "disk_kb_per_session": "KB on disk",
    "peak_mb": "peak MB",
    "lost": "lost",
}


@dataclass(frozen=True)
class Target:
    """A server to be loaded. `count` says how many sessions can be read; `lost` how many of those sent never can."""

    url: str
    headers: Mapping[str, str]
    pids: Mapping[str, int] = field(default_factory=dict)
    database: str = ""
    count: Callable[[], int] | None = None
    lost: Callable[[str, int], int] | None = None
    more: Sequence[str] = ()


@dataclass(frozen=True)
class Load:
    """What is sent: so many sessions each time, so often, in these shapes, by us or by another generator's command."""

    sessions: int
    runs: int
    shapes: Sequence[Shape]
    generator: Sequence[str] = ()


def main() -> None:
    """Every section that was asked for and is not in the file yet, then the tables."""
    asked = read_arguments()
    results = Results(asked.output)
    load = Load(asked.sessions, asked.runs, shapes_of(asked), shlex.split(asked.generator))
    for name, measure in sections(asked):
        if results.begin(name):
            note(f"== {name}")
            measure(results, name, load)
            results.end(name)
    print(summary(results))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="every section and shape, three runs; else one in a minute")
    parser.add_argument("--only", action="append", default=[], metavar="SECTION", help=f"one of {', '.join(OWN)}")
    parser.add_argument("--output", type=Path, help="a file to add to; sections that it has already are not run again")
    parser.add_argument("--sessions", type=int, help="in each run: 300, or 200 where it is quick")
    parser.add_argument("--runs", type=int, help="of each shape: 3, or 1 where it is quick")
    parser.add_argument("--connections", type=int, nargs="+", help="1 4 8, or 1 8 where it is quick")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 10], help="sessions in a request")
    parser.add_argument("--protocol", choices=["protobuf", "json"], default="protobuf")
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument(
        "--postgres", default=POSTGRES, help="a server; databases of our own are made there and dropped"
    )
    parser.add_argument("--generator", default="", help="a command that sends instead of us: an otlp_load.py's")
    parser.add_argument("--peers", type=Path, help="a file that describes other servers; docs/benchmarks.md says how")
    parser.add_argument("--url", default="", help="measure this server's OTLP door and nothing else")
    parser.add_argument("--header", action="append", default=[], help="'Name: value', of --url")
    parser.add_argument("--pid", action="append", default=[], metavar="NAME=PID", help="a process of --url's server")
    asked = parser.parse_args()
    asked.sessions = asked.sessions or (300 if asked.full else 200)
    asked.runs = asked.runs or (3 if asked.full else 1)
    asked.connections = asked.connections or ([1, 4, 8] if asked.full else [1, 8])
    return asked


def shapes_of(asked: argparse.Namespace) -> list[Shape]:
    """One connection and one session in a request first."""
    return [
        Shape(connections, batch, asked.protocol, asked.gzip)
        for batch, connections in product(asked.batch, asked.connections)
    ]


Measure = Callable[[Results, str, Load], None]


def sections(asked: argparse.Namespace) -> Iterator[tuple[str, Measure]]:
    """Name and work of each, in their order."""
    if asked.url:
        pids = {name: int(pid) for name, _, pid in (one.partition("=") for one in asked.pid)}
        headers = dict(_header(one) for one in asked.header)
        yield asked.url, _measuring(Target(asked.url, headers, pids))
        return
    for name in asked.only or (OWN if asked.full else QUICK):
        database, _, stored = name.partition("-")
        if database == "postgres" and not listens(asked.postgres):
            note(f"== {name} is left out: nothing listens at {asked.postgres}")
        elif name in OWN:
            yield name, _own(asked.postgres if database == "postgres" else "", STORED[stored])
    for peer in json.loads(asked.peers.read_text()) if asked.peers else []:
        yield f"peer {peer['name']}", _measuring(peer_of(peer))


def _header(written: str) -> tuple[str, str]:
    name, _, value = written.partition(":")
    return name.strip(), value.strip()


def peer_of(peer: Mapping[str, Any]) -> Target:
    """Another product's server, as the file describes it: url, headers, pid, database, and SQL that counts sessions."""
    count = (lambda: _counted(peer["database"], peer["count"])) if "count" in peer else None
    pids = {"web": int(peer["pid"])} if "pid" in peer else {}
    return Target(peer["url"], peer.get("headers", {}), pids, peer.get("disk", peer.get("database", "")), count)


def _counted(database: str, statement: str) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        return int(connection.execute(statement).fetchone()[0])


# --- our own installations --------------------------------------------------------------------------


def _own(postgres: str, stored: int) -> Measure:
    def measure(results: Results, section: str, load: Load) -> None:
        with installation(postgres) as running:
            target = _filled(running, stored, results, section)
            _measuring(target)(results, section, load)

    return measure


def _filled(running: Running, stored: int, results: Results, section: str) -> Target:
    """A running installation that holds so many sessions, and the ceiling of its database."""
    key = inside(running, "make_project()")["key"]
    with _started(running, key) as target:
        send(target.url, target.headers, Shape(4, 10), Shape(4, 10).requests("model", MODELLED))
        until_readable(lambda: newest_id(Client(running.port, dict(target.headers))), MODELLED)
    began = time.perf_counter()
    filled = inside(running, f"fill({stored})", "_cloning")
    note(f"{filled['sessions']} sessions stored, filled in {time.perf_counter() - began:.0f} s")
    rate = round(filled["ceiling_per_s"], 1)
    results.add(section=section, measure="ceiling", stored=filled["sessions"], sessions_per_s=rate)
    target = _start(running, key)
    _warm(target)
    return target


def _warm(target: Target) -> None:
    """Nobody's first session is measured: the worker has to come up, and each web process to open its database."""
    assert target.count is not None  # noqa: S101 - our own always has one
    before, shape = target.count(), Shape(8)
    send(target.url, target.headers, shape, shape.requests(f"warm-{time.time_ns():x}", WARMING))
    until_readable(target.count, before + WARMING)


@contextmanager
def _started(running: Running, key: str) -> Iterator[Target]:
    try:
        yield _start(running, key)
    finally:
        running.stop()


def _start(running: Running, key: str) -> Target:
    running.start_web()
    running.start_workers()
    headers = {"Authorization": f"Bearer {key}"}
    client = Client(running.port, headers)
    database = running.more.get("DATABASE_URL", str(running.var / "misstep.sqlite3"))
    return Target(
        url=f"{running.url}/v1/traces",
        headers=headers,
        pids=running.pids,
        database=database,
        count=lambda: newest_id(client),
        lost=lambda label, sent: lost_of(client, label, sent),
        more=["--count-url", f"{running.url}/api/v1/sessions/?limit=1", "--count-path", "results.0.id"],
    )


def newest_id(client: Client) -> int:
    """Grows by one with each session, and a session is written whole."""
    rows = json.loads(client.get("/api/v1/sessions/?limit=1").body)["results"]
    return int(rows[0]["id"]) if rows else 0


def lost_of(client: Client, label: str, sent: int) -> int:
    """How many of the sessions that were sent under this label are not there with all of their steps, each once."""
    found: list[str] = []
    path = f"/api/v1/sessions/?limit={PAGE}"
    while len(found) < sent:
        page = json.loads(client.get(path).body)
        mine = [row for row in page["results"] if row["external_id"].startswith(f"{label}-")]
        found += [row["external_id"] for row in mine if row["step_count"] >= SPANS - 1]
        if not mine or not page["next"]:
            break
        path = f"/api/v1/sessions/?limit={PAGE}&cursor={page['next']}"
    return sent - len(set(found)) if len(found) == len(set(found)) else -1


# --- one measurement --------------------------------------------------------------------------------


def _measuring(target: Target) -> Measure:
    def measure(results: Results, section: str, load: Load) -> None:
        for run, shape in product(range(1, 1 + load.runs), load.shapes):
            label = f"r{run}c{shape.connections}b{shape.batch}-{time.time_ns():x}"
            figures = one_run(target, shape, label, load)
            results.add(section=section, measure="ingest", run=run, **vars(shape), **figures)

    return measure


def one_run(target: Target, shape: Shape, label: str, load: Load) -> dict[str, Any]:
    """Sends, waits until all can be read, and says what it took."""
    forget_peaks(target.pids)
    cpu, disk = cpu_seconds(target.pids), disk_bytes(target.database) if target.database else 0
    sender = _by_command if load.generator else _by_us
    sent = sender(target, shape, label, load)
    spent = {name: round(after - cpu[name], 3) for name, after in cpu_seconds(target.pids).items()}
    grown = disk_bytes(target.database) - disk if target.database else None
    peaks = peak_megabytes(target.pids)
    thousands = load.sessions / 1_000
    return {
        **sent,
        "cpu_s_per_1000": round(sum(spent.values()) / thousands, 2) if spent else None,
        **{f"cpu_{name}_s_per_1000": round(seconds / thousands, 2) for name, seconds in spent.items()},
        "disk_kb_per_session": round(grown / load.sessions / 1024, 1) if grown is not None else None,
        "peak_mb": sum(sum(one) for one in peaks.values()) or None,
        "peaks_mb": peaks,
    }


def _by_us(target: Target, shape: Shape, label: str, load: Load) -> dict[str, Any]:
    bodies = shape.requests(label, load.sessions)
    before = target.count() if target.count else 0
    started = time.perf_counter()
    sent = send(target.url, target.headers, shape, bodies)
    readable = None
    if count := target.count:
        until_readable(count, before + load.sessions)
        readable = time.perf_counter() - started
    seconds = sent.pop("send_s")
    return {
        "sessions": load.sessions,
        "sent_kb_per_session": round(sum(map(len, bodies)) / load.sessions / 1024, 1),
        "accepted_per_s": round(load.sessions / seconds, 1),
        "readable_per_s": round(load.sessions / readable, 1) if readable else None,
        **sent,
        "lost": target.lost(label, load.sessions) if target.lost else None,
    }


def until_readable(count: Callable[[], int], wanted: int) -> None:
    """Asks twenty times a second: each question costs what is measured a little."""
    deadline = time.monotonic() + LONGEST_WAIT
    while count() < wanted:
        if time.monotonic() > deadline:
            raise SystemExit(f"After {LONGEST_WAIT:.0f} s there are {count()} sessions instead of {wanted}.")
        time.sleep(PAUSE_SECONDS)


def _by_command(target: Target, shape: Shape, label: str, load: Load) -> dict[str, Any]:
    """The same figures out of the one line of JSON that the other generator prints."""
    wanted = {"url": target.url, "sessions": load.sessions, "seed": label, **vars(shape)}
    options = [part for name, value in wanted.items() if name != "gzip" for part in (f"--{name}", str(value))]
    headers = [part for name, value in target.headers.items() for part in ("--header", f"{name}: {value}")]
    command = [*load.generator, *options, *(["--gzip"] if shape.gzip else []), *headers, *target.more]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    accepted = told["accepted_sessions"]
    return {
        "sessions": accepted,
        "sent_kb_per_session": told["kb_per_session"],
        "accepted_per_s": told["accepted_sessions_per_s"],
        "readable_per_s": told["end_to_end_sessions_per_s"],
        **{f"accept_{name}": told["request"][name] for name in ("p50_ms", "p95_ms", "max_ms")},
        "retries": told["retries"],
        "lost": None if told["queryable"] is None else accepted - told["queryable"],
    }


def summary(results: Results) -> str:
    """Medians and ranges, and the ceilings."""
    ingest = [line for line in results.lines if line["measure"] == "ingest"]
    ceilings = [line for line in results.lines if line["measure"] == "ceiling"]
    shapes = ["section", "protocol", "batch", "connections"]
    rates = {"sessions_per_s": "ceiling, sessions/s"}
    return f"\n{table(ingest, shapes, COLUMNS)}\n\n{table(ceilings, ['section', 'stored'], rates)}"


if __name__ == "__main__":
    main()
