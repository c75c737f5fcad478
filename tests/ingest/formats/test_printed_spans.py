"""Spans as programs print them."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import Project
from tests.ingest.formats.example import AT, TRACE, imported, spoken
from traces.models import AgentSession, Step


@pytest.mark.parametrize(
    "span",
    [
        {  # Python's console
            "name": "agent",
            "context": {"trace_id": f"0x{TRACE}", "span_id": "0xb77a9c2bf29578e1", "trace_state": "[]"},
            "kind": "SpanKind.INTERNAL",
            "parent_id": None,
            "start_time": f"{AT}Z",
            "end_time": f"{AT}Z",
            "status": {"status_code": "ERROR", "description": "it broke"},
            "resource": {"attributes": {"service.name": "shop"}, "schema_url": ""},
        },
        {  # JavaScript's console
            "traceId": TRACE,
            "id": "b77a9c2bf29578e1",
            "name": "agent",
            "timestamp": 1795219198109029,
            "duration": 1500,
            "status": {"code": 2, "message": "it broke"},
            "resource": {"attributes": {"service.name": "shop"}},
        },
        {  # any-agent: numbers over 64 bits
            "name": "agent",
            "context": {"trace_id": int(TRACE, 16), "span_id": int("b77a9c2bf29578e1", 16)},
            "parent": None,
            "start_time": 1795219198109029000,
            "end_time": 1795219198110529000,
            "status": {"status_code": "error", "description": "it broke"},
            "resource": {"attributes": {"service.name": "shop"}},
        },
    ],
)
def test_printed_spans_are_read(project: Project, tmp_path: Path, span: dict[str, Any]) -> None:
    attributes = {"gen_ai.operation.name": "invoke_agent", "input.value": "Hi", "output.value": "Ho"}
    steps = imported(project, tmp_path, [{**span, "attributes": attributes}])
    assert spoken(steps) == [("user", "Hi"), ("agent", "Ho")]
    step = Step.objects.get(kind="agent")
    assert (step.trace_id, step.span_id, step.error_message) == (TRACE, "b77a9c2bf29578e1", "it broke")
    assert str(AgentSession.objects.get().started_at) == "2026-11-20 23:59:58.109029+00:00"


def test_collectors_lines_of_spans_and_logs_may_be_mixed(project: Project, tmp_path: Path) -> None:
    ids = {"traceId": TRACE, "spanId": "b77a9c2bf29578e1"}
    span = {**ids, "name": "chat", "startTimeUnixNano": "1795219198109029000", "endTimeUnixNano": "1795219198209029000"}
    kind = {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}
    said = {"key": "content", "value": {"stringValue": "Hi"}}
    log = {
        **ids,
        "eventName": "gen_ai.user.message",
        "timeUnixNano": "1795219198109029000",
        "body": {"kvlistValue": {"values": [said]}},
    }
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [log]}]}]}
    spans = {"resourceSpans": [{"scopeSpans": [{"spans": [{**span, "attributes": [kind]}]}]}]}
    tempo = {"batches": spans["resourceSpans"]}
    assert spoken(imported(project, tmp_path, logs, spans, tempo))[:1] == [("user", "Hi")]
