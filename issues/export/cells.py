"""Labelled failures as JSON lines, and as the cells of a CSV file."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from common.cells import as_cell
from issues.export.around import Row

COLUMNS = [
    "id", "note", "expected", "failure_type", "severity", "withdrawn", "created_at", "updated_at",
    "session_id", "session_external_id", "session_workflow", "session_release", "session_environment",
    "session_model", "session_started_at",
    "review_id", "review_outcome", "review_reviewer", "review_submitted_at", "review_rubric", "review_rubric_version",
    "root_step_key", "root_step_position", "root_step_kind", "root_step_name",
    "surfaced_step_key", "surfaced_step_position", "surfaced_step_kind", "surfaced_step_name",
    "issue_number", "issue_title", "issue_state",
    "membership_source", "membership_score", "membership_since",
    "selection_probability", "stratum", "weight",
    "quotes", "assertions", "review_answers",
    "review_is_gold", "review_reason", "adopted", "overruled",
    "settlement_review", "settlement_outcome", "settlement_settled_by", "settlement_settled_at", "settlement_reason",
    "settlement_rubric", "settlement_rubric_version", "settlement_answers",
    "verdicts", "agreement_reviewers", "agreement_pairs", "agreement_agreed", "split",
]  # fmt: skip
NESTED = ("session", "review", "settlement", "agreement", "root_step", "surfaced_step", "issue", "membership")
IN_UTC = orjson.OPT_UTC_Z


def to_jsonl(rows: Iterable[Row]) -> Iterator[bytes]:
    """One JSON object per line."""
    for row in rows:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | IN_UTC)


def to_csv(rows: Iterable[Row]) -> Iterator[str]:
    """A header and one line per row; nested fields as `session_id`. No cell is a formula to a spreadsheet."""
    yield _line(COLUMNS)
    for row in rows:
        flat = _flatten(row)
        yield _line([_cell(flat.get(column)) for column in COLUMNS])


def _flatten(row: Row) -> Row:
    flat = {name: value for name, value in row.items() if name not in NESTED}
    for name in NESTED:
        flat.update({f"{name}_{inner}": value for inner, value in (row[name] or {}).items()})
    return flat


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return orjson.dumps(value, option=IN_UTC).decode()
    if isinstance(value, str):
        return as_cell(value)
    return str(value)


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
