"""How many sessions come in: accepted, and until each can be read over the API; beside parsing and inserting alone.

Sessions have 20 spans in one trace, about 25 KB as protobuf, sent one per request and uncompressed. The server and the
worker are the real ones. The ceiling is a bare loop in this process: read the protobuf, insert one row per span.
"""

import argparse
import http.client
import json
import os
import random
import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from benchmarks._ground import inside, installation, note
from benchmarks._measuring import Client, percentile, say
from tests.e2e.running import Running, wait_until

SPANS = 20
TEXT_WORDS = 150
WORDS = ("order", "refund", "customer", "token", "expired", "policy", "the", "of", "to", "warehouse", "parcel", "again")
PROTOBUF = "application/x-protobuf"
LONGEST_WAIT = 600.0
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """One connection, then four; each with sessions of its own."""
    asked = read_arguments()
    dice = random.Random(7)
    bodies = [body(n, dice) for n in range(asked.sessions * len(asked.connections))]
    note(f"Sessions of {SPANS} spans and {sum(map(len, bodies)) / len(bodies) / 1024:.1f} KB")
    say_ceiling(bodies[: asked.sessions])
    with installation(asked.database) as running:
        key = inside(running, "make_project()")["key"]
        running.start_web()
        running.start_worker()
        note("Waiting for the worker …")
        settle(running, key, [body(-1, dice)], 1)
        for turn, connections in enumerate(asked.connections):
            mine = bodies[turn * asked.sessions : (turn + 1) * asked.sessions]
            measure(running, key, mine, connections, before=1 + turn * asked.sessions)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--database", default="", help="a PostgreSQL server as a URL; a database of its own is made there"
    )
    parser.add_argument("--sessions", type=int, default=500, help="for each number of connections")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 4])
    return parser.parse_args()


# --- what is sent -----------------------------------------------------------------------------------


def body(number: int, dice: random.Random) -> bytes:
    """One session as an OTLP request: an agent, and model and tool calls below it in turn."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.extend(pairs({"service.name": "bench", "service.version": "1.0"}))
    scope = resource.scope_spans.add()
    trace_id = dice.randbytes(16)
    root = dice.randbytes(8)
    began = 1_790_000_000_000_000_000 + number * 1_000_000_000
    for n in range(SPANS):
        kind = "AGENT" if n == 0 else ("LLM", "TOOL")[n % 2]
        scope.spans.append(
            Span(
                trace_id=trace_id,
                span_id=dice.randbytes(8) if n else root,
                parent_span_id=root if n else b"",
                name=kind.lower(),
                start_time_unix_nano=began + n * 1_000_000,
                end_time_unix_nano=began + (SPANS if n == 0 else n + 1) * 1_000_000,
                attributes=pairs({"session.id": f"bench-{number}", **attributes(kind, n, dice)}),
            )
        )
    return request.SerializeToString()


def attributes(kind: str, n: int, dice: random.Random) -> dict[str, str]:
    """OpenInference, as its instrumentations write it."""
    text = " ".join(dice.choices(WORDS, k=TEXT_WORDS))
    own = {"openinference.span.kind": kind, "user.id": "ada"}
    if kind == "TOOL":
        return {**own, "tool.name": "lookup_order", "input.value": json.dumps({"n": n}), "output.value": text}
    if kind == "AGENT":
        return {**own, "agent.name": "refunds"}
    asked, answered = "llm.input_messages.0.message", "llm.output_messages.0.message"
    asks = {f"{asked}.role": "user", f"{asked}.content": f"{n} {text[:300]}"}
    return {
        **own,
        **asks,
        f"{answered}.role": "assistant",
        f"{answered}.content": text,
        "llm.model_name": "gpt-4.1-mini",
    }


def pairs(values: dict[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in values.items()]


# --- what is measured -------------------------------------------------------------------------------


def say_ceiling(bodies: Sequence[bytes]) -> None:
    """Sessions per second of parsing and inserting alone, in one transaction, in memory."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE span (trace BLOB, span BLOB, start INTEGER, payload BLOB)")
        started = time.perf_counter()
        for sent in bodies:
            request = ExportTraceServiceRequest.FromString(sent)
            spans = request.resource_spans[0].scope_spans[0].spans
            rows = [
                (span.trace_id, span.span_id, span.start_time_unix_nano, span.SerializeToString()) for span in spans
            ]
            database.executemany("INSERT INTO span VALUES (?, ?, ?, ?)", rows)
        database.commit()
        seconds = time.perf_counter() - started
    say("ceiling: parse and insert", sessions=len(bodies), sessions_per_s=round(len(bodies) / seconds))


def measure(running: Running, key: str, bodies: Sequence[bytes], connections: int, before: int) -> None:
    """Posts everything, waits until everything can be read, and says what it took."""
    cpu, disk = cpu_seconds(running), size_of(running.var)
    started = time.perf_counter()
    accepted = post_all(running, key, bodies, connections)
    sent = time.perf_counter() - started
    settle(running, key, [], before + len(bodies))
    readable = time.perf_counter() - started
    spent = {name: after - cpu[name] for name, after in cpu_seconds(running).items()}
    say(
        f"ingest, {connections} connection{'s' if connections > 1 else ''}",
        sessions=len(bodies),
        accepted_per_s=round(len(bodies) / sent, 1),
        accept_p50_ms=round(percentile(accepted, 0.5) * 1000, 2),
        accept_p95_ms=round(percentile(accepted, 0.95) * 1000, 2),
        readable_after_s=round(readable, 2),
        readable_per_s=round(len(bodies) / readable, 1),
        cpu_ms_per_session={name: round(seconds / len(bodies) * 1000, 2) for name, seconds in spent.items()},
        disk_kb_per_session=round((size_of(running.var) - disk) / len(bodies) / 1024, 1) if disk else None,
        sent_kb_per_session=round(sum(map(len, bodies)) / len(bodies) / 1024, 1),
    )


def post_all(running: Running, key: str, bodies: Sequence[bytes], connections: int) -> list[float]:
    """Seconds until each was accepted, over so many connections at once."""

    def post(mine: Sequence[bytes]) -> list[float]:
        client = Client(running.port, {"Authorization": f"Bearer {key}"})
        answers = [client.send("/v1/traces", sent, PROTOBUF) for sent in mine]
        if wrong := {answer.status for answer in answers} - {http.client.OK}:
            raise SystemExit(f"The door answered {wrong}")
        return [answer.seconds for answer in answers]

    with ThreadPoolExecutor(connections) as pool:
        shares = [bodies[first::connections] for first in range(connections)]
        return [seconds for times in pool.map(post, shares) for seconds in times]


def settle(running: Running, key: str, bodies: Sequence[bytes], expected: int) -> None:
    """Posts these, and waits until so many sessions in all can be read with all of their steps."""
    post_all(running, key, bodies, 1)
    client = Client(running.port, {"Authorization": f"Bearer {key}"})
    wait_until(lambda: count(client) >= expected, f"{expected} sessions can be read", LONGEST_WAIT)


def count(client: Client) -> int:
    """How many sessions the newest one's id says there are: ids grow by one here, and a session is written whole."""
    rows = json.loads(client.get("/api/v1/sessions/?limit=1").body)["results"]
    return int(rows[0]["id"]) if rows else 0


def cpu_seconds(running: Running) -> dict[str, float]:
    """User and system time of the web server with its workers, and of the Celery worker, so far."""
    parts = {"web": running.web, "worker": running.worker}
    return {name: sum(ticks_of(pid) for pid in family(one.pid)) / TICKS for name, one in parts.items() if one}


def family(pid: int) -> list[int]:
    """The process and its children."""
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def ticks_of(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def size_of(var: Path) -> int:
    """Bytes of the SQLite database without its log, which is not kept; 0 where the data are elsewhere."""
    file = var / "misstep.sqlite3"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file, timeout=60)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.stat().st_size


if __name__ == "__main__":
    main()
