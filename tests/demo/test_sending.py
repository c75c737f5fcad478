"""What goes over the wire: whole, in two dialects, and without a word of the ground truth."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from demo.sending import encode
from demo.sending.spans import spans_of
from demo.story import AgentRun, tell
from demo.story.telling import ACCOUNTS
from tests.builders import NOON

RUNS = tell(seed=20, now=NOON)


def sent(runs: list[AgentRun]) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    request.ParseFromString(encode(runs))
    return request


def test_every_span_is_sent_once_with_its_parent() -> None:
    for packed, run in zip(sent(RUNS).resource_spans, RUNS, strict=True):
        spans = packed.scope_spans[0].spans
        ids = {span.span_id for span in spans}
        assert len(ids) == len(spans) == len(spans_of(run))
        assert {span.parent_span_id for span in spans} - ids == {b""}


def test_account_changes_speak_genai_and_the_rest_openinference() -> None:
    for packed, run in zip(sent(RUNS).resource_spans, RUNS, strict=True):
        keys = {pair.key for span in packed.scope_spans[0].spans for pair in span.attributes}
        assert any(key.startswith("gen_ai.") for key in keys) == (run.workflow == ACCOUNTS)
        assert ("openinference.span.kind" in keys) == (run.workflow != ACCOUNTS)


def test_ground_truth_is_never_sent() -> None:
    body = encode(RUNS)
    for run in RUNS:
        if run.truth:
            assert run.truth.note.encode() not in body
            assert run.truth.mode.value.encode() not in body


def test_time_within_a_trace_only_goes_forward() -> None:
    for run in RUNS[:50]:
        spans = spans_of(run)
        assert all(span.start_ns <= span.end_ns for span in spans)
        children = [span.start_ns for span in spans if span.kind != "agent"]
        assert children == sorted(children)
