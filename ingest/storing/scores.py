"""Scores into rows. One may come before its session: it is kept, and finds the session later."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from accounts.models import Project
from ingest.models import Trace
from ingest.records import ScoreRecord
from ingest.storing.fitting import shorten
from traces.models import AgentSession, Score, Step
from traces.storing import settle_again

EXPLANATION = 20_000
UPDATED = [
    *("external_id", "trace_id", "span_id", "response_id", "step_key", "target", "name", "value", "label"),
    *("explanation", "annotator_kind", "author", "version", "given_at"),
]
SESSION, TRACE, SPAN, RESPONSE = "session:", "trace:", "span:", "response:"
PARAMETERS = 5_000  # of one statement: SQLite takes some 32,000


def store_scores(project: Project, records: Sequence[ScoreRecord]) -> None:
    """Stores the scores; one that came before is brought up to date. Those whose session is there are joined to it."""
    rows = _newest(Score(project=project, **_values(record)) for record in records)
    for some in _chunks(rows):
        known = {row.identity: row for row in _of(project, identity__in=some)}
        news = [rows[identity] for identity in some if _is_news(rows[identity], known.get(identity))]
        Score.objects.bulk_create(
            news, update_conflicts=True, unique_fields=["project", "identity"], update_fields=UPDATED, batch_size=200
        )
        stored = _of(project, identity__in=[row.identity for row in news])
        _join(project, stored)
        settle_again(stored.filter(session__isnull=False).values_list("session_id", flat=True))


def _of(project: Project, **wanted: Any) -> QuerySet[Score]:
    return Score.objects.filter(project=project, **wanted)


def _newest(rows: Iterable[Score]) -> dict[str, Score]:
    """Of each score the version given last; where no times tell, the one that came last."""
    newest: dict[str, Score] = {}
    for row in rows:
        if row.identity not in newest or not _is_older(row.given_at, newest[row.identity].given_at):
            newest[row.identity] = row
    return newest


def _is_news(row: Score, known: Score | None) -> bool:
    """Whether a score says anything that is not stored yet: many senders send all of theirs again."""
    if known is None:
        return True
    return not _is_older(row.given_at, known.given_at) and any(
        getattr(row, name) != getattr(known, name) for name in UPDATED
    )


def _is_older(given_at: Any, known: Any) -> bool:
    return given_at is not None and known is not None and given_at < known


def _values(record: ScoreRecord) -> dict[str, Any]:
    return {
        "identity": record.identity,
        "external_id": _plain(record.external_id, 200),
        "trace_id": _plain(record.trace_id, 32),
        "span_id": _plain(record.span_id, 16),
        "response_id": _plain(record.response_id, 100),
        "step_key": _plain(record.step_key, 80),
        "target": target_of(record),
        "name": shorten(record.name, 120),
        "value": record.value,
        "label": shorten(record.label, 200),
        "explanation": _cut(record.explanation),
        "annotator_kind": record.annotator_kind,
        "author": shorten(record.author, 120),
        "version": shorten(record.version, 120),
        "given_at": record.given_at,
    }


def target_of(record: ScoreRecord) -> str:
    """By what the session of a score is found: its name, else a trace, a span, or a model's answer in it."""
    if record.external_id:
        return SESSION + _plain(record.external_id, 200)
    if record.trace_id:
        return TRACE + _plain(record.trace_id, 32)
    if record.span_id:
        return SPAN + _plain(record.span_id, 16)
    return RESPONSE + _plain(record.response_id, 100) if record.response_id else ""


def _plain(text: str, width: int) -> str:
    return text[:width].replace("\x00", "\ufffd")


def _cut(text: str) -> str:
    return _plain(text, EXPLANATION) if len(text) <= EXPLANATION else _plain(text, EXPLANATION - 1) + "…"


def resolve_scores(project: Project, sessions: Iterable[AgentSession]) -> None:
    """Joins the scores that are about these sessions, which are new or hold other traces and steps than before."""
    sessions = list(sessions)
    # One look, so that projects without any scores pay no more than that.
    if sessions and _of(project).exists():
        for some in _chunks(_targets_in(sessions)):
            _join(project, _of(project, target__in=some))


def _targets_in(sessions: Sequence[AgentSession]) -> list[str]:
    """Every target by which a score may be about one of the sessions."""
    traces = Trace.objects.filter(session__in=sessions).values_list("trace_id", flat=True)
    steps = Step.objects.filter(session__in=sessions).values_list("span_id", "response_id")
    found = {SESSION + session.external_id for session in sessions}
    for trace_id in traces:
        found |= {TRACE + trace_id, SESSION + trace_id}
    for span_id, response_id in steps:
        found |= {SPAN + span_id, RESPONSE + response_id}
    return sorted(found)


def release_scores(sessions: Iterable[int]) -> None:
    """Lets go of the scores of sessions that are about to vanish because their traces belong to others now."""
    Score.objects.filter(session__in=list(sessions)).update(session=None)


def _join(project: Project, scores: Iterable[Score]) -> None:
    """Gives each score the session that its target is in now, and none where that has not come."""
    scores = list(scores)
    homes = _homes(project, {score.target for score in scores})
    moved: dict[int | None, list[int]] = {}
    left = set()
    for score in scores:
        home = homes.get(score.target)
        if score.session_id != home:
            moved.setdefault(home, []).append(score.pk)
            left.add(score.session_id)
    for home, ids in moved.items():
        Score.objects.filter(pk__in=ids).update(session=home)
    settle_again(pk for pk in {*left, *moved} if pk is not None)


def _homes(project: Project, targets: Iterable[str]) -> dict[str, int]:
    """The sessions in which these targets are, by target."""
    names: dict[str, set[str]] = {}
    for target in targets:
        kind, mark, name = target.partition(":")
        names.setdefault(kind + mark, set()).add(name)
    homes: dict[str, int] = {}
    for kind, wanted in names.items():
        found = FINDERS[kind](project, wanted) if kind in FINDERS else {}
        homes.update({kind + name: session for name, session in found.items()})
    return homes


def _by_name(project: Project, names: set[str]) -> dict[str, int]:
    """Sessions by the sender's name; by the id of a trace too, which is a session's name until it gets its own."""
    rows = AgentSession.objects.filter(project=project, external_id__in=names)
    found = dict(rows.values_list("external_id", "pk"))
    return _by_trace(project, names - found.keys()) | found


def _by_trace(project: Project, trace_ids: set[str]) -> dict[str, int]:
    rows = Trace.objects.filter(project=project, trace_id__in=trace_ids, session__isnull=False) if trace_ids else ()
    return {row.trace_id: row.session_id for row in rows if row.session_id is not None}


def _by_span(project: Project, span_ids: set[str]) -> dict[str, int]:
    """By a span's id alone; where several traces have it, the first, whatever the order of arrival."""
    rows = Step.objects.filter(session__project=project, span_id__in=span_ids).order_by("-trace_id", "-key")
    return dict(rows.values_list("span_id", "session_id"))


def _by_response(project: Project, ids: set[str]) -> dict[str, int]:
    rows = Step.objects.filter(session__project=project, response_id__in=ids).order_by("-trace_id", "-key")
    return dict(rows.values_list("response_id", "session_id"))


FINDERS = {SESSION: _by_name, TRACE: _by_trace, SPAN: _by_span, RESPONSE: _by_response}


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(values)
    while some := list(islice(rest, PARAMETERS)):
        yield some
