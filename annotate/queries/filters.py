"""What a queue may be filtered by: one closed list for its form, the count under it, its filling, and its words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.formats import date_format

from accounts.models import Project
from traces import lookups  # noqa: F401 - makes has_item known
from traces.detectors import label_of
from traces.models import SHOWN_AT, AgentSession, AnnotatorKind, Score, Signal, ToolUse
from traces.queries import saying_of

CLIENT = Q(annotator_kind=AnnotatorKind.HUMAN)
# What the client and the machines say of a session: its words, and the scores that say it.
WORDS_GIVEN: dict[str, tuple[str, Exists]] = {
    "client_good": ("the client says good", saying_of("good", CLIENT)),
    "client_bad": ("the client says bad", saying_of("bad", CLIENT)),
    "machine_good": ("a machine says good", saying_of("good", ~CLIENT)),
    "machine_bad": ("a machine says bad", saying_of("bad", ~CLIENT)),
}


@dataclass(frozen=True)
class Filter:
    """One field of the list. A value that says nothing is no value; `words` follow "sessions"."""

    label: str
    condition: Callable[[Project, Any], Q]
    words: Callable[[Any], str]


def _several(value: Any) -> list[str]:
    """The values as a list; queues made before a field took several have one text."""
    return [value] if isinstance(value, str) else [str(one) for one in value]


def _either(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _of_column(label: str, column: str) -> Filter:
    return Filter(
        label,
        lambda _project, value: Q(**{f"{column}__in": _several(value)}),
        lambda value: f"{label.lower()} {_either(_several(value))}",
    )


def _with_tool(project: Project, value: Any) -> Q:
    return Q(pk__in=ToolUse.objects.filter(project=project, name__in=_several(value)).values("session"))


def _with_tag(_project: Project, value: Any) -> Q:
    wanted = Q()
    for tag in _several(value):
        wanted |= Q(tags__has_item=tag)
    return wanted


def _with_signal(_project: Project, value: Any) -> Q:
    # The count stands in the index that lists sessions, and spares most look-ups.
    found = Exists(Signal.objects.filter(session=OuterRef("pk"), kind__in=_several(value)))
    return Q(found, signal_count__gt=0)


def _with_words_given(_project: Project, value: Any) -> Q:
    wanted = Q()
    for name in _several(value):
        if name in WORDS_GIVEN:
            wanted |= Q(WORDS_GIVEN[name][1])
    return wanted


def _with_score(_project: Project, value: Mapping[str, Any]) -> Q:
    limits = {"value__gte": value.get("from"), "value__lte": value.get("to")}
    given = {lookup: limit for lookup, limit in limits.items() if limit is not None}
    return Q(Exists(Score.objects.filter(session=OuterRef("pk"), name=value.get("name", ""), **given)))


def _score_in_words(value: Mapping[str, Any]) -> str:
    ends = [f"{word} {value[key]:g}" for key, word in (("from", "from"), ("to", "to")) if value.get(key) is not None]
    return " ".join([f"score {value.get('name', '')}", *ends])


def _since(_project: Project, day: str) -> Q:
    first = parse_date(day)
    return Q(happened__gte=datetime.combine(first, time.min, UTC)) if first else Q()


def _until(_project: Project, day: str) -> Q:
    last = parse_date(day)
    # Not the next midnight: the last day that there is has none.
    return Q(happened__lte=datetime.combine(last, time.max, UTC)) if last else Q()


def _day(value: str) -> str:
    return date_format(parse_date(value) or date.min, "j F Y")


FILTERS: dict[str, Filter] = {
    "workflow": _of_column("Workflow", "workflow"),
    "release": _of_column("Release", "release"),
    "environment": _of_column("Environment", "environment"),
    "model": _of_column("Model", "model"),
    "tool": Filter("Tool", _with_tool, lambda value: f"a call of {_either(_several(value))}"),
    "tag": Filter("Tag", _with_tag, lambda value: f"tag {_either(_several(value))}"),
    "signal": Filter(
        "Signal", _with_signal, lambda value: f"signal “{_either([label_of(kind) for kind in _several(value)])}”"
    ),
    "said": Filter(
        "What others said",
        _with_words_given,
        lambda value: _either([WORDS_GIVEN[name][0] for name in _several(value) if name in WORDS_GIVEN] or ["nothing"]),
    ),
    "score": Filter("Score", _with_score, _score_in_words),
    "started_from": Filter("Started from", _since, lambda value: f"started {_day(value)} or later"),
    "started_to": Filter("Started until", _until, lambda value: f"started {_day(value)} or earlier"),
    "has_errors": Filter(
        "Only sessions with an error", lambda _project, _value: Q(error_count__gt=0), lambda _: "with an error"
    ),
}


def matching(project: Project, filters: Mapping[str, Any]) -> QuerySet[AgentSession]:
    """The project's sessions that the filters describe. Empty values and keys outside `FILTERS` mean nothing."""
    wanted = Q()
    for key, value in filters.items():
        if value and key in FILTERS:
            wanted &= FILTERS[key].condition(project, value)
    return AgentSession.objects.alias(happened=SHOWN_AT).filter(wanted, project=project)


def in_words(filters: Mapping[str, Any]) -> list[str]:
    """What the filters ask, one phrase each, in the order of the list; nothing where they take every session."""
    return [each.words(filters[key]) for key, each in FILTERS.items() if filters.get(key)]


def offered(project: Project, newest: int = 1_000) -> dict[str, list[str]]:
    """What the newest sessions have, by the filter whose choices it gives: four queries."""
    recent = AgentSession.objects.filter(project=project).order_by(SHOWN_AT.desc(), "-id")[:newest]
    columns = ("workflow", "release", "environment", "model")
    rows = list(recent.values_list("pk", "tags", *columns))
    keys = [row[0] for row in rows]
    held = {name: {row[place] for row in rows} for place, name in enumerate(columns, start=2)}
    held["tag"] = {str(tag) for row in rows for tag in row[1] if isinstance(tag, str)}
    held["tool"] = set(ToolUse.objects.filter(session__in=keys).values_list("name", flat=True).distinct())
    held["signal"] = set(Signal.objects.filter(session__in=keys).order_by().values_list("kind", flat=True).distinct())
    held["score"] = set(Score.objects.filter(session__in=keys).values_list("name", flat=True).distinct())
    return {name: sorted(values - {""}) for name, values in held.items()}
