"""Scores as a program asks for them: a closed list of filters, each refused when it is wrong."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from accounts.models import Project
from common.errors import Refused
from ingest.dialects.times import as_time
from traces.models import Score

SCORE_FILTERS = {"name", "session_id", "since", "joined"}
JOINED = {"yes": Q(session__isnull=False), "no": Q(session__isnull=True)}


def chosen_scores(project: Project, wanted: Mapping[str, str]) -> QuerySet[Score]:
    """The project's scores that meet `wanted`, by filter. Raises Refused with the filter's name."""
    rows = Score.objects.filter(project=project)
    for name in SCORE_FILTERS & set(wanted):
        if "\x00" in wanted[name]:
            raise Refused("Must not hold a NUL.", field=name)
        rows = rows.filter(_condition(name, wanted[name]))
    return rows


def _condition(name: str, value: str) -> Q:
    if name == "session_id":
        return Q(session__external_id=value) | Q(external_id=value)
    if name == "joined":
        return _joined(value)
    return _since(value) if name == "since" else Q(name=value)


def _joined(value: str) -> Q:
    if value not in JOINED:
        raise Refused("Must be yes or no.", field="joined")
    return JOINED[value]


def _since(value: str) -> Q:
    time = as_time(value.replace(" ", "+"))  # a plus sign in a query reads as a space
    if time is None:
        raise Refused("Must be a time such as 2026-11-02T09:30:00Z.", field="since")
    return Q(created_at__gte=time)
