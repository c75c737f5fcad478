"""Labelled failures as plain rows: everything that a data scientist needs without a second call."""

import base64
import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db.models import Q, QuerySet

from annotate.models import Answer, Failure, Review
from common.cells import as_cell
from common.errors import Refused
from common.keys import LARGEST_KEY
from issues.models import IssueMembership
from issues.queries import with_steps
from traces.models import AgentSession, Step

CHUNK = 500
Row = dict[str, Any]
Position = tuple[datetime, int]
# By session: how many it stands for in estimates. Those that were chosen, not drawn, are not in it.
Weights = Mapping[int, float]
DIGITS = 6
SHOWN = ("session", "failure_type", "review__reviewer", "review__rubric", "review__slot__item")
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
]  # fmt: skip
NESTED = ("session", "review", "settlement", "root_step", "surfaced_step", "issue", "membership")


def read_page(
    failures: QuerySet[Failure], after: Position | None, limit: int, weights: Weights
) -> tuple[list[Row], Position | None]:
    """Up to `limit` rows past `after`, least recently updated first, and where the next page begins (None: nowhere)."""
    found = failures.select_related(*SHOWN).order_by("updated_at", "id")
    if after is not None:
        found = found.filter(Q(updated_at__gt=after[0]) | Q(updated_at=after[0], id__gt=after[1]))
    page = list(found[: limit + 1])
    more = page[limit - 1] if len(page) > limit else None
    return to_rows(page[:limit], weights), (more.updated_at, more.pk) if more else None


def read_all(failures: QuerySet[Failure], after: Position | None, weights: Weights) -> Iterator[Row]:
    """Every row past `after`, a chunk at a time: memory stays flat however many there are."""
    position: Position | None = after
    while True:
        rows, position = read_page(failures, position, CHUNK, weights)
        yield from rows
        if position is None:
            return


def to_rows(failures: Sequence[Failure], weights: Weights) -> list[Row]:
    """The failures (with SHOWN selected) as rows; six more queries for all."""
    open_ = IssueMembership.objects.standing().filter(failure__in=failures).select_related("issue")
    closed = IssueMembership.objects.filter(failure__in=failures, until__isnull=False)
    left: dict[int, datetime] = {}
    for failure_id, until in closed.values_list("failure_id", "until"):
        if until is not None:
            left[failure_id] = max(until, left.get(failure_id, until))
    golds, adopted = _golds(failures), _adopted(failures)
    answers = _answers({*(failure.review_id for failure in failures), *(gold.pk for gold in golds.values())})
    settlements = {session: _settlement(gold, answers) for session, gold in golds.items()}
    return [
        {
            **_row(told.failure, told.root, told.surfaced, told.membership, left.get(told.failure.pk), answers),
            "weight": weights.get(told.failure.session_id),
            "adopted": told.failure.pk in adopted,
            "settlement": settlements.get(told.failure.session_id),
        }
        for told in with_steps(failures, list(open_))
    ]


def _adopted(failures: Sequence[Failure]) -> set[int]:
    """The ids of those that a standing settlement built on: one query."""
    standing = Review.adopts.through.objects.filter(failure__in=failures, review__withdrawn_at=None)
    return set(standing.values_list("failure_id", flat=True))


def _golds(failures: Sequence[Failure]) -> dict[int, Review]:
    """By session, the settlement that stands: one query."""
    sessions = {failure.session_id for failure in failures}
    standing = Review.objects.filter(session__in=sessions, is_gold=True, withdrawn_at=None)
    return {gold.session_id: gold for gold in standing.select_related("reviewer", "rubric")}


def _settlement(gold: Review, answers: Mapping[int, Row]) -> Row:
    return {
        "review": gold.pk,
        "outcome": gold.outcome,
        "settled_by": gold.reviewer.email,
        "settled_at": gold.submitted_at,
        **_grounds(gold, answers),
    }


def _grounds(review: Review, answers: Mapping[int, Row]) -> Row:
    """Why it was judged so, and by which rubric."""
    return {
        "reason": review.reason,
        "rubric": review.rubric.name,
        "rubric_version": review.rubric.version,
        "answers": answers.get(review.pk, {}),
    }


def _answers(reviews: Collection[int]) -> dict[int, Row]:
    """By review, what it answered to the rubric's questions, by their keys: one query."""
    found: dict[int, Row] = {}
    given = Answer.objects.filter(review__in=reviews).order_by("question__position")
    for review, key, value in given.values_list("review_id", "question__key", "value"):
        found.setdefault(review, {})[key] = value
    return found


def _row(
    failure: Failure,
    root: Step | None,
    surfaced: Step | None,
    membership: IssueMembership | None,
    left: datetime | None,
    answers: Mapping[int, Row],
) -> Row:
    review = failure.review
    item = review.slot.item if review.slot else None
    issue = membership.issue if membership else None
    moments = [failure.updated_at, left, membership and membership.since, issue and issue.updated_at]
    return {
        "id": failure.pk,
        "note": failure.note,
        "expected": failure.expected,
        "quotes": failure.quotes,
        "assertions": failure.assertions,
        "failure_type": failure.failure_type.name if failure.failure_type else None,
        "severity": failure.severity,
        "withdrawn": failure.withdrawn_at is not None,
        "overruled": failure.overruled_by_id is not None,
        "created_at": failure.created_at,
        "updated_at": max(moment for moment in moments if moment),
        "session": _session(failure.session),
        "review": _review(review, answers),
        "root_step": _step(failure.root_step, root),
        "surfaced_step": _step(failure.surfaced_step, surfaced),
        "issue": {"number": issue.number, "title": issue.title, "state": issue.state} if issue else None,
        "membership": {"source": membership.source, "score": membership.score, "since": membership.since}
        if membership
        else None,
        "selection_probability": _rounded(item.selection_probability) if item else None,
        "stratum": item.stratum if item else None,
    }


def _session(session: AgentSession) -> Row:
    return {
        "id": session.pk,
        "external_id": session.external_id,
        "workflow": session.workflow,
        "release": session.release,
        "environment": session.environment,
        "model": session.model,
        "started_at": session.started_at,
    }


def _review(review: Review, answers: Mapping[int, Row]) -> Row:
    return {
        "id": review.pk,
        "outcome": review.outcome,
        "reviewer": review.reviewer.email,
        "submitted_at": review.submitted_at,
        "is_gold": review.is_gold,
        **_grounds(review, answers),
    }


def _step(key: str, step: Step | None) -> Row | None:
    """A named step; only its key where its session no longer has it."""
    if not key:
        return None
    if step is None:
        return {"key": key, "position": None, "kind": None, "name": None}
    return {"key": key, "position": step.position, "kind": step.kind, "name": step.name}


def to_jsonl(rows: Iterable[Row]) -> Iterator[bytes]:
    """One JSON object per line."""
    for row in rows:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)


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
        return orjson.dumps(value).decode()
    if isinstance(value, str):
        return as_cell(value)
    return str(value)


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def to_cursor(position: Position | None) -> str | None:
    """Where the next page begins, as an opaque word."""
    if position is None:
        return None
    return base64.urlsafe_b64encode(f"{position[0].isoformat()}|{position[1]}".encode()).decode()


def from_cursor(cursor: str) -> Position | None:
    """The position that a cursor names; None for none. Raises Refused for one that is not ours."""
    if not cursor:
        return None
    try:
        moment, _, number = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        # Databases compare in UTC, which has no year for some moments of other zones.
        position = datetime.fromisoformat(moment).astimezone(UTC), int(number)
    except (ValueError, OverflowError):
        position = None
    if position is None or not 0 <= position[1] <= LARGEST_KEY:
        raise Refused("This is no cursor of ours. Take `next` from the page before.", field="cursor")
    return position


def _rounded(chance: float | None) -> float | None:
    """To what a draw is worth: how it was divided leaves a tail of digits that say nothing."""
    return None if chance is None else round(chance, DIGITS)
