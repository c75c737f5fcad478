"""Writes: what people decide about how sessions are read, and the signals that apps above this one find."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple

from django.db import transaction
from django.utils import timezone

from accounts.models import Project
from common import rows
from traces.meanings import Reading
from traces.models import AgentSession, DetectorSetting, ScoreMeaning, Signal
from traces.records import Found
from traces.storing import counts_of

# The columns that take the fields of a Found, between its session and its detector's version.
SIGNAL = ("session", "kind", "step_key", "strength", "sentence", "detail", "detector_version")


def set_meanings(*, project: Project, chosen: Mapping[str, Reading | None]) -> None:
    """How the project reads the scores of these names from now on; None: not at all yet."""
    with transaction.atomic():
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


def write_signals(*, kind: str, version: int, found: Mapping[int, Found | None]) -> int:
    """What an app above this one found of one kind in sessions, by their keys; None: nothing (any more).

    Replaces this kind's signals of these sessions and no others. A project that switched the kind off gets none.
    Returns how many sessions' signals that changed: the others' rows and revisions stay as they are.
    """
    with transaction.atomic():
        # Locked in the order in which settling locks them: of two writers one waits, neither loses what it wrote.
        held = AgentSession.objects.select_for_update(no_key=True).filter(pk__in=list(found)).order_by("pk")
        projects = dict(held.values_list("pk", "project_id"))
        silent = _switched_off(kind, set(projects.values()))
        wanted = {pk: None if project in silent else found[pk] for pk, project in projects.items()}
        changed = [pk for pk, was in _stored(kind, version, projects).items() if was != wanted[pk]]
        Signal.objects.filter(session__in=changed, kind=kind).delete()
        news = ((pk, one) for pk in changed if (one := wanted[pk]) is not None)
        rows.insert(Signal, SIGNAL, ((pk, *astuple(one), version) for pk, one in news))
        _mark(changed)
    return len(changed)


def _switched_off(kind: str, projects: Iterable[int]) -> set[int]:
    """Those of the projects whose newest word about the detector of this name is that it does not write this kind."""
    settings = DetectorSetting.objects.filter(project__in=projects, detector=kind).order_by("pk")
    newest = dict(settings.values_list("project_id", "switched_off"))
    return {project for project, off in newest.items() if kind in off}


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
