"""The one place where a project's sessions are written: short transactions behind the fence, redone when overtaken."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.utils import timezone

from accounts.models import Project
from common import rows
from ingest.conversation import sessions_ended
from ingest.dialects.feedback import scores_of_logs, scores_of_span
from ingest.models import Fence, Trace, TracePart
from ingest.records import Contents, LogRecord, ScoreRecord, SessionRecord, SpanRecord
from ingest.storing import endings, fence
from ingest.storing.choosing import choose, price
from ingest.storing.scores import release_scores, resolve_scores, store_scores
from ingest.storing.sessions import STEP_COLUMNS, Change, Outcome, compare
from ingest.storing.telemetry import Grown, Story, Telling, draw_up
from traces.models import AgentSession, Step, Transcript

MOST_TRIES = 3
# A transaction of so many sessions holds SQLite's one write lock for some 20 ms; then the doors get their turn.
AT_ONCE = 50
TRACE = ("project", "trace_id", "session", "sampled_out")
PART = ("trace", "digest", "payload")
TRANSCRIPT = ("session", "payload")
STEP = ("session", *STEP_COLUMNS)
SESSION = tuple(one.attname for one in AgentSession._meta.concrete_fields if not one.primary_key)  # noqa: SLF001 # Django's own
# Not what settling writes: it may be at it while this derives the steps.
OF_SETTLING = {
    *("settled_revision", "signal_count", "signal_weight", "signals_revision", "signals_at", "detector_set_id"),
    *("ttft_ms", "profile", "shape"),
}
CHANGING = tuple(name for name in SESSION if name not in {"project_id", "created_at", "draw", *OF_SETTLING})


Finish = Callable[[list[Outcome]], None]


@dataclass(frozen=True)
class Delivery:
    """What one body held, and when it came."""

    contents: Contents
    received_at: datetime


@dataclass
class Draft:
    """All that a few deliveries change, slice by slice; true as long as the fence stands at `number`."""

    number: int
    slices: list[list[Change]]
    strays: list[Grown]
    emptied: set[int]
    ended: set[str]
    scores: list[ScoreRecord] = field(default_factory=list)


def store(
    project: Project, deliveries: Sequence[Delivery], finish: Finish = lambda _: None, *, anew: bool = False
) -> list[Outcome]:
    """Brings the rows to what the deliveries say. Running it again changes nothing.

    `finish` is called with all outcomes in the last transaction: what it writes is there exactly when the rest is.
    `anew`: see `draw_up`.
    """
    for _ in range(MOST_TRIES):
        try:
            return _write(project, _draft(project, deliveries, anew=anew), finish)
        except fence.Overtaken:
            continue
    with transaction.atomic():
        # Whoever overtakes us again and again waits this time.
        Fence.objects.select_for_update().get(project=project)
        return _write(project, _draft(project, deliveries, anew=anew), finish)


def _draft(project: Project, deliveries: Sequence[Delivery], *, anew: bool) -> Draft:
    number = fence.look(project)
    bodies = [(one.contents.spans, one.contents.logs, one.received_at) for one in deliveries]
    telling = draw_up(project, bodies, anew=anew)
    scores = list(_scores(deliveries))
    stories, left_out = choose(project, _joined(telling, _plain_stories(project, deliveries)), scores)
    price(project, stories)
    ended = sessions_ended(log for one in deliveries for log in one.contents.logs)
    endings.close(project, stories, ended)
    changes = compare(stories)
    size = max(1, len(changes)) if telling.is_tangled else AT_ONCE
    return Draft(
        number=number,
        slices=[changes[start : start + size] for start in range(0, len(changes), size)] or [[]],
        strays=[*telling.strays, *left_out],
        emptied=telling.emptied,
        ended=ended,
        scores=scores,
    )


def _plain_stories(project: Project, deliveries: Sequence[Delivery]) -> list[Story]:
    """The sessions that came whole. What was stored from a later delivery already is not put back."""
    newest: dict[str, tuple[SessionRecord, datetime]] = {}
    for one in sorted(deliveries, key=lambda one: one.received_at):
        newest.update({record.external_id: (record, one.received_at) for record in one.contents.sessions})
    if not newest:
        return []
    known = {row.external_id: row for row in AgentSession.objects.filter(project=project, external_id__in=newest)}
    return [
        Story(known.get(name) or AgentSession(project=project, external_id=name, revision=0), record, received_at)
        for name, (record, received_at) in newest.items()
        if name not in known or known[name].last_received_at <= received_at
    ]


def _joined(telling: Telling, plain: Iterable[Story]) -> list[Story]:
    """One story for each session: where a session came both ways, it is as it came whole, and keeps its traces."""
    stories = {story.row.external_id: story for story in telling.stories}
    for story in plain:
        told = stories.setdefault(story.row.external_id, story)
        told.record, told.received_at = story.record, max(told.received_at, story.received_at)
    return list(stories.values())


def _scores(deliveries: Iterable[Delivery]) -> Iterator[ScoreRecord]:
    for one in deliveries:
        for span in one.contents.spans:
            yield from scores_of_span(span)
        yield from scores_of_logs(one.contents.logs)
        yield from one.contents.scores
        for record in one.contents.sessions:
            yield from record.scores


# --- writing ----------------------------------------------------------------------------------------


def _write(project: Project, draft: Draft, finish: Finish) -> list[Outcome]:
    outcomes: list[Outcome] = []
    *first, last = draft.slices
    for step, changes in enumerate(first):
        with transaction.atomic():
            fence.step_over(project, draft.number + step)
            outcomes += _write_changes(project, changes)
    with transaction.atomic():
        fence.step_over(project, draft.number + len(first))
        outcomes += _write_changes(project, last)
        _write_traces(project, draft.strays)
        _drop_empty(draft.emptied)
        endings.note(project, draft.ended)
        _write_scores(project, draft)
        finish(outcomes)
    return outcomes


def _write_changes(project: Project, changes: Sequence[Change]) -> list[Outcome]:
    _write_sessions(project, changes)
    _write_traces(project, [grown for change in changes for grown in change.grown])
    _write_steps(changes)
    return [change.outcome for change in changes]


def _write_sessions(project: Project, changes: Sequence[Change]) -> None:
    known = [change.row for change in changes if change.row.pk]
    rows.update(AgentSession, CHANGING, ((*_values(row, CHANGING), row.pk) for row in known))
    fresh = {change.row.external_id: change.row for change in changes if not change.row.pk}
    now = timezone.now()
    for row in fresh.values():
        row.created_at = now
    rows.insert(AgentSession, SESSION, (_values(row, SESSION) for row in fresh.values()))
    _learn_keys(AgentSession.objects.filter(project=project), "external_id", fresh)


def _values(row: AgentSession, names: Iterable[str]) -> list[object]:
    return [getattr(row, name) for name in names]


def _write_traces(project: Project, grown: Sequence[Grown]) -> None:
    for one in grown:
        one.trace.session = one.trace.session  # which may have got its key since
    moved = [one.trace for one in grown if one.is_moved and one.trace.pk]
    rows.update(Trace, ("session",), ((trace.session_id, trace.pk) for trace in moved))
    fresh = {one.trace.trace_id: one.trace for one in grown if not one.trace.pk}
    values = ((trace.project_id, trace.trace_id, trace.session_id, trace.sampled_out) for trace in fresh.values())
    rows.insert(Trace, TRACE, values)
    _learn_keys(Trace.objects.filter(project=project), "trace_id", fresh)
    rows.insert(TracePart, PART, ((one.trace.pk, part.digest, part.payload) for one in grown for part in one.parts))


def _learn_keys(
    found: QuerySet[AgentSession] | QuerySet[Trace], name: str, fresh: Mapping[str, AgentSession | Trace]
) -> None:
    """Gives rows the primary keys under which they were just inserted; `found` are those of the project."""
    for value, key in found.filter(**{f"{name}__in": fresh}).values_list(name, "pk") if fresh else ():
        fresh[value].pk = key


def _write_steps(changes: Sequence[Change]) -> None:
    for change in changes:
        if change.gone:
            Step.objects.filter(session=change.row, key__in=change.gone).delete()
    steps = ((change.row.pk, *step) for change in changes for step in change.steps)
    rows.insert(Step, STEP, steps, unique=("session", "key"))
    words = ((change.row.pk, change.words) for change in changes if change.words is not None)
    rows.insert(Transcript, TRANSCRIPT, words, unique=("session",))


def _drop_empty(session_ids: set[int]) -> None:
    """A session that lost its last trace is gone, unless people have judged it."""
    if not session_ids:
        return
    release_scores(session_ids)
    for session in AgentSession.objects.filter(pk__in=session_ids):
        try:
            with transaction.atomic():
                session.delete()
        except (ProtectedError, RestrictedError):
            continue


def _write_scores(project: Project, draft: Draft) -> None:
    store_scores(project, draft.scores)
    resolve_scores(project, [change.row for changes in draft.slices for change in changes])


# --- in other words ---------------------------------------------------------------------------------


def store_telemetry(
    project: Project, spans: Sequence[SpanRecord], logs: Sequence[LogRecord], received_at: datetime
) -> list[Outcome]:
    """`store` of spans and logs that came at one time."""
    return store(project, [Delivery(Contents(spans=tuple(spans), logs=tuple(logs)), received_at)])


def store_sessions(project: Project, records: Sequence[SessionRecord], received_at: datetime) -> list[Outcome]:
    """`store` of whole sessions that came at one time."""
    return store(project, [Delivery(Contents(sessions=tuple(records)), received_at)])
