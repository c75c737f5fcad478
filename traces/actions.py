"""Writes: what people decide about how sessions are read, and the signals that apps above this one find."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Project, User
from common import rows
from common.doorbell import ring
from common.errors import Refused
from traces.detectors import AS_IT_COMES, DETECTORS, ELSEWHERE, Choice, least_strengths
from traces.meanings import Reading
from traces.models import AgentSession, DetectorSetting, Place, SavedView, Score, ScoreMeaning, Signal, SignalRun
from traces.queries.detectors import choices_of
from traces.records import Found, Threshold
from traces.storing import counts_of
from traces.tasks import rerun

MOST_VIEWS = 50
SCORE_READERS = ("evaluator_disagrees", "scores")
# The columns that take the fields of a Found, between its session and its detector's version.
SIGNAL = ("session", "kind", "step_key", "strength", "sentence", "detail", "detector_version")


def set_meanings(*, project: Project, chosen: Mapping[str, Reading | None]) -> None:
    """How the project reads the scores of these names from now on; None: not at all yet.

    Where that changes what stored scores say, those detectors run again that read them.
    """
    with transaction.atomic():
        before = _meanings(project)
        unset = [name for name, meaning in chosen.items() if meaning is None]
        ScoreMeaning.objects.filter(project=project, name__in=unset).delete()
        rows = [
            ScoreMeaning(project=project, name=name, polarity=meaning.polarity, middle=meaning.middle)
            for name, meaning in chosen.items()
            if meaning is not None
        ]
        ScoreMeaning.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["project", "name"], update_fields=["polarity", "middle"]
        )
        if _meanings(project) != before and Score.objects.filter(project=project, name__in=chosen).exists():
            # While another run goes on, what it has read already waits for the next.
            with suppress(Refused):
                start_run(project=project, by=None, detectors=SCORE_READERS)


def _meanings(project: Project) -> set[tuple[str, str, float]]:
    return set(ScoreMeaning.objects.filter(project=project).values_list("name", "polarity", "middle"))


def set_detector(
    *,
    project: Project,
    by: User,
    detector: str,
    switched_off: Collection[str] = (),
    thresholds: Mapping[str, float] | None = None,
) -> bool:
    """What the project says of a detector from now on; what it said before is kept. False where that was the same."""
    known = {one.name: one for one in DETECTORS}.get(detector)
    if known is None and detector not in ELSEWHERE:
        raise Refused(f"There is no detector {detector!r}.", field="detector")
    off = sorted(_known_kinds(known.labels if known else [detector], switched_off))
    moved = _moved(known.movable if known else least_strengths([detector]), thresholds or {})
    with transaction.atomic():
        # One at a time for a project, so that two leads who save at once leave one after the other.
        Project.objects.select_for_update().get(pk=project.pk)
        now = DetectorSetting.objects.filter(project=project, detector=detector).last()
        if (now.switched_off, now.thresholds) == (off, moved) if now else not (off or moved):
            return False
        DetectorSetting.objects.create(
            project=project, detector=detector, switched_off=off, thresholds=moved, set_by=by
        )
    return True


def _known_kinds(kinds: Collection[str], switched_off: Collection[str]) -> set[str]:
    for kind in switched_off:
        if kind not in kinds:
            raise Refused(f"It writes no signals {kind!r}.", field="switched_off")
    return set(switched_off)


def _moved(limits: Mapping[str, Threshold], given: Mapping[str, float]) -> dict[str, float]:
    """Those that differ from the detector's own."""
    for name, value in given.items():
        if name not in limits:
            raise Refused(f"It has no limit {name!r}.", field=name)
        if not limits[name].lowest <= value <= limits[name].highest:
            raise Refused(f"Between {limits[name].lowest:g} and {limits[name].highest:g}, please.", field=name)
    return {name: given[name] for name in sorted(given) if given[name] != limits[name].default}


def start_run(*, project: Project, by: User | None, detectors: Sequence[str] = ()) -> SignalRun:
    """Has detectors, or all, run again over what has come so far."""
    names = {*(one.name for one in DETECTORS), *ELSEWHERE}
    for name in detectors:
        if name not in names:
            raise Refused(f"There is no detector {name!r}.", field="detectors")
    settled = AgentSession.objects.filter(project=project, settled_revision__gte=1).count()
    try:
        with transaction.atomic():
            run = SignalRun.objects.create(
                project=project, asked_by=by, detectors=sorted(set(detectors)), total=settled
            )
            ring(rerun)
    except IntegrityError:
        raise Refused("A run is going on already. Wait for it, or stop it.") from None
    return run


def stop_run(*, run: SignalRun, by: User) -> None:
    """Ends a run where it is. What it has done stays done; one that has ended stays as it is."""
    SignalRun.objects.filter(pk=run.pk, finished_at=None).update(
        finished_at=timezone.now(), stopped_by=by, lease_until=None
    )


def write_signals(*, kind: str, version: int, found: Mapping[int, Found | None]) -> int:
    """What an app above this one found of one kind in sessions, by their keys; None: nothing (any more).

    Replaces this kind's signals of these sessions and no others. A project that switched the kind off gets none, and
    none that are weaker than it wants them. Returns how many sessions' signals that changed: the others' rows and
    revisions stay as they are.
    """
    with transaction.atomic():
        # Locked in the order in which settling locks them: of two writers one waits, neither loses what it wrote.
        held = AgentSession.objects.select_for_update(no_key=True).filter(pk__in=list(found)).order_by("pk")
        projects = dict(held.values_list("pk", "project_id"))
        said = choices_of(set(projects.values()))
        wanted = {pk: _wanted(found[pk], said[project].get(kind, AS_IT_COMES)) for pk, project in projects.items()}
        changed = [pk for pk, was in _stored(kind, version, projects).items() if was != wanted[pk]]
        Signal.objects.filter(session__in=changed, kind=kind).delete()
        news = ((pk, one) for pk in changed if (one := wanted[pk]) is not None)
        rows.insert(Signal, SIGNAL, ((pk, *astuple(one), version) for pk, one in news))
        _mark(changed)
    return len(changed)


def _wanted(found: Found | None, choice: Choice) -> Found | None:
    return found if found is not None and choice.takes(found) else None


def _stored(kind: str, version: int, session_ids: Iterable[int]) -> dict[int, Found | list[Found] | None]:
    """What is stored of this kind, by session. More than one signal, or one of another version, is a list."""
    stored: dict[int, Found | list[Found] | None] = dict.fromkeys(session_ids)
    for signal in Signal.objects.filter(session__in=list(stored), kind=kind):
        one = Found(signal.kind, signal.step_key, signal.strength, signal.sentence, signal.detail)
        is_alone = stored[signal.session_id] is None and signal.detector_version == version
        stored[signal.session_id] = one if is_alone else [one]
    return stored


def _mark(session_ids: list[int]) -> None:
    """Counts and weighs anew all signals of these sessions, whoever wrote them."""
    counts, now = counts_of(session_ids), timezone.now()
    revisions = dict(AgentSession.objects.filter(pk__in=session_ids).values_list("pk", "signals_revision"))
    marks = ((*counts[pk], revisions[pk] + 1, now, pk) for pk in session_ids)
    rows.update(AgentSession, ("signal_count", "signal_weight", "signals_revision", "signals_at"), marks)


# --- saved views of lists ---


@transaction.atomic
def save_view(
    *, project: Project, owner: User, name: str, query: str, is_shared: bool = False, place: Place = Place.SESSIONS
) -> SavedView:
    """Keeps the filters of `query` under a name. Refused under one that the person has given there, and beyond 50."""
    own = SavedView.objects.filter(project=project, owner=owner, place=place)
    _check_name(own, name)
    if own.count() >= MOST_VIEWS:
        raise Refused(f"You have {MOST_VIEWS} saved views. Delete one first.", field="name")
    with _named(name):
        return SavedView.objects.create(
            project=project, owner=owner, place=place, name=name, query=query, is_shared=is_shared
        )


@transaction.atomic
def rename_view(*, view: SavedView, name: str) -> None:
    """Refused under a name that another view of its owner has."""
    own = SavedView.objects.filter(project=view.project_id, owner=view.owner_id, place=view.place)
    _check_name(own.exclude(pk=view.pk), name)
    with _named(name):
        SavedView.objects.filter(pk=view.pk).update(name=name)


def _check_name(others: QuerySet[SavedView], name: str) -> None:
    if others.filter(name__iexact=name).exists():
        raise _taken(name)


def _taken(name: str) -> Refused:
    return Refused(f"There is a saved view “{name}” already. Give this one another name.", field="name")


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Refused, too, where the person's other tab takes the name at this very moment."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise _taken(name) from error
