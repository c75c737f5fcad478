"""Ids, times and values of other programs' exports, and their observations and runs as spans."""

import orjson
import pytest

from ingest.dialects.langfuse_export import span_of_observation, span_of_trace
from ingest.dialects.langsmith_runs import score_of_feedback, span_of_run
from ingest.dialects.spans import nanoseconds, span_id_of, trace_id_of
from ingest.receiving.checking import SPAN_ID, TRACE_ID, is_id
from ingest.records import STAND_IN, Refusal, ScoreRecord

RUN = "01a1fb67-10a5-7226-984d-66d04e55c4d4"
SAME_MILLISECOND = "01a1fb67-10a5-7226-984d-66d11b31263e"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("5B8EFFF798038103D269B633813FC60C", "5b8efff798038103d269b633813fc60c"),
        (RUN, "01a1fb6710a57226984d66d04e55c4d4"),
        ("tr-35b4611316804d708111e980ce8762ba", "35b4611316804d708111e980ce8762ba"),
        (100927429609276252159683218446529773465, "4bedea77bb33b67e642f4e038202bf99"),
        (None, ""),
        ("", ""),
    ],
)
def test_trace_id_keeps_the_digits_of_what_was_written(written: object, expected: str) -> None:
    assert trace_id_of(written) == expected


def test_span_ids_of_runs_of_one_millisecond_differ() -> None:
    assert span_id_of(RUN) == "984d66d04e55c4d4"
    assert span_id_of(SAME_MILLISECOND) == "984d66d11b31263e"
    assert span_id_of(9295669169508793927) == "8100d9dbee1f3e47"


def test_ids_of_any_other_shape_are_hashed_the_same_way_each_time() -> None:
    assert is_id(trace_id_of("my-run"), TRACE_ID)
    assert is_id(span_id_of("my-run"), SPAN_ID)
    assert span_id_of("my-run") == span_id_of("my-run") != span_id_of("my-run-2")
    assert is_id(trace_id_of("0" * 32), TRACE_ID)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-02-03T15:19:52.250Z", 1_770_131_992_250_000_000),
        ("2026-02-03T15:19:52.250", 1_770_131_992_250_000_000),
        (1_770_131_992, 1_770_131_992_000_000_000),
        (1_770_131_992_250, 1_770_131_992_250_000_000),
        (1_770_131_992_250_000_001, 1_770_131_992_250_000_001),
        ("1770131992250000001", 1_770_131_992_250_000_001),
        ([1_770_131_992, 250_000_001], 1_770_131_992_250_000_001),
        (None, 0),
        ("yesterday", 0),
        ([1, 2, 3], 0),
        (True, 0),
    ],
)
def test_nanoseconds_of_times_in_any_shape(written: object, expected: int) -> None:
    assert nanoseconds(written) == expected


def test_observation_of_the_old_sdk_hangs_below_its_trace() -> None:
    trace = {"id": "5f1c3ad1-3a0f-4b4e-9d3e-111111111111", "name": "chat", "sessionId": "s-1", "input": "Hi"}
    span = span_of_observation({"id": "obs-1", "traceId": trace["id"], "type": "GENERATION"}, trace)
    root = span_of_trace(trace)
    assert (span.parent_id, span.trace_id) == (root.span_id, root.trace_id)
    assert root.flags == ()
    assert root.attributes["langfuse.trace.input"] == "Hi"
    assert "langfuse.trace.input" not in span.attributes


def test_trace_of_opentelemetry_is_only_stood_in_for() -> None:
    trace = {"id": "fee618f96dc31e0ca38b2f7b26eb8b29", "timestamp": "2025-09-30T09:03:59.962Z"}
    assert span_of_trace(trace).flags == (STAND_IN,)
    assert span_of_observation({"id": "e5a76f27f51ad40e", "traceId": trace["id"]}, trace).parent_id == ""


def test_observation_of_a_database_export_reads_as_one_of_the_api() -> None:
    api = {
        "id": "e5a76f27f51ad40e",
        "traceId": "fee618f96dc31e0ca38b2f7b26eb8b29",
        "type": "GENERATION",
        "startTime": "2025-09-30T09:03:59.962Z",
        "endTime": "2025-09-30T09:04:02.152Z",
        "input": [{"role": "user", "content": "Hi"}],
        "usageDetails": {"input": 3, "output": 4},
        "statusMessage": "slow down",
        "level": "ERROR",
    }
    export = {
        "id": "e5a76f27f51ad40e",
        "trace_id": "fee618f96dc31e0ca38b2f7b26eb8b29",
        "type": "GENERATION",
        "start_time": "2025-09-30T09:03:59.962Z",
        "end_time": "2025-09-30T09:04:02.152Z",
        "input": orjson.dumps(orjson.dumps(api["input"]).decode()).decode(),
        "usage_details": '{"input": "3", "output": "4"}',
        "status_message": "slow down",
        "level": "ERROR",
    }
    span = span_of_observation(api)
    assert span_of_observation(export) == span
    assert span.attributes["langfuse.observation.usage_details"] == {"input": 3, "output": 4}
    assert (span.failed, span.message) == (True, "slow down")


def test_langfuse_cost_of_nothing_is_no_cost() -> None:
    span = span_of_observation({"id": "a", "traceId": "b", "costDetails": {}, "totalCost": 0})
    assert "langfuse.observation.cost_details" not in span.attributes


def test_run_is_in_its_thread_and_not_in_its_project() -> None:
    span = span_of_run(
        {
            "id": RUN,
            "trace_id": SAME_MILLISECOND,
            "session_id": "the-project",
            "run_type": "llm",
            "extra": {"metadata": {"thread_id": "thread-77", "LANGSMITH_API_KEY": "secret", "ls_model_name": "m-1"}},
            "prompt_tokens": 0,
            "error": "ValueError('no such order')Traceback (most recent call last): ...",
        }
    )
    assert span.attributes["langsmith.metadata.thread_id"] == "thread-77"
    assert "the-project" not in str(span)
    assert "secret" not in str(span)
    assert span.attributes["gen_ai.request.model"] == "m-1"
    assert "gen_ai.usage.input_tokens" not in span.attributes
    assert span.failed
    assert span.events[0].attributes["exception.type"] == "ValueError"


def test_run_without_a_trace_id_belongs_to_the_root_of_its_order() -> None:
    order = f"20261120T235958109029Z{SAME_MILLISECOND}.20261120T235958116929Z{RUN}"
    assert span_of_run({"id": RUN, "dotted_order": order}).trace_id == trace_id_of(SAME_MILLISECOND)


def test_feedback_on_a_root_run_is_about_the_trace() -> None:
    root = score_of_feedback({"id": "f-1", "run_id": RUN, "trace_id": RUN, "key": "thumb", "score": True})
    child = score_of_feedback({"id": "f-2", "run_id": RUN, "trace_id": SAME_MILLISECOND, "key": "thumb", "score": 0})
    assert isinstance(root, ScoreRecord)
    assert isinstance(child, ScoreRecord)
    assert (root.trace_id, root.span_id, root.value) == (trace_id_of(RUN), "", 1.0)
    assert (child.span_id, child.value) == (span_id_of(RUN), 0.0)


def test_feedback_without_a_key_or_a_run_is_refused_by_field() -> None:
    assert score_of_feedback({"run_id": RUN}) == Refusal(0, "is missing; it names what was judged", "key")
    assert isinstance(score_of_feedback({"key": "thumb"}), Refusal)
