"""What was answered with 200 is digested, whatever it holds: on PostgreSQL a NUL alone would fail a whole batch."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Project
from ingest.digest import digest_waiting
from ingest.models import BatchState, RawBatch
from tests.ingest.payloads import TRACE, export, post, span
from traces.models import AgentSession, Step

DEEP = "[" * 900 + "]" * 900
WITH_NUL = r'["a\u0000b"]'
KEYS = (
    "session.id",
    "user.id",
    "agent.name",
    "tool.name",
    "tag.tags",
    "input.value",
    "output.value",
    "llm.model_name",
    "annotations.0.annotation.label",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
)


def digested(client: Client, secret: str, body: bytes, path: str = "/v1/traces") -> AgentSession | None:
    assert post(client, secret, path, body).status_code == 200
    digest_waiting()
    batch = RawBatch.objects.get()
    assert (batch.state, batch.reason) == (BatchState.DONE, "")
    return AgentSession.objects.first()


@pytest.mark.parametrize("kind", ["LLM", "TOOL", "AGENT"])
@pytest.mark.parametrize("value", [DEEP, WITH_NUL, f'[{{"role": "user", "content": {DEEP}}}]'])
@pytest.mark.parametrize("key", KEYS)
def test_an_attribute_may_hold_any_json(client: Client, secret: str, key: str, value: str, kind: str) -> None:
    said = {"openinference.span.kind": kind, "annotations.0.annotation.name": "mark", key: value}
    assert digested(client, secret, export(span(1, attributes=said)))


def test_metadata_is_bounded_and_clean(client: Client, secret: str) -> None:
    said = {
        "openinference.span.kind": "AGENT",
        "metadata": json.dumps({"a\0": "b\0", "deep": json.loads("[" * 40 + "]" * 40)}),
    }
    session = digested(client, secret, export(span(1, attributes=said)))
    assert session is not None
    assert session.metadata["a\ufffd"] == "b\ufffd"
    assert "…" in json.dumps(session.metadata, ensure_ascii=False)


@pytest.mark.parametrize("fields", [{"parentSpanId": "\0"}, {"links": [{"traceId": "\0", "spanId": "\0"}]}])
def test_an_id_may_hold_a_nul(client: Client, secret: str, fields: dict[str, Any]) -> None:
    attributes = {"annotations.0.annotation.name": "mark", "openinference.span.kind": "LLM", "parentless": True}
    digested(client, secret, export(span(1, attributes=attributes, **fields)))


def test_a_logs_id_may_hold_a_nul(client: Client, secret: str) -> None:
    record = {"traceId": TRACE, "spanId": "\0", "eventName": "gen_ai.choice", "timeUnixNano": "1"}
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    digested(client, secret, json.dumps(body).encode(), "/v1/logs")


def test_a_call_may_have_a_messages_key_as_its_id(client: Client, project: Project, secret: str) -> None:
    call = {"id": "m1", "function": {"name": "refund", "arguments": "{}"}}
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "So", "tool_calls": [call]}]
    response = post(client, secret, "/api/v1/sessions/", json.dumps({"messages": messages}).encode())
    assert response.json()["accepted"][0]["steps"] == 3
    digest_waiting()
    assert list(Step.objects.values_list("key", flat=True)) == ["m1", "m2", "m1#2"]


def test_a_sum_stays_within_its_column(client: Client, project: Project, secret: str) -> None:
    steps = [{"kind": "llm", "tokens_in": 2**53 - 1}] * 1100
    assert post(client, secret, "/api/v1/sessions/", json.dumps({"steps": steps}).encode()).status_code == 202
    digest_waiting()
    assert AgentSession.objects.get().tokens_in == 2**63 - 1
