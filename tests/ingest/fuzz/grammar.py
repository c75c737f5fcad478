"""Hostile requests out of bytes: the same bytes give the same request, so that any fuzzer can steer and shrink it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

from ingest.dialects.registry import members

T = TypeVar("T")
DEEPEST = 60
DEEPEST_WRITTEN = 2  # JSON in a string in JSON: each level doubles the backslashes
TEXTS = (
    "",
    "a",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\u202e\u2066abc",
    "\ufeff",
    "🧨" * 40,
    "e\u0301" * 30,
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% now %}",
    "'; DROP TABLE x; --",
    "%s%n%(x)s",
    "null",
    "NaN",
    "-0",
    "1e999",
    "9" * 400,
    "0x10",
    "true",
    "{",
    "[",
    '"',
    '"\\ud800"',
    '{"a":{"a":',
    "[" * 1100,
    "[" * 500 + "]" * 500,
    '{"a":' * 300 + "1" + "}" * 300,
    '[{"role":"user","content":"Hi"}]',
    '[{"role":["user"],"content":{"a":1},"type":{"b":[]}}]',
    '[{"role":"assistant","tool_calls":[{"id":{},"function":{"name":[],"arguments":{"a":1}}},7,null]}]',
    '{"messages":[{"role":"tool","tool_call_id":null,"content":[{"type":["text"]},{"text":5}]}]}',
    "2026-11-21T09:30:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "x" * 5000,
    "line\nline\r\n\u2028\u2029line",
)
NUMBERS = (
    0,
    1,
    -1,
    7,
    255,
    2**31,
    2**53,
    2**63 - 1,
    -(2**63),
    2**63,
    2**64 - 1,
    2**64,
    10**30,
    0.5,
    -0.0,
    1e308,
    5e-324,
)
TIMES = (
    0,
    -1,
    1,
    5_000_000,
    946_684_800_000_000_000,
    1_795_000_000_000_000_000,
    7_258_118_400_000_000_000,
    2**64 - 1,
    2**70,
)
IDS = (
    "",
    "0" * 16,
    "0" * 32,
    "a" * 16,
    "b" * 16,
    "c" * 16,
    "a" * 32,
    "B" * 32,
    "a" * 31,
    "zz" * 8,
    "\x00" * 16,
    "é" * 16,
)
MEMBERS = (
    *("role", "content", "type", "text", "parts", "tool_calls", "tool_call_id", "function", "name", "arguments", "id"),
    *(
        "input",
        "output",
        "result",
        "response",
        "data",
        "kwargs",
        "lc",
        "messages",
        "steps",
        "session",
        "scores",
        "kind",
    ),
    *(
        "value",
        "label",
        "error",
        "message",
        "started_at",
        "tokens_in",
        "cost_usd",
        "metadata",
        "tags",
        "closed",
        "status",
    ),
    *(
        "usage",
        "annotator",
        "traj",
        "task_id",
        "trial",
        "reward",
        "simulations",
        "info",
        "resourceSpans",
        "resourceLogs",
    ),
    *(
        "spans",
        "attributes",
        "timestamp",
        "traceId",
        "trace_id",
        "span_id",
        "session_id",
        "body",
        "batch",
        "observations",
    ),
    *("run_type", "dotted_order", "inputs", "outputs", "extra", "context", "events", "identifier", "annotator_kind"),
)


class Dice:
    """Reads choices out of bytes. When they are used up every choice is the first one, so that every request ends."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0
        self.written = 0

    @property
    def is_empty(self) -> bool:
        return self.place >= len(self.data)

    def below(self, end: int) -> int:
        """A number from 0 to `end` - 1; `end` is at most 65536."""
        width = 1 if end <= 256 else 2
        taken = self.data[self.place : self.place + width]
        self.place += width
        return int.from_bytes(taken, "big") % end

    def choice(self, values: Sequence[T]) -> T:
        return values[self.below(len(values))]

    def chance(self, one_in: int) -> bool:
        """True rarely, and never when the bytes are used up."""
        return not self.is_empty and self.below(one_in) == 1

    def many(self, most: int, make: Callable[["Dice"], T]) -> list[T]:
        return [make(self) for _ in range(1 + self.below(most)) if not self.is_empty]


@cache
def words() -> tuple[str, ...]:
    """Every string in the tables of the dialects: the attribute keys and values that mean something here."""
    found: set[str] = set()
    for dialect in members("DIALECT"):
        _gather(dialect, found)
    return tuple(sorted(found))


def _gather(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        found.add(str(value))
    elif isinstance(value, dict):
        _gather([*value.keys(), *value.values()], found)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            _gather(item, found)
    elif is_dataclass(value) and not isinstance(value, type):
        _gather([getattr(value, one.name) for one in fields(value)], found)


def text(dice: Dice) -> str:
    """A hostile text, a known word, or one text in another."""
    pick = dice.below(8)
    if pick < 4:
        return dice.choice(TEXTS)
    if pick < 6:
        return dice.choice(words())
    if dice.written == DEEPEST_WRITTEN:
        return "enough"
    dice.written += 1
    try:
        return json.dumps(talk(dice) if pick == 6 else plain(dice))
    finally:
        dice.written -= 1


def key(dice: Dice) -> str:
    """An attribute's key: mostly one that means something, often with an index or a member behind it."""
    name = dice.choice(words()) if dice.below(8) else text(dice)
    for _ in range(dice.below(3)):
        name += dice.choice(
            (".0", ".1", ".999999999", ".-1", ".message", ".content", ".role", ".tool_calls", "..", ".")
        )
    return name


def plain(dice: Dice, depth: int = 0) -> Any:
    """Any JSON value, in the shapes of chat messages and sessions where it is an object."""
    pick = dice.below(10)
    if pick < 5 or depth > DEEPEST or dice.is_empty:
        return text(dice) if depth <= DEEPEST else None
    if pick < 7:
        return dice.choice((*NUMBERS, *TIMES, True, False, None))
    if pick < 8:
        return dice.many(4, lambda dice: plain(dice, depth + 1))
    return {dice.choice(MEMBERS) if dice.below(6) else text(dice): plain(dice, depth + 1) for _ in range(dice.below(6))}


def talk(dice: Dice) -> Any:
    """A list of chat messages, in anybody's shape or in several at once."""
    return wrong(dice, dice.many(6, message))


def message(dice: Dice) -> Any:
    roles = ("user", "assistant", "tool", "system", "human", "ai", "model", "function", "developer", "AIMessageChunk")
    said = {
        dice.choice(("role", "role", "type")): wrong(dice, dice.choice(roles)),
        dice.choice(("content", "parts", "text", "contents")): dice.choice((text, parts))(dice),
    }
    if dice.below(3) == 1:
        said["tool_calls"] = wrong(dice, dice.many(3, call))
    if dice.below(4) == 1:
        said[dice.choice(MEMBERS)] = plain(dice)
    wraps = (said, {"type": "ai", "data": said}, {"lc": 1, "kwargs": said}, {"message": said}, [said])
    return wrong(dice, dice.choice(wraps) if dice.below(4) == 1 else said)


def parts(dice: Dice) -> Any:
    kinds = ("text", "tool_use", "tool_result", "thinking", "image", "tool_call", "tool_call_response", "input_text")
    return dice.many(
        3,
        lambda dice: wrong(
            dice, {"type": wrong(dice, dice.choice(kinds)), dice.choice(MEMBERS): text(dice), **call(dice)}
        ),
    )


def call(dice: Dice) -> dict[str, Any]:
    arguments = wrong(dice, text(dice))
    inner = {"name": wrong(dice, dice.choice(("refund", "", "lookup"))), "arguments": arguments}
    return {"id": wrong(dice, dice.choice(("m1", "call-1", ""))), **dice.choice(({"function": inner}, inner))}


def conversation(dice: Dice) -> Any:
    """A session in our own JSON, of steps or of messages."""
    about = {"id": wrong(dice, text(dice)), "closed": wrong(dice, True), dice.choice(MEMBERS): plain(dice)}
    told = {"messages": talk(dice)} if dice.below(2) else {"steps": wrong(dice, dice.many(6, step))}
    return wrong(dice, {"session": wrong(dice, about), **told, "scores": wrong(dice, dice.many(2, score))})


def step(dice: Dice) -> Any:
    said = {
        "kind": wrong(dice, dice.choice(("user", "tool", "agent", "llm", "event"))),
        "text": wrong(dice, text(dice)),
        "arguments": plain(dice),
        "error": dice.choice((None, True, "no", {"type": "E", "message": text(dice)})),
        "started_at": wrong(dice, dice.choice(TIMES)),
        "tokens_in": wrong(dice, dice.choice((0, 7, None))),
        "key": dice.choice(("", "m1", "k", None)),
    }
    return wrong(dice, said if dice.below(2) else {key: said[key] for key in ("kind", "text")})


def score(dice: Dice) -> Any:
    return wrong(dice, {"name": wrong(dice, text(dice) or "x"), "value": wrong(dice, 1), "label": text(dice)})


def any_value(dice: Dice, depth: int = 0) -> Any:
    """An AnyValue in OTLP's JSON, right or wrong."""
    if depth > DEEPEST or dice.is_empty:
        return {"stringValue": "end"}
    kinds: tuple[Callable[[], Any], ...] = (
        lambda: {"stringValue": text(dice)},
        lambda: {"intValue": wrong(dice, dice.choice((*NUMBERS, "12", "-9223372036854775808", None)))},
        lambda: {"doubleValue": dice.choice((*NUMBERS, "NaN", "Infinity", "-Infinity"))},
        lambda: {"boolValue": dice.choice((True, False, "true", 1))},
        lambda: {"bytesValue": dice.choice(("AAECAw==", "!", text(dice)))},
        lambda: {"arrayValue": {"values": dice.many(4, lambda dice: any_value(dice, depth + 1))}},
        lambda: {"kvlistValue": {"values": pairs(dice, depth + 1)}},
        lambda: nested(dice.choice((2, 5, 10, 23, 24, 25, 30, 90)), dice.below(2) == 0),
        lambda: dice.choice(({}, None, {"stringValue": None}, {"unknownValue": 1}, {"arrayValue": {}})),
    )
    return dice.choice(kinds)()


def nested(depth: int, in_lists: bool) -> Any:  # noqa: FBT001 # one of two shapes
    value: Any = {"stringValue": "deep"}
    for _ in range(depth):
        value = (
            {"arrayValue": {"values": [value]}}
            if in_lists
            else {"kvlistValue": {"values": [{"key": "k", "value": value}]}}
        )
    return value


def pairs(dice: Dice, depth: int = 0) -> list[Any]:
    """Attributes; keys may repeat."""
    return dice.many(16 if depth == 0 else 3, lambda dice: {"key": key(dice), "value": any_value(dice, depth)})


def wrong(dice: Dice, value: Any) -> Any:
    """The value, or rarely something that does not belong in its place."""
    return plain(dice) if dice.chance(120) else value


def span(dice: Dice) -> Any:
    return wrong(
        dice,
        {
            "traceId": dice.choice(IDS[6:8]) if dice.below(6) else dice.choice(IDS),
            "spanId": dice.choice(IDS[3:6]) if dice.below(6) else dice.choice(IDS),
            "parentSpanId": dice.choice(IDS),
            "name": wrong(dice, text(dice)),
            "startTimeUnixNano": wrong(dice, str(dice.choice(TIMES))),
            "endTimeUnixNano": wrong(dice, dice.choice(TIMES)),
            "attributes": wrong(dice, pairs(dice)),
            "events": dice.many(3, event),
            "links": dice.many(2, lambda dice: {"traceId": dice.choice(IDS), "spanId": dice.choice(IDS)}),
            "status": wrong(dice, {"code": dice.choice((0, 1, 2, "STATUS_CODE_ERROR", 99)), "message": text(dice)}),
        },
    )


def event(dice: Dice) -> Any:
    names = ("exception", "gen_ai.choice", "gen_ai.user.message", "gen_ai.evaluation.result", "session.end", "log")
    return {"name": dice.choice(names), "timeUnixNano": str(dice.choice(TIMES)), "attributes": pairs(dice)}


def log(dice: Dice) -> Any:
    return wrong(
        dice,
        {
            "traceId": dice.choice(IDS[6:8]) if dice.below(6) else dice.choice(IDS),
            "spanId": dice.choice(IDS),
            "eventName": event(dice)["name"],
            "timeUnixNano": dice.choice(TIMES),
            "body": any_value(dice),
            "attributes": pairs(dice),
        },
    )


def traces(dice: Dice) -> dict[str, Any]:
    """An export request of spans as JSON would hold it."""
    spans = dice.many(6, span)
    resource = {"attributes": pairs(dice)}
    scope = {"name": text(dice)}
    return {"resourceSpans": [wrong(dice, {"resource": resource, "scopeSpans": [{"scope": scope, "spans": spans}]})]}


def logs(dice: Dice) -> dict[str, Any]:
    """An export request of log records."""
    return {"resourceLogs": [wrong(dice, {"scopeLogs": [{"logRecords": dice.many(6, log)}]})]}


def as_json(request: Any) -> bytes:
    """Lone surrogates and NaN included, as careless senders write them."""
    return json.dumps(request).encode()
