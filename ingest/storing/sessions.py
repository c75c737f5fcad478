"""Session records into rows: what changed is written, and only a real change raises the revision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Project
from ingest.records import SessionRecord
from ingest.storing.fitting import STEP_FIELDS, fit_session, fit_step, shorten
from ingest.storing.scores import resolve_scores, store_scores
from traces.models import AgentSession, Step

UPDATED = ["position", *STEP_FIELDS]
LARGEST = 2**63 - 1  # what a column can hold


@dataclass(frozen=True)
class Outcome:
    """What became of one session."""

    session_id: int
    added: bool
    changed: bool
    steps_added: int
    steps_removed: int


def store_sessions(
    project: Project,
    records: Sequence[SessionRecord],
    received_at: datetime,
    *,
    each: Mapping[str, datetime] | None = None,
) -> list[Outcome]:
    """Brings the rows of these sessions to what the records say. Running it again changes nothing.

    `each`: when single sessions were received, by external id, where that was not at `received_at`.
    """
    times = each or {}
    records = list({record.external_id: record for record in records}.values())
    names = [record.external_id for record in records]
    rows = {row.external_id: row for row in AgentSession.objects.filter(project=project, external_id__in=names)}
    fresh = [
        AgentSession(project=project, external_id=name, last_received_at=times.get(name, received_at), revision=0)
        for name in names
        if name not in rows
    ]
    rows.update({row.external_id: row for row in AgentSession.objects.bulk_create(fresh)})
    steps = _steps_by_session([row.pk for row in rows.values()])
    outcomes = [
        _store(rows[record.external_id], record, steps, times.get(record.external_id, received_at))
        for record in records
    ]
    store_scores(project, [score for record in records for score in record.scores])
    resolve_scores(project, rows.values())
    return outcomes


def _steps_by_session(session_ids: Iterable[int]) -> dict[int, dict[str, Step]]:
    found: dict[int, dict[str, Step]] = {}
    for step in Step.objects.filter(session__in=session_ids):
        found.setdefault(step.session_id, {})[step.key] = step
    return found


def _store(
    row: AgentSession, record: SessionRecord, steps: dict[int, dict[str, Step]], received_at: datetime
) -> Outcome:
    known = steps.get(row.pk, {})
    added, removed, changed = _store_steps(row, record, known)
    values = {**fit_session(record), **_totals(record)}
    differs = changed or any(getattr(row, name) != value for name, value in values.items())
    is_new = row.revision == 0
    for name, value in values.items():
        setattr(row, name, value)
    row.revision += 1 if differs or is_new else 0
    row.last_received_at = max(row.last_received_at, received_at)
    # Not what settling writes: a worker may be at it while this one derives the steps.
    row.save(update_fields=[*values, "revision", "last_received_at"])
    return Outcome(row.pk, is_new, differs and not is_new, added, removed)


def _store_steps(row: AgentSession, record: SessionRecord, known: dict[str, Step]) -> tuple[int, int, bool]:
    """How many steps came, how many went, and whether anything at all is other than before."""
    wanted = [
        Step(session=row, position=position, **fit_step(step)) for position, step in enumerate(record.steps, start=1)
    ]
    news = [step for step in wanted if _differs(step, known.get(step.key))]
    gone = known.keys() - {step.key for step in wanted}
    if gone:
        Step.objects.filter(pk__in=[known[key].pk for key in gone]).delete()
    Step.objects.bulk_create(
        news, update_conflicts=True, unique_fields=["session", "key"], update_fields=UPDATED, batch_size=100
    )
    return sum(step.key not in known for step in news), len(gone), bool(news or gone)


def _differs(step: Step, known: Step | None) -> bool:
    return known is None or any(getattr(step, name) != getattr(known, name) for name in UPDATED)


def _totals(record: SessionRecord) -> dict[str, Any]:
    """Sums over the steps: null where no step tells, which is not the same as 0."""
    steps = record.steps
    errors = sum(step.is_error for step in steps) if record.error_count is None else record.error_count
    return {
        "step_count": len(steps),
        "tool_call_count": sum(step.kind == "tool" for step in steps),
        "error_count": errors,
        "tokens_in": _total(step.tokens_in for step in steps),
        "tokens_out": _total(step.tokens_out for step in steps),
        "cost_usd": _cost(step.cost_usd for step in steps),
        "title": _first_words(record, "user"),
        "last_answer": _first_words(record, "agent", last=True),
    }


def _total(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return min(sum(known), LARGEST) if known else None


def _cost(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    # Rounded, because a sum of floats must not depend on the order of its terms.
    return round(sum(known), 9) if known else None


def _first_words(record: SessionRecord, role: str, *, last: bool = False) -> str:
    texts = [step.text for step in record.steps if step.role == role and step.text.strip()]
    return shorten(texts[-1 if last else 0], 300) if texts else ""
