"""What is fuzzed: every way from bytes to records and steps. A target raises for a fault and for nothing else."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
import zstandard

from ingest.conversation import read_session, session_of_trace
from ingest.dialects.batches import READERS
from ingest.dialects.chat import is_message, read_messages
from ingest.dialects.feedback import scores_of_logs, scores_of_span
from ingest.dialects.langsmith_batches import from_form
from ingest.dialects.reader import NDJSON
from ingest.importing.parsing import Value, values
from ingest.importing.recognising import Reader
from ingest.importing.unpacking import members
from ingest.receiving import JSON, PROTOBUF, TooLarge, Unreadable, Unsupported, check, decode, decompress
from ingest.records import Contents, Refusal, SessionRecord, Telemetry
from ingest.storing.fitting import STEP_FIELDS, fit_session, fit_step
from ingest.storing.parts import part_of
from tests.ingest.fuzz import grammar
from tests.ingest.fuzz.protobuf import any_value, as_protobuf, with_value

LIMIT = 1_000_000
REFUSALS = (Unreadable, TooLarge, Unsupported)
PACKS: tuple[Callable[[bytes], bytes], ...] = (gzip.compress, zlib.compress, zstandard.compress)
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


def read_export(signal: str, content_type: str, body: bytes) -> None:
    """The same for OTLP, where the door looks before it accepts: it must see what the worker will."""
    try:
        seen = check(signal, content_type, body)
    except REFUSALS:
        seen = None
    try:
        found = decode(signal, content_type, body)
    except REFUSALS:
        found = None
    assert (seen is None) == (found is None), "door and worker disagree about the whole"
    if seen is not None and found is not None:
        assert (seen.rejected, seen.reasons) == (found.rejected, found.reasons), "door and worker disagree"
        derive(Contents(spans=found.spans, logs=found.logs))


def derive(contents: Contents) -> None:
    """The steps and scores of what was read."""
    for span in contents.spans:
        scores_of_span(span)
    scores_of_logs(contents.logs)
    session_of_trace(contents.spans, contents.logs, ["acme.ticket"])
    if contents.spans or contents.logs:
        part_of(contents.spans, contents.logs)
        fit(read_session("fuzzed", contents.spans, contents.logs))
    for session in contents.sessions:
        fit(session)


def fit(session: SessionRecord) -> None:
    """A session's values within their columns, and one step for each key."""
    fit_session(session)
    keys = [dict(zip(STEP_FIELDS, fit_step(step)[0], strict=True))["key"] for step in session.steps]
    assert len(keys) == len(set(keys)), "two steps with one key"


def inflate(data: bytes) -> None:
    encoding, body = ENCODINGS[data[0] % len(ENCODINGS)] if data else "gzip", data[1:]
    try:
        found = decompress(body, encoding, LIMIT)
    except REFUSALS:
        return
    assert encoding == "identity" or len(found) <= LIMIT


def import_file(data: bytes) -> None:
    """What an import does with a file, up to the rows."""
    try:
        for member in islice(members(io.BytesIO(data), LIMIT), 100):
            if not isinstance(member, Refusal):
                _import_values(values(member.open))
    except REFUSALS:
        return


def _import_values(found: Iterator[Value]) -> None:
    for entry in islice(Reader().entries(found), 1000):
        if isinstance(entry, SessionRecord):
            fit(entry)
        elif isinstance(entry, Telemetry):
            derive(Contents(spans=entry.spans, logs=entry.logs))
        elif isinstance(entry, Refusal):
            assert ", but cannot be read: " not in entry.message, entry.message


def read_form(data: bytes) -> None:
    try:
        body = from_form(data, b"edge")
    except REFUSALS:
        return
    read("langsmith", JSON, body)


def read_chat(data: bytes) -> None:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    is_message(value)
    read_messages(value)


def compressed(dice: grammar.Dice) -> bytes:
    """A good stream, cut or continued somewhere."""
    body = (grammar.as_json(grammar.plain(dice)) * (1 + dice.below(300)))[: 2 * LIMIT]
    pack = dice.choice(PACKS)
    data = pack(body) + dice.choice((b"", b"\x00", pack(body), pack(pack(body))))
    return bytes([dice.below(5)]) + data[: len(data) - dice.choice((0, 0, 1, 4, 8, len(data) // 2))]


def form(dice: grammar.Dice) -> bytes:
    """A multipart form of runs, with parts that may lack what they need."""
    names = ("post.1", "post.1.inputs", "patch.1.outputs", "patch.2", "feedback.1", "attachment.1", "", "post.\u00e9.")
    gaps = (b"\r\n\r\n", b"\n\n", b"\r\n")

    def part(dice: grammar.Dice) -> bytes:
        head = f'Content-Disposition: form-data; name="{dice.choice(names)}"'.encode()
        return b"--edge\r\n" + head + dice.choice(gaps) + grammar.as_json(grammar.plain(dice)) + b"\r\n"

    return b"".join(dice.many(5, part)) + dice.choice((b"--edge--", b"--edge", b""))


def table(dice: grammar.Dice) -> bytes:
    """CSV, or what somebody took for it."""
    rows = dice.many(6, lambda dice: dice.choice((",", ";", "\t")).join(dice.many(4, cell)))
    return dice.choice((b"", b"id,role,content,input,output\n")) + "\n".join(rows).encode("utf-8", "replace")


def cell(dice: grammar.Dice) -> str:
    return dice.choice(('"%s"', "%s")) % grammar.text(dice).replace("%", "")


def packed_file(dice: grammar.Dice) -> bytes:
    """Lines, one value or a table, perhaps packed, perhaps cut off."""
    makers: tuple[Callable[[grammar.Dice], bytes], ...] = (lines, _json(file), table)
    body = dice.choice(makers)(dice)
    data = dice.choice((bytes, bytes, *PACKS, zipped))(body)
    return data[: len(data) - dice.choice((0, 0, 0, 1, 9))]


def zipped(body: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.json", body)
        archive.writestr("two.jsonl", body)
    return target.getvalue()


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


def deep(signal: str) -> Callable[[grammar.Dice], bytes]:
    """A request that is nested more deeply than can be read, perhaps with wrong bytes in it."""

    def make(dice: grammar.Dice) -> bytes:
        levels = [bool(dice.below(2)) for _ in range(dice.choice((20, 24, 25, 31, 34, 50, 100, 300)))]
        body = bytearray(with_value(signal, any_value(levels, grammar.text(dice).encode("utf-8", "replace"))))
        for _ in range(dice.below(4)):
            body[dice.below(len(body))] = dice.below(256)
        return bytes(body)

    return make


def _door(door: str, content_type: str) -> Callable[[bytes], None]:
    how = read_export if door in OTLP else read
    return lambda body: how(door, content_type, body)


OTLP = {"traces": grammar.traces, "logs": grammar.logs}
TARGETS = (
    *(Target(f"{name}, protobuf", _door(name, PROTOBUF)) for name in OTLP),
    *(Target(f"{name}, built protobuf", _door(name, PROTOBUF), _protobuf(make)) for name, make in OTLP.items()),
    *(Target(f"{name}, deep protobuf", _door(name, PROTOBUF), deep(name)) for name in OTLP),
    *(Target(f"{name}, JSON", _door(name, JSON)) for name in OTLP),
    *(Target(f"{name}, built JSON", _door(name, JSON), _json(make)) for name, make in OTLP.items()),
    *(Target(f"{name}, built", _door(name, JSON), _json(grammar.plain)) for name in READERS if name not in OTLP),
    Target("sessions, talks", _door("sessions", JSON), _json(grammar.conversation)),
    Target("sessions, lines", _door("sessions", NDJSON), lines),
    Target("decompress", inflate),
    Target("decompress, built", inflate, compressed),
    Target("messages", read_chat, _json(grammar.talk)),
    Target("import", import_file),
    Target("import, built", import_file, packed_file),
    Target("form", read_form),
    Target("form, built", read_form, form),
)


def hostile_bytes(target: Target, data: bytes) -> bytes:
    """What the target is to read, from the fuzzer's bytes."""
    return target.make(grammar.Dice(data)) if target.make else data
