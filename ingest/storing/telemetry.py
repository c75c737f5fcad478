"""Telemetry drawn up: the parts that are new, the traces they belong to, and the sessions that tell of them, anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from accounts.models import Project
from ingest.conversation import read_session, session_of_trace
from ingest.models import Trace, TracePart
from ingest.receiving.checking import TRACE_ID, is_id
from ingest.records import LogRecord, SessionRecord, SpanRecord
from ingest.storing.merging import merge_logs, merge_spans
from ingest.storing.parts import Part, part_of, read_part
from traces.models import AgentSession

Told = tuple[list[SpanRecord], list[LogRecord]]
Body = tuple[Sequence[SpanRecord], Sequence[LogRecord], datetime]
Payloads = dict[str, bytes | memoryview]


@dataclass
class Grown:
    """A trace and the parts of it that are new. `is_moved`: it is new itself, or its session is another than before."""

    trace: Trace
    parts: list[Part]
    is_moved: bool


@dataclass
class Story:
    """A session to be brought to what its record says, and what of its traces is new. A new row has no key yet."""

    row: AgentSession
    record: SessionRecord
    received_at: datetime
    grown: list[Grown] = field(default_factory=list)


@dataclass
class Telling:
    """What telemetry changes. `strays` belong to no session; `emptied` sessions lost their last trace.

    `is_tangled`: a trace leaves its session here, so that either all of it is written or nothing.
    """

    stories: list[Story] = field(default_factory=list)
    strays: list[Grown] = field(default_factory=list)
    emptied: set[int] = field(default_factory=set)
    is_tangled: bool = False


@dataclass
class _News:
    """The parts of one trace that are not stored yet, and when the last of them came."""

    received_at: datetime
    parts: dict[str, Part] = field(default_factory=dict)


def draw_up(project: Project, bodies: Iterable[Body], *, anew: bool = False) -> Telling:
    """What the spans and logs of these bodies, each received at its time, change. Reads, and writes nothing.

    `anew`: a trace of which nothing is new is read again all the same, as after a fix of how we read.
    """
    news = _news(bodies)
    if not news:
        return Telling()
    known = {trace.trace_id: trace for trace in Trace.objects.filter(project=project, trace_id__in=news)}
    for trace in known.values():
        if trace.sampled_out:
            del news[trace.trace_id]
    stored = _stored({trace.pk: trace.trace_id for trace in known.values() if not trace.sampled_out})
    for trace_id, payloads in stored.items():
        for digest in payloads:
            news[trace_id].parts.pop(digest, None)
    news = {trace_id: new for trace_id, new in news.items() if new.parts or anew}
    told = {trace_id: _told(trace_id, stored.get(trace_id, {}), new.parts.values()) for trace_id, new in news.items()}
    return _Placing(project, news, known, told).telling()


def _news(bodies: Iterable[Body]) -> dict[str, _News]:
    news: dict[str, _News] = {}
    for spans, logs, received_at in bodies:
        for trace_id, told in _by_trace(spans, logs).items():
            new = news.setdefault(trace_id, _News(received_at))
            new.received_at = max(new.received_at, received_at)
            part = part_of(*told)
            new.parts[part.digest] = part
    return news


def _by_trace(spans: Iterable[SpanRecord], logs: Iterable[LogRecord]) -> dict[str, Told]:
    found: dict[str, Told] = {}
    for span in spans:
        found.setdefault(span.trace_id, ([], []))[0].append(span)
    for log in logs:
        if is_id(log.trace_id, TRACE_ID):  # a result without a trace is a score, and nothing more
            found.setdefault(log.trace_id, ([], []))[1].append(log)
    return found


def _stored(traces: Mapping[int, str]) -> dict[str, Payloads]:
    """What is stored of traces, given by key and trace id: the payloads by trace id and digest."""
    found: dict[str, Payloads] = {trace_id: {} for trace_id in traces.values()}
    if traces:
        parts = TracePart.objects.filter(trace__in=traces).values_list("trace_id", "digest", "payload")
        for key, digest, payload in parts.iterator():
            found[traces[key]][digest] = payload
    return found


def _told(trace_id: str, stored: Payloads, parts: Iterable[Part] = ()) -> Told:
    """All that is known of a trace, each span and log once."""
    known = [read_part(trace_id, payload) for payload in stored.values()]
    known += [(list(part.spans), list(part.logs)) for part in parts]
    spans = merge_spans(span for some, _ in known for span in some)
    return spans, merge_logs(log for _, others in known for log in others)


class _Placing:
    """Puts each trace into the session that its spans name, and reads anew all sessions that this concerns."""

    def __init__(
        self, project: Project, news: Mapping[str, _News], known: Mapping[str, Trace], told: Mapping[str, Told]
    ) -> None:
        self.project, self.news, self.known, self.told = project, news, known, dict(told)
        self.names = {trace_id: session_of_trace(*told[trace_id], project.session_keys) for trace_id in news}
        self.rows = self._rows()
        self.is_tangled = False
        self._rename()

    def _rows(self) -> dict[str, AgentSession]:
        """The sessions that are there of those that traces are in, and of those that they are to be in."""
        names = {*self.names.values()} - {""}
        keys = {self.known[trace_id].session_id for trace_id in self.news if trace_id in self.known} - {None}
        wanted = Q(external_id__in=names) | Q(pk__in=keys) if keys else Q(external_id__in=names)
        return {row.external_id: row for row in AgentSession.objects.filter(wanted, project=self.project)}

    def _rename(self) -> None:
        """A session that only gets its real name now keeps its row, and with it all judgements."""
        for trace_id, name in self.names.items():
            old = self.rows.get(trace_id)
            known = self.known.get(trace_id)
            if name and name not in self.rows and old is not None and known is not None and known.session_id == old.pk:
                self.rows[name] = self.rows.pop(trace_id)
                old.external_id = name
                self.is_tangled = True

    def telling(self) -> Telling:
        """All of it; nothing is written yet."""
        members = _members({row.pk: name for name, row in self.rows.items()})
        grown: dict[str, list[Grown]] = {}
        for trace_id, name in self.names.items():
            grown.setdefault(name, []).append(self._grow(trace_id, name))
            for traces in members.values():
                traces.pop(trace_id, None)
        self._learn({key: trace_id for traces in members.values() for trace_id, key in traces.items()})
        strays = grown.pop("", [])
        told = sorted(name for name in self.rows if members.get(name) or name in grown)
        return Telling(
            stories=[self._story(name, members.get(name, ()), grown.get(name, [])) for name in told],
            strays=strays,
            emptied={row.pk for name, row in self.rows.items() if name not in told},
            is_tangled=self.is_tangled,
        )

    def _grow(self, trace_id: str, name: str) -> Grown:
        """The trace, put where it belongs."""
        trace = self.known.get(trace_id) or Trace(project=self.project, trace_id=trace_id)
        before = trace.session_id
        trace.session = self._row(name) if name else None
        is_moved = trace.pk is None or before is None or trace.session_id != before
        self.is_tangled = self.is_tangled or (before is not None and is_moved)
        return Grown(trace, list(self.news[trace_id].parts.values()), is_moved)

    def _row(self, name: str) -> AgentSession:
        if name not in self.rows:
            self.rows[name] = AgentSession(project=self.project, external_id=name, revision=0)
        return self.rows[name]

    def _learn(self, traces: Mapping[int, str]) -> None:
        """What is stored of traces, by key and trace id, that nothing new came of."""
        self.told.update({trace_id: _told(trace_id, stored) for trace_id, stored in _stored(traces).items()})

    def _story(self, name: str, others: Iterable[str], grown: list[Grown]) -> Story:
        told = [self.told[trace_id] for trace_id in sorted([*others, *(one.trace.trace_id for one in grown)])]
        record = read_session(
            name, [span for spans, _ in told for span in spans], [log for _, logs in told for log in logs]
        )
        times = [self.news[one.trace.trace_id].received_at for one in grown] or [
            n.received_at for n in self.news.values()
        ]
        return Story(self.rows[name], record, max(times), grown)


def _members(sessions: Mapping[int | None, str]) -> dict[str, dict[str, int]]:
    """The traces of sessions, given by key and name: their keys, by the session's name and the trace's id."""
    found: dict[str, dict[str, int]] = {}
    keys = [key for key in sessions if key is not None]
    if keys:
        rows = Trace.objects.filter(session__in=keys).values_list("session_id", "trace_id", "pk")
        for session, trace_id, key in rows:
            found.setdefault(sessions[session], {})[trace_id] = key
    return found
