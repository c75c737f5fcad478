"""A part gives back what it was made of, and the same content is the same part."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingest.records import EventRecord, LogRecord, SpanRecord
from ingest.storing.parts import part_of, read_part

TRACE = "a" * 32
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON: Any = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ATTRIBUTES = st.dictionaries(st.text(), JSON, max_size=4)
NANOSECONDS = st.integers(0, 2**64 - 1)
SPANS = st.builds(
    SpanRecord,
    trace_id=st.just(TRACE),
    span_id=st.text("0123456789abcdef", min_size=16, max_size=16),
    name=st.text(),
    start_ns=NANOSECONDS,
    end_ns=NANOSECONDS,
    attributes=ATTRIBUTES,
    events=st.lists(st.builds(EventRecord, st.text(), NANOSECONDS, ATTRIBUTES), max_size=2).map(tuple),
    links=st.lists(st.tuples(st.text(), st.text()), max_size=2).map(tuple),
    failed=st.booleans(),
    resource=ATTRIBUTES,
    flags=st.lists(st.text(), max_size=2).map(tuple),
)
LOGS = st.builds(LogRecord, st.just(TRACE), st.text(), st.text(), NANOSECONDS, ATTRIBUTES, JSON)


@given(st.lists(SPANS, max_size=3), st.lists(LOGS, max_size=3))
def test_a_part_gives_back_what_it_was_made_of(spans: list[SpanRecord], logs: list[LogRecord]) -> None:
    part = part_of(spans, logs)
    assert read_part(TRACE, part.payload) == (spans, logs)
    assert part_of(*read_part(TRACE, part.payload)).digest == part_of(spans, logs).digest


def test_a_shared_resource_is_written_once() -> None:
    resource = {"service.name": "x" * 100}
    spans = [SpanRecord(TRACE, f"{n:016x}", resource=resource) for n in range(3)]
    _, second, third = read_part(TRACE, part_of(spans, []).payload)[0]
    assert second.resource is third.resource


def test_other_content_is_another_part() -> None:
    spans = [SpanRecord(TRACE, "0" * 16, name=name) for name in "ab"]
    assert len({part_of([span], []).digest for span in spans}) == 2
