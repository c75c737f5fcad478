"""What was drawn up is written only while it is true; late parts, moves and failures leave nothing half done."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Project
from ingest.models import Fence, TracePart
from ingest.records import Contents, LogRecord, SpanRecord
from ingest.storing import Delivery, store, store_telemetry, telemetry, writing
from traces.models import AgentSession, Step

CHAT = {"session.id": "chat"}


def told(number: int, trace: str = "a" * 32, **attributes: Any) -> SpanRecord:
    start = 1_795_000_000_000_000_000 + number * 1_000_000_000
    said = {"openinference.span.kind": "TOOL", "output.value": f"said {number}", **attributes}
    return SpanRecord(trace, f"{number:016x}", name=f"span {number}", start_ns=start, end_ns=start + 1, attributes=said)


def delivery(*spans: SpanRecord) -> Delivery:
    return Delivery(Contents(spans=spans), timezone.now())


def while_others_write(project: Project, *spans: SpanRecord) -> Callable[..., Any]:
    """Stands in for drawing up: the first time somebody else writes right after it."""
    real = telemetry.draw_up
    news = list(spans)

    def drawn(*asked: Any, **more: Any) -> Any:
        telling = real(*asked, **more)
        if news:
            store_telemetry(project, [news.pop()], [], timezone.now())
        return telling

    return drawn


def test_what_another_wrote_meanwhile_is_not_lost(project: Project) -> None:
    with patch.object(writing, "draw_up", while_others_write(project, told(2, **CHAT))):
        store(project, [delivery(told(1, **CHAT))])
    session = AgentSession.objects.get()
    assert [(step.name, step.result) for step in session.steps.all()] == [("span 1", "said 1"), ("span 2", "said 2")]
    assert session.step_count == 2


def test_whoever_is_always_overtaken_gets_through_in_the_end(project: Project) -> None:
    others = [told(number, **CHAT) for number in range(2, 6)]
    with patch.object(writing, "draw_up", while_others_write(project, *others)):
        store(project, [delivery(told(1, **CHAT))])
    assert AgentSession.objects.get().step_count == 1 + writing.MOST_TRIES + 1


def test_what_the_caller_adds_is_there_exactly_when_the_rest_is(project: Project) -> None:
    def fails(_: object) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        store(project, [delivery(told(1))], fails)
    assert not AgentSession.objects.exists()
    assert not TracePart.objects.exists()


def test_sessions_are_written_a_few_at_a_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "AT_ONCE", 2)
    store(project, [delivery(*(told(number, f"{number:032x}") for number in range(1, 6)))])
    assert (AgentSession.objects.count(), Fence.objects.get().number) == (5, 3)


def test_a_second_delivery_adds_no_part_and_raises_no_revision(project: Project) -> None:
    for _ in range(2):
        store(project, [delivery(told(1), told(2))])
    assert (TracePart.objects.count(), AgentSession.objects.get().revision) == (1, 1)


def test_logs_may_come_before_all_spans_of_their_trace(project: Project) -> None:
    error = {"exception.type": "Timeout", "exception.message": "too slow"}
    log = LogRecord("a" * 32, f"{1:016x}", "exception", 1_795_000_000_500_000_000, error)
    store_telemetry(project, [], [log], timezone.now())
    assert not AgentSession.objects.exists()
    store_telemetry(project, [told(1)], [], timezone.now())
    assert Step.objects.select_related("session").get().error_message == "too slow"


def test_new_sessions_cost_the_same_queries_however_many_they_are(project: Project) -> None:
    def queries(first: int, count: int) -> int:
        spans = [told(number, f"{number:032x}") for number in range(first, first + count)]
        with CaptureQueriesContext(connection) as captured:
            store(project, [delivery(*spans)])
        return len(captured)

    queries(1, 1)
    assert queries(10, 1) == queries(100, 20)
