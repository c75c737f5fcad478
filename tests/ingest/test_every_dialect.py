"""One talk in every dialect: whoever tells it, the user asks, the tool is called once and answers, the agent speaks."""

import json
from typing import Any

import pytest

from ingest.conversation import read_session
from ingest.receiving import JSON, decode
from ingest.records import SessionRecord
from tests.ingest.logged import LOGGED
from tests.ingest.talk import ANSWER, ARGUMENTS, ASKED, SAID, TOOL, logs, traces
from tests.ingest.variants import VARIANTS


def read(spans: list[dict[str, Any]], records: list[dict[str, Any]] | None = None) -> SessionRecord:
    """The session of these spans and logs, as it is derived."""
    told = decode("traces", JSON, traces(spans))
    beside = decode("logs", JSON, logs(records or []))
    assert told.rejected == 0
    return read_session("s", told.spans, beside.logs)


def check(session: SessionRecord) -> None:
    shown = [
        (step.role, step.name, json.loads(step.arguments), step.result)
        if step.role == "tool"
        else (step.role, step.text)
        for step in session.steps
        if step.role != "internal"
    ]
    assert shown == [("user", ASKED), ("tool", TOOL, ARGUMENTS, ANSWER), ("agent", SAID)]
    assert not any(step.is_error for step in session.steps)
    assert len({step.key for step in session.steps}) == len(session.steps)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_talk_is_told_once_and_in_order(name: str) -> None:
    check(read(VARIANTS[name]))


@pytest.mark.parametrize("name", LOGGED)
def test_the_talk_is_told_by_logs_beside_spans(name: str) -> None:
    check(read(*LOGGED[name]))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_talk_survives_any_order_of_spans(name: str) -> None:
    assert read(VARIANTS[name]) == read(VARIANTS[name][::-1])
