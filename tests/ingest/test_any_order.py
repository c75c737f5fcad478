"""Any order, any repetition, any split into requests: the same rows."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Project
from ingest.receiving import JSON, decode
from ingest.storing import store_telemetry
from tests.builders import make_project
from tests.ingest.payloads import export, span
from traces.models import AgentSession

CHAT = {"session.id": "chat-1"}
AGENT = {"openinference.span.kind": "AGENT", "input.value": "Hello", "output.value": "Hi", **CHAT}
LLM = {"openinference.span.kind": "LLM", "llm.token_count.prompt": 7, "llm.tools.0.tool.json_schema": '{"name": "f"}'}
ASKED = {"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "Hello"}
TOOL = {"openinference.span.kind": "TOOL", "input.value": "{}"}
SPANS = [
    span(1, attributes=AGENT),
    span(2, parent=1, attributes={**LLM, **ASKED}),
    span(3, parent=1, attributes=TOOL, status={"code": 2, "message": "no"}),
    span(4, parent=3, attributes=LLM),
    span(5, trace="b" * 32, attributes={**AGENT, "output.value": "Hi again"}),
    span(6, trace="b" * 32, parent=5, attributes=CHAT),
    span(7, trace="c" * 32, attributes={"gen_ai.operation.name": "chat"}),
    span(8, trace="c" * 32, parent=7, endTimeUnixNano="0"),
    {**span(8, trace="c" * 32, parent=7), "name": "span 8, ended"},
]


class StartAfresh(Exception):
    """Rolls an example's rows back."""


def rows(project: Project) -> list[Any]:
    """All that a reader could see of the project's sessions."""
    hidden = {"_state", "id", "session_id", "project_id", "revision", "created_at", "last_received_at"}
    hidden |= {"draw", "signals_at", "signals_revision"}
    return [
        [
            {name: value for name, value in row.items() if name not in hidden}
            for row in (vars(session), *session.steps.values())
        ]
        + [session.words, session.transcript.tools]
        for session in AgentSession.objects.filter(project=project).order_by("external_id")
    ]


def deliver(slug: str, requests: Sequence[Sequence[dict[str, Any]]]) -> list[Any]:
    """What a fresh project looks like after these requests."""
    project = make_project(slug)
    for request in requests:
        found = decode("traces", JSON, export(*request))
        store_telemetry(project, found.spans, found.logs, timezone.now())
    return rows(project)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(range(len(SPANS))),
    again=st.lists(st.sampled_from(range(len(SPANS))), max_size=4),
    cuts=st.sets(st.integers(1, len(SPANS) + 3), max_size=4),
)
def test_order_repetition_and_split_do_not_matter(order: list[int], again: list[int], cuts: set[int]) -> None:
    sent = [SPANS[number] for number in [*order, *again]]
    edges = [0, *sorted(cut for cut in cuts if cut < len(sent)), len(sent)]
    requests = [sent[start:end] for start, end in pairwise(edges)]
    with suppress(StartAfresh), transaction.atomic():
        expected = deliver("whole", [SPANS])
        assert deliver("parts", requests) == expected
        assert [len(session) - 3 for session in expected] == [2, 8]
        raise StartAfresh
