"""The project's rules applied to what is stored already: sessions with all that belongs to them, and raw batches."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Project
from common.compression import compress
from ingest.models import BatchState, Intake, RawBatch, Trace, TracePart, UnmappedAttribute
from ingest.records import EventRecord, LogRecord, SpanRecord
from ingest.redaction import redact_body, redact_value
from ingest.redaction.rules import Redaction
from ingest.redaction.values import redact_string
from ingest.storing import fence
from ingest.storing.batches import body_of
from ingest.storing.parts import part_of, read_part
from ingest.storing.private import intake_of, start_redaction
from traces.models import AgentSession, Score, Signal, Step, Transcript
from traces.records import ToolSchema
from traces.words import Words, pack_words

SLICE = 50
SESSION_WORDS = {"title": 300, "last_answer": 300, "user_ref": 200, "workflow": 200}
SCORE_WORDS = {"explanation": 20_000, "label": 200, "author": 120, "version": 120, "external_id": 200, "target": 210}


@dataclass
class Rewritten:
    """How far it has come. `last`: the key to go on after; None at the end. `counts`: how often each rule fired."""

    last: int | None = None
    seen: int = 0
    changed: int = 0
    counts: Counter[str] = field(default_factory=Counter)


def redact_sessions(project: Project, after: int = 0, *, dry_run: bool = False) -> Rewritten:
    """The next sessions after this key, in one transaction; with `dry_run` it only counts."""
    intake = intake_of(project)
    done = Rewritten()
    with transaction.atomic():
        fence.step_in(project)
        rows = list(AgentSession.objects.filter(project=project, pk__gt=after).order_by("pk")[:SLICE])
        for row in rows:
            _count(done, _Session(intake, row).rewrite())
        transaction.set_rollback(dry_run)
    done.last = rows[-1].pk if len(rows) == SLICE else None
    return done


def redact_batches(project: Project, after: int = 0, *, dry_run: bool = False) -> Rewritten:
    """The next raw batches after this key. One that waits is rewritten too, as if the rules had been there before."""
    intake = intake_of(project)
    done = Rewritten()
    with transaction.atomic():
        own = RawBatch.objects.filter(project=project, pk__gt=after).exclude(~Q(claim=""), state=BatchState.WAITING)
        rows = list(own.select_for_update(of=("self",)).order_by("pk")[:SLICE])
        for row in rows:
            redaction = start_redaction(intake)
            if redaction is not None:
                body = redact_body(redaction, row.door, row.content_type, body_of(row))
                # The same bytes sent again are redacted before they are compared.
                row.body, row.sha256 = compress(body), hashlib.sha256(body).hexdigest()
            _count(done, redaction)
        RawBatch.objects.bulk_update(rows, ["body", "sha256"])
        transaction.set_rollback(dry_run)
    done.last = rows[-1].pk if len(rows) == SLICE else None
    return done


def redact_rest(project: Project, *, dry_run: bool = False) -> Rewritten:
    """What belongs to no session: scores whose session never came, and the examples of unread attributes."""
    redaction = start_redaction(intake_of(project))
    done = Rewritten()
    if redaction is None:
        return done
    with transaction.atomic():
        _scores(redaction, list(Score.objects.filter(project=project, session=None)))
        for row in UnmappedAttribute.objects.filter(project=project):
            row.example = redact_string(redaction, row.example, name=row.key)[:200]
            row.save(update_fields=["example"])
        transaction.set_rollback(dry_run)
    _count(done, redaction)
    return done


def _count(done: Rewritten, redaction: Redaction | None) -> None:
    done.seen += 1
    if redaction is not None and redaction.counts:
        done.changed += 1
        done.counts += redaction.counts


class _Session:
    """One session and all that is stored of it."""

    def __init__(self, intake: Intake, row: AgentSession) -> None:
        self.redaction = start_redaction(intake)
        self.row = row
        self._resources: dict[int, dict[str, Any]] = {}

    def rewrite(self) -> Redaction | None:
        """Takes private words out of all of it; what that was."""
        if self.redaction is not None:
            with import_string(settings.QUOTES_FOLLOW)(self.row, self.redaction.text):
                self._row(self.redaction)
                self._words(self.redaction)
            self._parts(self.redaction)
            _scores(self.redaction, list(Score.objects.filter(session=self.row)))
            self._signals(self.redaction)
            if self.redaction.counts:
                self._tell()
        return self.redaction

    def _row(self, redaction: Redaction) -> None:
        for name, width in SESSION_WORDS.items():
            setattr(self.row, name, redaction.text(getattr(self.row, name))[:width])
        self.row.tags = redact_value(redaction, self.row.tags, free=True)
        self.row.metadata = redact_value(redaction, self.row.metadata, free=True)
        named = redaction.text(self.row.external_id)[:200]
        if not AgentSession.objects.filter(project=self.row.project_id, external_id=named).exists():
            self.row.external_id = named
        self.row.save(update_fields=[*SESSION_WORDS, "tags", "metadata", "external_id"])

    def _words(self, redaction: Redaction) -> None:
        words = {key: Words(*(redact_string(redaction, one) for one in said)) for key, said in self.row.words.items()}
        steps = list(Step.objects.filter(session=self.row).only("name", "error_type"))
        for step in steps:
            step.name, step.error_type = redaction.text(step.name)[:200], redaction.text(step.error_type)[:120]
        Step.objects.bulk_update(steps, ["name", "error_type"], batch_size=200)
        names = [step.name for step in steps]
        payload = pack_words(words, names, _tools(redaction, self.row), _prompts(redaction, self.row))
        Transcript.objects.filter(session=self.row).update(payload=payload)

    def _parts(self, redaction: Redaction) -> None:
        for trace in Trace.objects.filter(session=self.row):
            for row in TracePart.objects.filter(trace=trace):
                spans, logs = read_part(trace.trace_id, row.payload)
                part = part_of([self._span(redaction, span) for span in spans], [_log(redaction, log) for log in logs])
                same = TracePart.objects.filter(trace=trace, digest=part.digest).exclude(pk=row.pk)
                if same.exists():
                    row.delete()
                else:
                    TracePart.objects.filter(pk=row.pk).update(digest=part.digest, payload=part.payload)

    def _span(self, redaction: Redaction, span: SpanRecord) -> SpanRecord:
        resource = self._resources.setdefault(id(span.resource), redact_value(redaction, span.resource, free=True))
        return replace(
            span,
            name=redaction.text(span.name),
            message=redact_string(redaction, span.message),
            attributes=redact_value(redaction, span.attributes, free=True),
            resource=resource,
            events=tuple(
                EventRecord(redaction.text(e.name), e.time_ns, redact_value(redaction, e.attributes, free=True))
                for e in span.events
            ),
        )

    def _signals(self, redaction: Redaction) -> None:
        rows = list(Signal.objects.filter(session=self.row))
        for row in rows:
            row.sentence = redaction.text(row.sentence)
        Signal.objects.bulk_update(rows, ["sentence"])

    def _tell(self) -> None:
        """Whoever keeps a copy of the session, or of its signals, looks for what was written since."""
        written = {"signals_at": timezone.now(), "signals_revision": F("signals_revision") + 1}
        AgentSession.objects.filter(pk=self.row.pk).update(**written)


def _tools(redaction: Redaction, row: AgentSession) -> dict[str, ToolSchema]:
    """The tools that were offered, under the names that their calls bear from now on."""
    transcript = Transcript.of(row)
    offered = transcript.tools.values() if transcript else ()
    return {name: replace(tool, name=name) for tool in offered if (name := redaction.text(tool.name)[:200])}


def _prompts(redaction: Redaction, row: AgentSession) -> dict[str, str]:
    transcript = Transcript.of(row)
    told = transcript.prompts if transcript else {}
    return {key: redact_string(redaction, prompt) for key, prompt in told.items()}


def _log(redaction: Redaction, log: LogRecord) -> LogRecord:
    return replace(
        log,
        attributes=redact_value(redaction, log.attributes, free=True),
        body=redact_value(redaction, log.body, free=True),
    )


def _scores(redaction: Redaction, rows: list[Score]) -> None:
    for row in rows:
        for name, width in SCORE_WORDS.items():
            setattr(row, name, redact_string(redaction, getattr(row, name))[:width])
    Score.objects.bulk_update(rows, list(SCORE_WORDS), batch_size=200)
