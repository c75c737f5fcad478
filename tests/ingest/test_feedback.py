"""Scores that travel as telemetry, and scores of all kinds among sessions in any order."""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Project
from ingest.dialects.batches import LANGFUSE_SCORES, LOGS, PHOENIX, SCORES, SESSIONS, TRACES, read_batch
from ingest.dialects.feedback import is_carrier, scores_of_logs, scores_of_span
from ingest.digest import digest_waiting
from ingest.records import EventRecord, LogRecord, SpanRecord
from ingest.storing import Delivery, store
from tests.builders import make_project
from tests.ingest.payloads import JSON, TRACE, attribute, export, post, span
from traces.models import AgentSession, Score

ONE, TWO = "1" * 16, "2" * 16
RESULT = "gen_ai.evaluation.result"
NOON_NS = 1_795_000_000_000_000_000


def annotated(scope: str = "", single: str = "annotation", number: int = 0, **said: Any) -> dict[str, Any]:
    return {f"{scope}{single}s.{number}.{single}.{key}": value for key, value in {"name": "tone", **said}.items()}


def of_span(attributes: dict[str, Any], span_id: str = ONE, **fields: Any) -> SpanRecord:
    return SpanRecord(trace_id=TRACE, span_id=span_id, attributes=attributes, **fields)


# --- OpenInference ----------------------------------------------------------------------------------


@pytest.mark.parametrize("single", ["annotation", "evaluation"])
def test_inline_feedback_is_about_its_own_span(single: str) -> None:
    said: dict[str, Any] = {
        "score": 0.5,
        "label": "meh",
        "explanation": "why",
        "annotator_kind": "HUMAN",
        "identifier": "a",
    }
    [score] = scores_of_span(of_span({"openinference.span.kind": "LLM", **annotated(single=single, **said)}))
    assert (score.trace_id, score.span_id, score.external_id) == (TRACE, ONE, "")
    assert (score.name, score.value, score.label, score.explanation) == ("tone", 0.5, "meh", "why")
    assert score.annotator_kind == "human"


def test_feedback_of_a_trace_or_session_is_not_multiplied_by_its_spans() -> None:
    said = annotated("trace.", score=1) | annotated("session.", score=1) | {"session.id": "s-1"}
    found = [score for span_id in (ONE, TWO) for score in scores_of_span(of_span(said, span_id))]
    assert len(found) == 4
    assert {(s.external_id, s.trace_id, s.span_id) for s in found} == {("", TRACE, ""), ("s-1", "", "")}
    assert len({s.identity for s in found}) == 2


def test_feedback_of_a_session_without_a_name_is_about_its_trace() -> None:
    [score] = scores_of_span(of_span(annotated("session.", score=1)))
    assert (score.external_id, score.trace_id, score.span_id) == ("", TRACE, "")


def test_feedback_is_the_same_by_scope_target_name_and_identifier() -> None:
    said: list[dict[str, Any]] = [{}, {"score": 1}, {"identifier": "b"}, {"name": "other"}]
    found = [scores_of_span(of_span(annotated(**one)))[0].identity for one in said]
    assert found[0] == found[1]
    assert len(set(found)) == 3


@pytest.mark.parametrize(
    ("attributes", "fields", "carries"),
    [
        ({}, {"links": (("b" * 32, TWO),)}, True),
        ({"openinference.span.kind": "EVALUATOR"}, {"links": (("b" * 32, TWO),), "parent_id": TWO}, True),
        ({}, {}, True),
        ({}, {"parent_id": TWO}, False),
        ({"openinference.span.kind": "TOOL"}, {"links": (("b" * 32, TWO),)}, False),
        ({"input.value": "Hi"}, {"links": (("b" * 32, TWO),)}, False),
    ],
)
def test_carrier_is_about_the_span_it_links_and_is_no_step(
    attributes: dict[str, Any], fields: dict[str, Any], *, carries: bool
) -> None:
    carrier = of_span({**annotated(score=1), **attributes}, **fields)
    assert is_carrier(carrier) is carries
    [score] = scores_of_span(carrier)
    linked = carries and "links" in fields
    assert (score.trace_id, score.span_id) == (("b" * 32, TWO) if linked else (TRACE, ONE))


# --- GenAI ------------------------------------------------------------------------------------------


def result(**said: Any) -> dict[str, Any]:
    return {"gen_ai.evaluation.name": "Relevance", **{key.replace("__", "."): value for key, value in said.items()}}


def test_result_as_a_log_and_as_an_event_is_one_score() -> None:
    said = result(gen_ai__evaluation__score__value=0.25, gen_ai__evaluation__score__label="fail")
    [of_log] = scores_of_logs([LogRecord(TRACE, ONE, RESULT, NOON_NS, said)])
    [of_event] = scores_of_span(of_span({}, events=(EventRecord(RESULT, NOON_NS, said),)))
    assert of_log == of_event
    assert (of_log.span_id, of_log.value, of_log.label) == (ONE, 0.25, "fail")


def test_result_names_an_answer_where_it_has_no_span() -> None:
    said = result(gen_ai__response__id="chatcmpl-9", error__type="timeout")
    [score] = scores_of_logs([LogRecord("", "", RESULT, NOON_NS, said)])
    assert (score.response_id, score.trace_id, score.label) == ("chatcmpl-9", "", "error: timeout")
    [spanned] = scores_of_logs([LogRecord(TRACE, ONE, RESULT, NOON_NS, said)])
    assert (spanned.response_id, spanned.span_id) == ("", ONE)


@pytest.mark.parametrize("log_first", [True, False])
def test_result_joins_the_answer_that_it_names(
    client: Client, project: Project, secret: str, *, log_first: bool
) -> None:
    said = {"gen_ai.evaluation.name": "Relevance", "gen_ai.response.id": "chatcmpl-9"}
    record = {"eventName": RESULT, "attributes": [attribute(key, value) for key, value in said.items()]}
    logs = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}).encode()
    spans = export(span(1, attributes={"gen_ai.operation.name": "chat", "gen_ai.response.id": "chatcmpl-9"}))
    sent = [("/v1/logs", logs), ("/v1/traces", spans)]
    for path, body in sent if log_first else reversed(sent):
        assert post(client, secret, path, body).status_code == 200
        digest_waiting()
    assert Score.objects.get().session == AgentSession.objects.get()


# --- any order --------------------------------------------------------------------------------------


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


CHAT = {"gen_ai.operation.name": "chat", "gen_ai.response.id": "r-1"}
LATE_NAME = span(4, trace="c" * 32, attributes={"session.id": "late"})
SENT: list[tuple[str, bytes]] = [
    (SESSIONS, body({"session": {"id": "plain"}, "steps": [{"kind": "user", "key": "u", "text": "Hi"}]})),
    (TRACES, export(span(1, attributes={"session.id": "traced"}))),
    (TRACES, export(span(2, parent=1, attributes=CHAT))),
    (TRACES, export(span(3, trace="c" * 32, parent=4))),
    (TRACES, export(LATE_NAME)),
    (SCORES, body({"name": "a", "value": 1, "session_id": "plain", "step_key": "u"})),
    (SCORES, body([{"name": "b", "value": 1, "trace_id": TRACE}, {"name": "c", "value": 0, "span_id": f"{2:016x}"}])),
    (SCORES, body({"name": "d", "label": "x", "response_id": "r-1"})),
    (SCORES, body({"name": "e", "value": 1, "trace_id": "c" * 32, "given_at": "2026-11-01T10:00:00Z"})),
    (SCORES, body({"name": "e", "value": 2, "trace_id": "c" * 32, "given_at": "2026-11-01T11:00:00Z"})),
    (SCORES, body({"name": "f", "value": 1, "session_id": "c" * 32})),
    (SCORES, body({"name": "g", "value": 1, "session_id": "never"})),
    (LANGFUSE_SCORES, body([{"id": "1", "name": "h", "value": 1, "sessionId": "late"}])),
    (PHOENIX, body({"data": [{"name": "i", "session_id": "traced", "result": {"score": 1}}]})),
    (LOGS, body({"resourceLogs": []})),
]


class StartAfresh(Exception):
    """Rolls an example's rows back."""


def scores_after(slug: str, batches: Sequence[Sequence[int]]) -> list[Any]:
    """The scores of a fresh project to which these were delivered, each group at once."""
    project = make_project(slug)
    for numbers in batches:
        store(project, [Delivery(read_batch(SENT[n][0], JSON, SENT[n][1]), timezone.now()) for n in numbers])
    fields = ("name", "value", "label", "session__external_id", "trace_id", "span_id", "step_key", "given_at")
    return list(Score.objects.filter(project=project).order_by("name", "identity").values_list(*fields))


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(range(len(SENT))),
    again=st.lists(st.sampled_from(range(len(SENT))), max_size=5),
    size=st.integers(1, 5),
)
def test_any_order_of_scores_and_sessions_gives_the_same_rows(order: list[int], again: list[int], size: int) -> None:
    numbers = [*order, *again]
    batches = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    with suppress(StartAfresh), transaction.atomic():
        expected = scores_after("straight", [range(len(SENT))])
        homes = {row[0]: row[3] for row in expected}
        assert homes == {
            **dict.fromkeys("bcdi", "traced"),
            **dict.fromkeys("efh", "late"),
            "a": "plain",
            "g": None,
        }
        assert scores_after("shuffled", batches) == expected
        raise StartAfresh
