"""Phoenix's spans as files."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Project
from ingest.importing import import_file
from tests.ingest.formats.example import (
    AT,
    ROW,
    TRACE,
    imported,
    spoken,
    told,
)
from traces.models import AgentSession, Step


def orientations() -> dict[str, Any]:
    span_id = ROW["context.span_id"]
    rest = {key: value for key, value in ROW.items() if key != "context.span_id"}
    return {
        "records": [ROW],
        "columns": {key: {span_id: value} for key, value in rest.items()},
        "split": {"columns": list(rest), "index": [span_id], "data": [list(rest.values())]},
        "table": {"schema": {"fields": []}, "data": [ROW]},
    }


@pytest.mark.parametrize("orientation", orientations())
def test_a_data_frame_in_any_orientation_is_its_spans(project: Project, tmp_path: Path, orientation: str) -> None:
    path = tmp_path / "frame.json"
    path.write_text(json.dumps(orientations()[orientation]))
    assert import_file(project, path).refused == []
    assert spoken(told()) == [("user", "Hi"), ("agent", "Ho")]
    session = AgentSession.objects.get()
    assert (session.external_id, session.tokens_in) == ("s-1", 12)


def test_a_data_frame_as_csv_has_cells_in_pythons_notation(project: Project, tmp_path: Path) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROW))
    writer.writeheader()
    writer.writerow(ROW)  # as pandas does: str() of each cell
    path = tmp_path / "frame.csv"
    path.write_text(text.getvalue())
    assert import_file(project, path).refused == []
    assert spoken(told()) == [("user", "Hi"), ("agent", "Ho")]


def test_spans_of_phoenixs_api_are_read(project: Project, tmp_path: Path) -> None:
    span: dict[str, Any] = {
        "name": "agent",
        "context": {"trace_id": TRACE, "span_id": "b77a9c2bf29578e1"},
        "span_kind": "AGENT",
        "parent_id": None,
        "start_time": AT,
        "end_time": AT,
        "status_code": "ERROR",
        "status_message": "it broke",
        "attributes": {"input.value": "Hi", "output.value": "Ho", "session.id": "s-1"},
        "events": [],
    }
    assert spoken(imported(project, tmp_path, {"data": [span], "next_cursor": None})) == [
        ("user", "Hi"),
        ("agent", "Ho"),
    ]
    step = Step.objects.get(kind="agent")
    assert (step.is_error, step.error_message, AgentSession.objects.get().status) == (True, "it broke", "error")
