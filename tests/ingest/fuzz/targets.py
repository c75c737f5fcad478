"""What is fuzzed: every way from bytes to records and steps. A target raises for a fault and for nothing else."""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
import zstandard

from ingest.conversation import read_session, session_of_trace
from ingest.dialects.batches import READERS
from ingest.dialects.chat import is_message, read_messages
from ingest.dialects.feedback import scores_of_logs, scores_of_span
from ingest.dialects.reader import NDJSON
from ingest.importing import formats
from ingest.receiving import JSON, PROTOBUF, TooLarge, Unreadable, Unsupported, decompress
from ingest.records import Contents, Refusal, SessionRecord, Telemetry
from ingest.storing.fitting import fit_session, fit_step
from tests.ingest.fuzz import grammar
from tests.ingest.fuzz.protobuf import as_protobuf

LIMIT = 1_000_000
REFUSALS = (Unreadable, TooLarge, Unsupported)
ENCODINGS = ("gzip", "deflate", "zstd", "identity", "x-gzip")


@dataclass(frozen=True)
class Target:
    """`try_out` takes hostile bytes as they are; `make`, if any, first turns the fuzzer's bytes into such bytes."""

    name: str
    try_out: Callable[[bytes], object]
    make: Callable[[grammar.Dice], bytes] | None = None


def read(door: str, content_type: str, body: bytes) -> None:
    """What the worker does with an accepted body, up to the rows."""
    try:
        contents = READERS[door](content_type, body)
    except REFUSALS:
        return
    derive(contents)


def derive(contents: Contents) -> None:
    """The steps and scores of what was read."""
    for span in contents.spans:
        scores_of_span(span)
    scores_of_logs(contents.logs)
    session_of_trace(contents.spans, contents.logs, ["acme.ticket"])
    if contents.spans or contents.logs:
        fit(read_session("fuzzed", contents.spans, contents.logs))
    for session in contents.sessions:
        fit(session)


def fit(session: SessionRecord) -> None:
    """A session's values within their columns, and one step for each key."""
    fit_session(session)
    keys = [fit_step(step)["key"] for step in session.steps]
    assert len(keys) == len(set(keys)), "two steps with one key"


def inflate(data: bytes) -> None:
    encoding, body = ENCODINGS[data[0] % len(ENCODINGS)] if data else "gzip", data[1:]
    try:
        found = decompress(body, encoding, LIMIT)
    except REFUSALS:
        return
    assert encoding == "identity" or len(found) <= LIMIT


def import_value(data: bytes) -> None:
    """What an import does with one value of a file."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    known = next((one for one in formats() if one.recognises(value)), None)
    for entry in islice(known.read(value, 0), 1000) if known else ():
        if isinstance(entry, SessionRecord):
            fit(entry)
        elif isinstance(entry, Telemetry):
            derive(Contents(spans=entry.spans, logs=entry.logs))
        else:
            assert isinstance(entry, Refusal)


def read_chat(data: bytes) -> None:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    is_message(value)
    read_messages(value)


def compressed(dice: grammar.Dice) -> bytes:
    """A good stream, cut or continued somewhere."""
    body = grammar.as_json(grammar.plain(dice)) * (1 + dice.below(300))
    pack = dice.choice((gzip.compress, zlib.compress, zstandard.compress))
    data = pack(body) + dice.choice((b"", b"\x00", pack(body), pack(pack(body))))
    return bytes([dice.below(5)]) + data[: len(data) - dice.choice((0, 0, 1, 4, 8, len(data) // 2))]


def lines(dice: grammar.Dice) -> bytes:
    makers = (grammar.conversation, grammar.conversation, grammar.talk, grammar.plain)
    return b"\n".join(dice.many(5, lambda dice: grammar.as_json(dice.choice(makers)(dice))))


def file(dice: grammar.Dice) -> Any:
    """One value of a file, in one of the formats that are imported, or nearly."""
    makers: tuple[Callable[[], Any], ...] = (
        lambda: grammar.traces(dice),
        lambda: grammar.logs(dice),
        lambda: grammar.conversation(dice),
        lambda: grammar.talk(dice),
        lambda: {"task_id": dice.below(9), "traj": grammar.talk(dice), "reward": grammar.plain(dice)},
        lambda: {"info": grammar.plain(dice), "simulations": dice.many(2, simulation)},
        lambda: grammar.plain(dice),
    )
    return dice.choice(makers)()


def simulation(dice: grammar.Dice) -> Any:
    told = {"id": grammar.text(dice), "messages": grammar.talk(dice), "reward_info": grammar.plain(dice)}
    return grammar.wrong(dice, told)


def _json(make: Callable[[grammar.Dice], Any]) -> Callable[[grammar.Dice], bytes]:
    return lambda dice: grammar.as_json(make(dice))


def _protobuf(make: Callable[[grammar.Dice], Any]) -> Callable[[grammar.Dice], bytes]:
    return lambda dice: as_protobuf(make(dice))


def _door(door: str, content_type: str) -> Callable[[bytes], None]:
    return lambda body: read(door, content_type, body)


OTLP = {"traces": grammar.traces, "logs": grammar.logs}
TARGETS = (
    *(Target(f"{name}, protobuf", _door(name, PROTOBUF)) for name in OTLP),
    *(Target(f"{name}, built protobuf", _door(name, PROTOBUF), _protobuf(make)) for name, make in OTLP.items()),
    *(Target(f"{name}, JSON", _door(name, JSON)) for name in OTLP),
    *(Target(f"{name}, built JSON", _door(name, JSON), _json(make)) for name, make in OTLP.items()),
    *(Target(f"{name}, built", _door(name, JSON), _json(grammar.plain)) for name in READERS if name not in OTLP),
    Target("sessions, talks", _door("sessions", JSON), _json(grammar.conversation)),
    Target("sessions, lines", _door("sessions", NDJSON), lines),
    Target("decompress", inflate),
    Target("decompress, built", inflate, compressed),
    Target("messages", read_chat, _json(grammar.talk)),
    Target("import", import_value, _json(file)),
)


def make_trial(target: Target) -> Callable[[bytes], None]:
    """From the fuzzer's bytes to the target."""

    def trial(data: bytes) -> None:
        target.try_out(target.make(grammar.Dice(data)) if target.make else data)

    return trial
