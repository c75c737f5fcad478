"""What is kept no longer: by the project's own times, or because somebody asks. Slice by slice; it can be stopped.

What people judged or talked about stays: reviews, failures and comments RESTRICT the session they are about, and
whatever restricts holds.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import ApiKey, Project, User
from common.errors import Refused
from ingest.models import BatchState, DailyIntake, EndedSession, Intake, RawBatch, RedactionCount, Removal, Trace
from ingest.storing import fence
from ingest.storing.batches import body_of
from ingest.storing.private import intake_of
from traces.models import AgentSession, Score

SLICE = 100
EXAMPLES = 5
ONE_BYTE = 127  # up to here protobuf writes a length as one byte
COUNTERS_KEPT = timedelta(days=90)
# A session's last bytes were received when it was last heard of; its first ones may have waited for a worker.
AROUND = timedelta(days=2)
BY_RULE = "Retention"
BY_REQUEST = "On request"
HOLDING = (models.RESTRICT, models.PROTECT)
Hear = Callable[["Removed"], None]


@dataclass
class Removed:
    """How much went, or would go."""

    sessions: int = 0
    batches: int = 0
    scores: int = 0

    def __bool__(self) -> bool:
        return bool(self.sessions or self.batches or self.scores)


@dataclass
class Plan(Removed):
    """What would go now. `held`: sessions as old that stay, because people judged them or talked about them."""

    held: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None
    examples: list[AgentSession] = field(default_factory=list)


def plan(project: Project, intake: Intake, now: datetime) -> Plan:
    """Exactly what `apply` would remove with these times. Reads only, in seven queries."""
    old = _old_sessions(project, intake, now)
    free = old.exclude(_is_held())
    seen = free.aggregate(oldest=Min("last_received_at"), newest=Max("last_received_at"))
    sessions = free.count()
    return Plan(
        sessions=sessions,
        batches=_old_batches(project, intake, now).count(),
        scores=_old_scores(project, intake, now).count(),
        held=old.count() - sessions,
        oldest=seen["oldest"],
        newest=seen["newest"],
        examples=list(free.order_by("last_received_at", "pk")[:EXAMPLES]),
    )


def apply(
    project: Project, now: datetime, *, actor: User | None = None, hear: Hear = lambda _: None, slices: int = 0
) -> Removed:
    """Removes what the project's times call old, and keeps a line of history; how much it was.

    `hear` is told after each slice. `slices`: at most so many of them, 0 for all; the next run goes on.
    """
    removed = Removed()
    try:
        for number, _ in enumerate(_steps(project, intake_of(project), now, removed), start=1):
            hear(removed)
            if number == slices:
                break
    finally:
        # Whatever ended it, what is gone is told.
        _note(project, removed, BY_RULE, actor=actor)
    return removed


def _steps(project: Project, intake: Intake, now: datetime, removed: Removed) -> Iterator[None]:
    while keys := list(_old_batches(project, intake, now).order_by("pk").values_list("pk", flat=True)[:SLICE]):
        removed.batches += RawBatch.objects.filter(pk__in=keys).delete()[1].get("ingest.RawBatch", 0)
        yield
    _mark_whole(project, intake, now)
    while keys := list(_due(project, intake, now)[:SLICE]):
        removed.sessions += _delete_sessions(project, _old_sessions(project, intake, now).filter(pk__in=keys))
        yield
    while keys := list(_old_scores(project, intake, now).order_by("pk").values_list("pk", flat=True)[:SLICE]):
        removed.scores += Score.objects.filter(pk__in=keys).delete()[1].get("traces.Score", 0)
        yield
    DailyIntake.objects.filter(project=project, day__lt=(now - COUNTERS_KEPT).date()).delete()
    RedactionCount.objects.filter(project=project, day__lt=(now - COUNTERS_KEPT).date()).delete()


def _mark_whole(project: Project, intake: Intake, now: datetime) -> None:
    """Says, before any goes, of which sessions only the judged will be left: these stand for no others any more.

    The mark never goes back: what was deleted does not come again when sessions are kept for longer.
    """
    if intake.keep_sessions_days is not None:
        since = now - timedelta(days=intake.keep_sessions_days)
        is_earlier = Q(whole_since=None) | Q(whole_since__lt=since)
        Project.objects.filter(is_earlier, pk=project.pk).update(whole_since=since)


def _due(project: Project, intake: Intake, now: datetime) -> "QuerySet[AgentSession, int]":
    free = _old_sessions(project, intake, now).exclude(_is_held())
    return free.order_by("last_received_at", "pk").values_list("pk", flat=True)


def _old_batches(project: Project, intake: Intake, now: datetime) -> QuerySet[RawBatch]:
    """Digested ones; one that could not be read waits for somebody as long as a session is kept."""
    old = Q(state=BatchState.DONE, received_at__lt=now - timedelta(days=intake.keep_raw_days))
    if intake.keep_sessions_days is not None:
        old |= Q(state=BatchState.FAILED, received_at__lt=now - timedelta(days=intake.keep_sessions_days))
    return RawBatch.objects.filter(old, project=project)


def _old_sessions(project: Project, intake: Intake, now: datetime) -> QuerySet[AgentSession]:
    sessions = AgentSession.objects.filter(project=project)
    if intake.keep_sessions_days is None:
        return sessions.none()
    return sessions.filter(last_received_at__lt=now - timedelta(days=intake.keep_sessions_days))


def _old_scores(project: Project, intake: Intake, now: datetime) -> QuerySet[Score]:
    """Those whose session never came; all others go with their session."""
    scores = Score.objects.filter(project=project, session=None)
    if intake.keep_sessions_days is None:
        return scores.none()
    return scores.filter(created_at__lt=now - timedelta(days=intake.keep_sessions_days))


def _is_held() -> Q:
    """Whether a row of any app restricts the session: this one need not know which apps there are."""
    held = Q(pk__in=[])
    for relation in AgentSession._meta.related_objects:  # noqa: SLF001 # Django's own way to a model's relations
        if relation.on_delete in HOLDING:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})  # noqa: SLF001 # as above
            held |= Q(Exists(rows))
    return held


def _delete_sessions(project: Project, chosen: QuerySet[AgentSession]) -> int:
    """Deletes them in one transaction that a worker which reads them anew has to notice; how many went.

    Those that are chosen still: one of which something came while we waited for that worker is not old any more.
    """
    with transaction.atomic():
        fence.step_in(project)
        return chosen.exclude(_is_held()).delete()[1].get("traces.AgentSession", 0)


# --- on request -------------------------------------------------------------------------------------


def delete_session(session: AgentSession, *, actor: User | None = None, key: ApiKey | None = None) -> Removed:
    """Removes a session, its scores, and every batch that holds bytes of it; what comes of its traces later is dropped.

    Such a batch goes whole: other sessions in it stay as they are, and cannot be read again from it. Refused while
    people's judgements rest on the session, a worker has not read all of it yet, or a batch that holds some of it could
    not be read: what else that batch holds is nowhere else.
    """
    project = session.project
    needles = _needles(session)
    batches = [batch for batch in _batches_around(session) if _holds(batch, needles)]
    if any(batch.state == BatchState.WAITING for batch in batches):
        raise Refused("Data of this session came a moment ago and is still being read. Try again in some seconds.")
    if any(batch.state == BatchState.FAILED for batch in batches):
        raise Refused(
            "A batch that could not be read seems to hold data of this session, and maybe of others. Read it again or "
            "discard it on the health page, then delete the session."
        )
    with transaction.atomic():
        fence.step_in(project)
        if AgentSession.objects.filter(_is_held(), pk=session.pk).exists():
            raise Refused(
                "People have judged this session or commented on it, and what they said rests on it. It cannot be "
                "deleted."
            )
        removed = Removed(sessions=1, batches=len(batches), scores=session.scores.count())
        RawBatch.objects.filter(pk__in=[batch.pk for batch in batches]).delete()
        traces = Trace.objects.filter(session=session)
        for trace in traces:
            trace.parts.all().delete()
        traces.update(session=None, sampled_out=True)
        EndedSession.objects.filter(project=project, external_id=session.external_id).delete()
        session.delete()
        _note(project, removed, BY_REQUEST, actor=actor, key=key)
    return removed


def _needles(session: AgentSession) -> list[bytes]:
    """How the session and its traces may be written in bytes: as they are, in hex of either case, as a UUID."""
    needles = _named(session.external_id)
    for trace_id in Trace.objects.filter(session=session).values_list("trace_id", flat=True):
        needles += [trace_id.encode(), trace_id.upper().encode()]
        try:
            needles += [bytes.fromhex(trace_id), str(uuid.UUID(trace_id)).encode()]
        except ValueError:
            continue
    return needles


def _named(name: str) -> list[bytes]:
    """A whole string of JSON or of protobuf: a short id may stand inside of many longer ones."""
    written = name.encode()
    length = [bytes([len(written)]) + written] if len(written) <= ONE_BYTE else [written]
    return [json.dumps(name).encode(), json.dumps(name, ensure_ascii=False).encode(), *length]


def _batches_around(session: AgentSession) -> Iterator[RawBatch]:
    """Batches that may hold bytes of the session, one at a time: a project may keep many."""
    return RawBatch.objects.filter(
        project=session.project_id,
        received_at__gte=session.created_at - AROUND,
        received_at__lte=session.last_received_at + AROUND,
    ).iterator(chunk_size=SLICE)


def _holds(batch: RawBatch, needles: list[bytes]) -> bool:
    body = body_of(batch)
    if any(needle in body for needle in needles):
        return True
    batch.body = b""  # nothing of it is needed any more
    return False


def _note(
    project: Project, removed: Removed, reason: str, *, actor: User | None = None, key: ApiKey | None = None
) -> None:
    if removed:
        Removal.objects.create(
            project=project,
            actor=actor,
            api_key=key,
            reason=reason,
            sessions=removed.sessions,
            batches=removed.batches,
            scores=removed.scores,
            happened_at=timezone.now(),
        )
