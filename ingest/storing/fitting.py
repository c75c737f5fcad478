"""Records into the widths of the columns. What is cut is marked, so that a reader knows it is not the whole."""

from collections.abc import Iterable
from typing import Any

from ingest.records import SessionRecord, StepRecord
from traces.words import Words

CUT = "cut"
TEXT = 200_000
WORDS = {"text": TEXT, "arguments": TEXT, "result": TEXT, "error_message": 20_000}
WIDTHS = {
    "key": 80,
    "kind": 10,
    "role": 10,
    "name": 200,
    "error_type": 120,
    "trace_id": 32,
    "span_id": 16,
    "provider": 60,
    "model": 120,
    "response_id": 100,
}
PLAIN = (
    "is_error",
    "started_at",
    "latency_ms",
    "ttft_ms",
    "tokens_in",
    "tokens_out",
    "tokens_cache_read",
    "tokens_cache_write",
    "tokens_reasoning",
    "cost_usd",
)
STEP_FIELDS = (*WIDTHS, *PLAIN, "flags")
SESSION_WIDTHS = {
    "workflow": 200,
    "release": 100,
    "environment": 100,
    "user_ref": 200,
    "model": 120,
    "source_format": 40,
}
SESSION_PLAIN = ("status", "metadata", "started_at", "ended_at", "closed", "latency_ms")


def fit_step(step: StepRecord) -> tuple[tuple[Any, ...], Words]:
    """The values of a `traces.Step` in the order of STEP_FIELDS, and its words, each within its width."""
    columns = [getattr(step, name) for name in WIDTHS]
    words = [getattr(step, name) for name in WORDS]
    is_cut = _fit(columns, WIDTHS.values()) | _fit(words, WORDS.values())
    flags = sorted({*step.flags, CUT} if is_cut else {*step.flags})
    return (*columns, *(getattr(step, name) for name in PLAIN), flags), Words(*words)


def _fit(values: list[str], widths: Iterable[int]) -> bool:
    """Cuts and cleans the values in their places; whether one was cut."""
    is_cut = False
    for place, (value, width) in enumerate(zip(values, widths, strict=True)):
        if len(value) > width or "\x00" in value:
            is_cut = is_cut or len(value) > width
            values[place] = _clean(value, width)
    return is_cut


def fit_session(record: SessionRecord) -> dict[str, Any]:
    """The values of a `traces.AgentSession` that are not sums, each within its column."""
    values = {name: _clean(getattr(record, name), width) for name, width in SESSION_WIDTHS.items()}
    plain = {name: getattr(record, name) for name in SESSION_PLAIN}
    return {**values, **plain, "tags": [_clean(tag, 100) for tag in record.tags]}


def _clean(value: str, width: int) -> str:
    return value[:width].replace("\x00", "\ufffd")


def shorten(text: str, width: int) -> str:
    """The first words on one line, with an ellipsis where there is more."""
    line = " ".join(text[: width * 4].split()).replace("\x00", "\ufffd")
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"
