"""Examples of files: imported, and what became of them."""

import json
from pathlib import Path
from typing import Any

from accounts.models import Project
from ingest.importing import import_file
from traces.models import Step

TRACE = "0af7651916cd43dd8448eb211c80319c"
OLD_TRACE = "5f1c3ad1-3a0f-4b4e-9d3e-111111111111"
RUN, CHILD = "01a1fb67-10a5-7226-984d-66d04e55c4d4", "01a1fb67-10a5-7226-984d-66d11b31263e"
AT = "2026-11-20T23:59:58.109029"
OBSERVATION = {
    "id": "e5a76f27f51ad40e",
    "traceId": TRACE,
    "type": "GENERATION",
    "name": "chat",
    "startTime": f"{AT}Z",
    "endTime": "2026-11-20T23:59:59.000Z",
    "input": json.dumps([{"role": "user", "content": "Hi"}]),
    "output": json.dumps({"role": "assistant", "content": "Ho"}),
    "model": "m-1",
    "usageDetails": {"input": 5, "output": 6},
}
LANGFUSE_TRACE = {
    "id": TRACE,
    "timestamp": f"{AT}Z",
    "name": "a trace",
    "sessionId": "s-1",
    "userId": "u-1",
    "input": "Hi",
    "output": "Ho",
}
ROW = {
    "context.trace_id": TRACE,
    "context.span_id": "b77a9c2bf29578e1",
    "parent_id": None,
    "name": "chat",
    "span_kind": "LLM",
    "start_time": "2026-11-20T23:59:58.109029+00:00",
    "end_time": "2026-11-20T23:59:59.109029+00:00",
    "status_code": "OK",
    "events": [],
    "attributes.session": {"id": "s-1"},
    "attributes.llm.input_messages": [{"message.role": "user", "message.content": "Hi"}],
    "attributes.llm.output_messages": [{"message": {"role": "assistant", "content": "Ho"}}],
    "attributes.llm.token_count.prompt": 12.0,
}


def imported(project: Project, folder: Path, *values: Any, name: str = "a.jsonl") -> list[tuple[str, str, str]]:
    """Kind, role and words of all steps after a file with these lines is imported without refusals."""
    path = folder / name
    path.write_text("\n".join(json.dumps(value) for value in values))
    report = import_file(project, path)
    assert report.refused == []
    return told()


def told() -> list[tuple[str, str, str]]:
    steps = Step.objects.select_related("session__transcript").order_by("session_id", "position")
    return [(step.kind, step.role, step.text or step.result) for step in steps]


def spoken(steps: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(role, words) for _, role, words in steps if role in {"user", "agent"}]


def run(**more: Any) -> dict[str, Any]:
    """The root of a run in the thread t-1."""
    return {
        "id": RUN,
        "trace_id": RUN,
        "name": "order agent",
        "run_type": "chain",
        "session_id": "a-project-of-langsmith",
        "start_time": AT,
        "end_time": "2026-11-20T23:59:59.109029",
        "status": "success",
        "inputs": {"messages": [{"role": "user", "content": "Where is it?"}]},
        "outputs": {"output": "On its way."},
        "extra": {"metadata": {"thread_id": "t-1"}},
        **more,
    }
