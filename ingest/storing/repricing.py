"""Stored sessions brought to the price table of today, slice by slice. Content stays, and so does the revision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from accounts.models import Project
from ingest.pricing import CALLS, PRICED, Price, Usage, estimate
from ingest.storing import fence
from ingest.storing.choosing import prices_of
from traces.models import AgentSession, Step

SLICE = 200
DIGITS = 9  # as a session's cost is summed when it comes in


@dataclass(frozen=True)
class Repriced:
    """How far it has come: the last session looked at (None: it was the last of all), and how many changed."""

    last: int | None
    seen: int
    changed: int


def price_again(project: Project, after: int = 0) -> Repriced:
    """Prices the steps of the next sessions after this key anew: what was sent with a cost keeps it."""
    prices = prices_of(project)
    with transaction.atomic():
        fence.step_in(project)
        sessions = list(AgentSession.objects.filter(project=project, pk__gt=after).order_by("pk")[:SLICE])
        changed = _price_sessions(sessions, prices)
    is_last = len(sessions) < SLICE
    return Repriced(None if is_last else sessions[-1].pk, len(sessions), changed)


def _price_sessions(sessions: Sequence[AgentSession], prices: Sequence[Price]) -> int:
    models = {session.pk: session.model for session in sessions}
    told = Q(tokens_in__isnull=False) | Q(tokens_out__isnull=False) | Q(cost_usd__isnull=False)
    steps: dict[int, list[Step]] = {}
    for step in Step.objects.filter(told, session__in=models):
        steps.setdefault(step.session_id, []).append(step)
    changed = [step for some in steps.values() for step in some if _has_changed(step, models[step.session_id], prices)]
    Step.objects.bulk_update(changed, ["cost_usd", "flags"], batch_size=SLICE)
    concerned = {step.session_id for step in changed}
    rows = [session for session in sessions if session.pk in concerned]
    for row in rows:
        row.cost_usd = _sum(step.cost_usd for step in steps[row.pk])
    AgentSession.objects.bulk_update(rows, ["cost_usd"], batch_size=SLICE)
    return len(rows)


def _has_changed(step: Step, model: str, prices: Sequence[Price]) -> bool:
    """Gives the step its cost of today; whether that is another than before."""
    if step.cost_usd is not None and PRICED not in step.flags:
        return False
    usage = Usage(step.tokens_in, step.tokens_out, step.tokens_cache_read, step.tokens_cache_write)
    cost = estimate(step.kind, step.model or (model if step.kind in CALLS else ""), usage, prices)
    if cost == step.cost_usd:
        return False
    step.cost_usd = cost
    step.flags = sorted({*step.flags, PRICED}) if cost is not None else [flag for flag in step.flags if flag != PRICED]
    return True


def _sum(costs: Iterable[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return round(sum(known), DIGITS) if known else None
