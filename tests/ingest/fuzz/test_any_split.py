"""Any order, any repetition, any split: the same rows, for hostile telemetry and for all that can come together."""

import json
import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import ApiKey, Project, Scope
from ingest.digest import digest_waiting
from ingest.models import BatchState, RawBatch
from ingest.receiving import Unreadable, check
from ingest.storing.batches import keep_batch
from tests.builders import make_key, make_project
from tests.ingest.fuzz import grammar
from tests.ingest.fuzz.test_fuzz import hostile, some_bytes
from tests.ingest.payloads import JSON, TRACE, attribute, export, span
from tests.ingest.test_any_order import StartAfresh, rows
from traces.models import Score

Request = tuple[str, bytes]


def stored(slug: str, requests: Sequence[Request], at_once: int) -> list[Any]:
    """What a fresh project holds after these requests, digested `at_once` batches a time."""
    project = make_project(slug)
    make_key(project, Scope.INGEST)
    key = ApiKey.objects.get(project=project)
    for door, body in requests:
        keep_batch(key, door, JSON, body)
    while digest_waiting(at_once):
        pass
    assert not RawBatch.objects.exclude(state=BatchState.DONE).exists()
    return [*rows(project), scores(project)]


def scores(project: Project) -> list[Any]:
    fields = ("identity", "name", "value", "label", "session__external_id", "span_id")
    return sorted(map(repr, Score.objects.filter(project=project).values_list(*fields)))


def as_requests(items: Sequence[tuple[str, Any]], dice: random.Random) -> list[Request]:
    """The spans, logs and scores in some order, some of them twice, in requests of some sizes."""
    left = [*items, *(dice.choice(items) for _ in range(dice.randrange(3)))]
    dice.shuffle(left)
    requests = []
    while left:
        door = left[0][0]
        size = dice.randint(1, 4)
        taken = [item for item in left if item[0] == door][:size]
        for item in taken:
            left.remove(item)
        requests.append((door, body_of(door, [value for _, value in taken])))
    return requests


def body_of(door: str, values: list[Any]) -> bytes:
    if door == "scores":
        return json.dumps(values).encode()
    if door == "logs":
        return json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": values}]}]}).encode()
    return export(*values)


def compare(items: list[tuple[str, Any]], seed: int) -> None:
    """Delivered whole at once, and in pieces one by one: the same rows."""
    dice = random.Random(seed)
    doors = sorted({door for door, _ in items})
    whole = [(door, body_of(door, [value for other, value in items if other == door])) for door in doors]
    with suppress(StartAfresh), transaction.atomic():
        expected = stored("whole", whole, at_once=50)
        requests = as_requests(items, dice)
        assert stored("pieces", requests, at_once=50) == expected
        assert stored("singles", requests, at_once=1) == expected
        raise StartAfresh


CHAT = {"session.id": "chat-1"}
AGENT = {"openinference.span.kind": "AGENT", "input.value": "Hello", "output.value": "Hi", **CHAT}
AT = "1795000000000000000"


def evaluation(span_number: int, name: str, value: float) -> dict[str, Any]:
    told = [attribute("gen_ai.evaluation.name", name), attribute("gen_ai.evaluation.score.value", value)]
    ids = {"traceId": TRACE, "spanId": f"{span_number:016x}"}
    return {**ids, "eventName": "gen_ai.evaluation.result", "timeUnixNano": AT, "attributes": told}


TOGETHER: list[tuple[str, Any]] = [
    ("traces", span(1, attributes=AGENT)),
    # A tool that is reported when it begins and again when it has ended.
    ("traces", span(2, parent=1, attributes={"openinference.span.kind": "TOOL"}, endTimeUnixNano="0")),
    ("traces", span(2, parent=1, attributes={"openinference.span.kind": "TOOL", "output.value": "found"})),
    ("traces", span(3, parent=1, attributes={"gen_ai.operation.name": "chat", "gen_ai.response.id": "r-1"})),
    ("logs", evaluation(2, "correct", 1.0)),
    ("logs", evaluation(1, "helpful", 0.0)),
    ("scores", {"name": "thumb", "value": 1, "session_id": "chat-1", "id": "t-1"}),
    ("scores", {"name": "tone", "label": "rude", "trace_id": TRACE, "span_id": f"{3:016x}", "id": "t-2"}),
]


@pytest.mark.django_db
@hostile
@given(seed=st.integers(0, 2**32))
def test_spans_logs_scores_and_versions_come_as_they_like(seed: int) -> None:
    compare(TOGETHER, seed)


@pytest.mark.django_db
@hostile
@given(data=some_bytes, seed=st.integers(0, 2**32))
def test_hostile_spans_come_as_they_like(data: bytes, seed: int) -> None:
    dice = grammar.Dice(data)
    spans = [value for value in dice.many(6, grammar.span) if is_good(value)]
    if spans:
        compare([("traces", value) for value in spans], seed)


def is_good(value: Any) -> bool:
    """Whether a door takes the span by itself: one that makes it refuse the whole would hide the others."""
    try:
        return check("traces", JSON, export(value)).items == 1
    except Unreadable:
        return False
