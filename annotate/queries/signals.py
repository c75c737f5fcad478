"""What the Signals page shows: how often each kind fires, what reviews say of it, and what the project said of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min

from accounts.models import Project, User
from annotate.estimation import percent
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.estimates import leans
from common.intervals import wilson
from traces.detectors import (
    AS_IT_COMES,
    DETECTORS,
    ELSEWHERE,
    LEAST_STRENGTH,
    Choice,
    Detector,
    about_of,
    label_of,
    least_of,
    least_strengths,
)
from traces.models import AgentSession, DetectorSet, DetectorSetting, Signal, SignalRun
from traces.queries.detectors import choices_of
from traces.records import Threshold
from traces.storing import content_of

NEWEST_SETTINGS = 30
NOWHERE = (0, 0.0, 0.0)
# Fewer reviews than this say too little for an interval that anybody should act on.
FEW = 5


@dataclass(frozen=True)
class Precision:
    """Of the sessions with a kind of signal that were judged, how many failed; undecided ones are in neither."""

    reviewed: int
    failed: int

    @property
    def succeeded(self) -> int:
        """Those that it fired on and that were well."""
        return self.reviewed - self.failed

    @property
    def share(self) -> float:
        """Of failures, 0..1."""
        return self.failed / self.reviewed if self.reviewed else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies with 95 % confidence."""
        return wilson(self.failed, self.reviewed)

    @property
    def is_telling(self) -> bool:
        """Whether there are enough for an interval."""
        return self.reviewed >= FEW

    @property
    def words(self) -> str:
        """77 % (60–89)"""
        low, high = self.interval
        return f"{percent(self.share)} % ({percent(low)}–{percent(high)})"


@dataclass(frozen=True)
class Limit:
    """A threshold and where it stands in the project."""

    name: str
    threshold: Threshold
    value: float

    @property
    def is_moved(self) -> bool:
        """Whether the project changed it."""
        return self.value != self.threshold.default


@dataclass(frozen=True)
class KindRow:
    """One kind of signal, its detector's name ("" where another app writes it), and what limits there are.

    `sessions` show it, `weakest` to `strongest`. `limits` are the detector's, which also concern the kinds named in
    `siblings`; `least` is the kind's own.
    """

    kind: str
    detector: str
    version: int
    sessions: int
    weakest: float
    strongest: float
    precision: Precision
    is_on: bool
    least: Limit
    limits: tuple[Limit, ...] = ()
    siblings: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """In words."""
        return label_of(self.kind)

    @property
    def about(self) -> str:
        """On what it fires."""
        return about_of(self.kind)

    @property
    def runs_as(self) -> str:
        """What is to run again for it."""
        return self.detector or self.kind

    @property
    def lingers(self) -> bool:
        """Whether sessions that were read before it was switched off still show it."""
        return not self.is_on and self.sessions > 0

    @property
    def all_limits(self) -> tuple[Limit, ...]:
        """Its own first."""
        return self.least, *self.limits

    @property
    def moved(self) -> int:
        """How many of its limits the project changed."""
        return sum(limit.is_moved for limit in self.all_limits)


def kind_rows(project: Project, sight: Sight = EVERYTHING) -> list[KindRow]:
    """Every kind that can be written, the commonest first: four queries."""
    choices = choices_of([project.pk])[project.pk]
    fired, precisions = _fired(project), _precisions(project, sight)

    def row(kind: str, detector: Detector | None) -> KindRow:
        name = detector.name if detector else kind
        choice = choices.get(name, AS_IT_COMES)
        sessions, weakest, strongest = fired.get(kind, NOWHERE)
        return KindRow(
            kind=kind,
            detector=detector.name if detector else "",
            version=detector.version if detector else 0,
            sessions=sessions,
            weakest=weakest,
            strongest=strongest,
            precision=precisions.get(kind, Precision(0, 0)),
            is_on=kind not in choice.switched_off,
            least=Limit(least_of(kind), LEAST_STRENGTH, choice.least(kind)),
            limits=_limits(detector, choice) if detector else (),
            siblings=tuple(label_of(other) for other in detector.labels if other != kind) if detector else (),
        )

    rows = [row(kind, detector) for detector in DETECTORS for kind in detector.labels]
    rows += [row(kind, None) for kind in ELSEWHERE]
    return sorted(rows, key=lambda one: (-one.sessions, one.label))


def _limits(detector: Detector, choice: Choice) -> tuple[Limit, ...]:
    moved = detector.limits(choice)
    return tuple(Limit(name, one, moved.get(name, one.default)) for name, one in detector.thresholds.items())


def _fired(project: Project) -> dict[str, tuple[int, float, float]]:
    """By kind, in how many sessions it stands, and how strong the weakest and the strongest of these signals are."""
    rows = Signal.objects.filter(session__project=project, session__signal_count__gt=0).order_by().values_list("kind")
    told = rows.annotate(Count("session", distinct=True), Min("strength"), Max("strength"))
    return {kind: (sessions, weakest, strongest) for kind, sessions, weakest, strongest in told}


def _precisions(project: Project, sight: Sight) -> dict[str, Precision]:
    """By kind; a session counts once however often it shows the kind, by what most of its reviews say."""
    lean_of = dict(leans(project, sight=sight).values_list("session", "lean"))
    found = Signal.objects.filter(session__project=project, session__reviews__withdrawn_at=None)
    pairs = set(found.filter(session__reviews__isnull=False).order_by().values_list("session_id", "kind").distinct())
    reviewed = Counter(kind for pk, kind in pairs if pk in lean_of)
    failed = Counter(kind for pk, kind in pairs if lean_of.get(pk, 0) > 0)
    return {kind: Precision(count, failed[kind]) for kind, count in reviewed.items()}


@dataclass(frozen=True)
class Stale:
    """Sessions that were read with other detectors, switches or limits than would read them now.

    `detectors` are the names to run again; none means all, where more than detectors changed.
    """

    sessions: int
    detectors: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def count(self) -> int:
        """Of detectors."""
        return len(self.labels)


def stale(project: Project) -> Stale | None:
    """What there is to read again; None where nothing is: three queries."""
    now = content_of(choices_of([project.pk])[project.pk])
    settled = AgentSession.objects.filter(project=project, settled_revision__gte=1).order_by()
    counts = dict(settled.values("detector_set").annotate(sessions=Count("pk")).values_list("detector_set", "sessions"))
    sets = DetectorSet.objects.in_bulk([pk for pk in counts if pk is not None])
    changed: set[str] = set()
    sessions = 0
    for pk, count in counts.items():
        differing = {name for name, told in now.items() if pk is None or sets[pk].content.get(name) != told}
        changed |= differing
        sessions += count if differing else 0
    if not sessions:
        return None
    named = sorted(changed & ({one.name for one in DETECTORS} | ELSEWHERE.keys()))
    is_whole = None in counts or len(named) < len(changed)
    return Stale(sessions, () if is_whole else tuple(named), tuple(name_in_words(name) for name in named))


def name_in_words(detector: str) -> str:
    """A detector's name for a lead: the label of its kind where it has one only."""
    labels = {one.name: list(one.labels.values()) for one in DETECTORS}.get(detector, [])
    return labels[0] if len(labels) == 1 else label_of(detector)


@dataclass(frozen=True)
class RunState:
    """A run over history and how it goes."""

    run: SignalRun
    now: datetime

    @property
    def is_open(self) -> bool:
        """Whether it still goes on."""
        return self.run.finished_at is None

    @property
    def done(self) -> int:
        """Never more than there were: what was settled first since it was asked counts too."""
        return min(self.run.done, self.run.total)

    @property
    def per_second(self) -> float:
        """Sessions a second since it was asked, or in all of its time."""
        seconds = ((self.run.finished_at or self.now) - self.run.asked_at).total_seconds()
        return self.run.done / seconds if seconds > 0 else 0.0

    @property
    def left(self) -> str:
        """The time that it still takes, in words; "" where nothing tells yet."""
        if not self.is_open or not self.run.done:
            return ""
        seconds = (self.run.total - self.done) / self.per_second
        if seconds < 90:  # noqa: PLR2004 # one minute and a half reads better as seconds
            return f"about {max(1, round(seconds))} s"
        return f"about {round(seconds / 60)} min"

    @property
    def what(self) -> str:
        """What runs, in words."""
        return ", ".join(name_in_words(name) for name in self.run.detectors) or "all detectors"


def newest_run(project: Project, now: datetime) -> RunState | None:
    """The run that goes on, or the last one: one query."""
    run = SignalRun.objects.filter(project=project).select_related("asked_by", "stopped_by").last()
    return RunState(run, now) if run else None


@dataclass(frozen=True)
class Change:
    """What somebody said of a detector at one time, in words."""

    at: datetime
    by: User | None
    words: str


def changes(project: Project) -> list[Change]:
    """What was said of detectors, newest first, at most 30: one query."""
    rows = list(DetectorSetting.objects.filter(project=project).select_related("set_by").order_by("pk"))
    before: dict[str, DetectorSetting] = {}
    told = []
    for row in rows:
        told.append(Change(row.set_at, row.set_by, _difference(before.get(row.detector), row)))
        before[row.detector] = row
    return told[::-1][:NEWEST_SETTINGS]


def _difference(was: DetectorSetting | None, now: DetectorSetting) -> str:
    off_before, off = (set(one.switched_off) if one else set() for one in (was, now))
    words = [f"Switched off “{label_of(kind)}”" for kind in sorted(off - off_before)]
    words += [f"Switched on “{label_of(kind)}”" for kind in sorted(off_before - off)]
    limits, concerned = _limits_by_name(now.detector)
    moved_before, moved = (one.thresholds if one else {} for one in (was, now))
    for name in sorted(moved_before | moved):
        before, after = (_value(one, name, limits) for one in (moved_before, moved))
        if before != after:
            label = limits[name].label if name in limits else name
            words.append(f"{concerned.get(name, name_in_words(now.detector))}: {label} {before} → {after}")
    return "; ".join(words)


def _limits_by_name(detector: str) -> tuple[Mapping[str, Threshold], dict[str, str]]:
    """What can be moved of a detector, and of those limits that concern one kind only its label."""
    found = next((one for one in DETECTORS if one.name == detector), None)
    kinds = [*found.labels] if found else [detector]
    return found.movable if found else least_strengths(kinds), {least_of(kind): label_of(kind) for kind in kinds}


def _value(moved: Mapping[str, float], name: str, limits: Mapping[str, Threshold]) -> str:
    if name in moved:
        return f"{moved[name]:g}"
    return f"{limits[name].default:g}" if name in limits else "its own"
