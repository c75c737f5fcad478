"""Versions of one span as one, whatever came first."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from ingest.records import EventRecord, LogRecord, SpanRecord
from ingest.storing.merging import merge_logs, merge_spans

CREATED = SpanRecord("t", "s", name="call", start_ns=5, attributes={"input": "Hi", "model": None}, resource={"a": 1})
UPDATED = SpanRecord("t", "s", end_ns=9, attributes={"input": None, "output": "Hello"}, failed=True, message="no")

VALUES = st.none() | st.integers(0, 2) | st.text("ab", max_size=2)
VERSIONS = st.builds(
    SpanRecord,
    trace_id=st.just("t"),
    span_id=st.sampled_from("xy"),
    parent_id=st.sampled_from(["", "p", "q"]),
    name=st.sampled_from(["", "a", "b"]),
    start_ns=st.integers(0, 2),
    end_ns=st.integers(0, 2),
    attributes=st.dictionaries(st.sampled_from("kl"), VALUES),
    events=st.lists(st.builds(EventRecord, st.just("e"), st.integers(0, 1), st.just({})), max_size=1).map(tuple),
    failed=st.booleans(),
    flags=st.sets(st.sampled_from(["cut", "bad_time"])).map(tuple),
)


@given(st.lists(VERSIONS, max_size=6), st.randoms(use_true_random=False), st.integers(0, 5))
def test_order_and_repetition_of_versions_do_not_matter(versions: list[SpanRecord], dice: Random, again: int) -> None:
    shuffled = versions + versions[:again]
    dice.shuffle(shuffled)
    assert merge_spans(shuffled) == merge_spans(versions)


@given(st.lists(VERSIONS, min_size=1, max_size=6))
def test_what_any_version_knows_is_known(versions: list[SpanRecord]) -> None:
    for span in merge_spans(versions):
        others = [one for one in versions if one.span_id == span.span_id]
        known = {key for one in others for key, value in one.attributes.items() if value is not None}
        assert {key for key, value in span.attributes.items() if value is not None} == known
        assert bool(span.name) == any(one.name for one in others)
        assert span.end_ns == max(one.end_ns for one in others)
        assert span.failed == any(one.failed for one in others)


def test_an_update_keeps_what_only_the_creation_said() -> None:
    expected = replace(
        CREATED, end_ns=9, failed=True, message="no", attributes={"input": "Hi", "model": None, "output": "Hello"}
    )
    assert merge_spans([CREATED, UPDATED]) == merge_spans([UPDATED, CREATED]) == [expected]


def test_of_two_ended_versions_the_later_one_counts() -> None:
    earlier, later = replace(UPDATED, message="first"), replace(UPDATED, end_ns=10, message="second")
    assert merge_spans([later, earlier])[0].message == merge_spans([earlier, later])[0].message == "second"


def test_log_records_stand_once_and_in_order_of_time() -> None:
    one, two = LogRecord("t", "s", "a", 1, {"k": [1]}), LogRecord("t", "s", "a", 2, {})
    assert merge_logs([two, one, two, replace(one)]) == [one, two]
