"""The closed list of what sessions may be filtered and sorted by, for the page and for the API."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import OrderBy

from traces.detectors import LABELS
from traces.models import SHOWN_AT, AgentSession, SessionStatus, Signal, Step

SEARCHED_DEEPLY = 1_000
STATUSES = [
    ("errors", "Has errors"),
    ("clean", "No errors"),
    ("signals", "Has signals"),
    *((status.value, status.label) for status in SessionStatus if status != SessionStatus.UNKNOWN),
]
KINDS = sorted(LABELS.items(), key=lambda pair: pair[1])
SORTS: dict[str, list[str | OrderBy]] = {
    "newest": [SHOWN_AT.desc(), "-id"],
    "signals": ["-signal_weight", "-id"],
    "cost": [F("cost_usd").desc(nulls_last=True), "-id"],
}


SORT_LABELS = {"newest": "Newest first", "signals": "Most signals", "cost": "Most expensive"}


class DateInput(forms.DateInput):
    """A browser's own date field."""

    input_type = "date"


class SessionFilter(filters.FilterSet):
    """Sessions by words, workflow, release, environment, status, signal and day (UTC)."""

    q = filters.CharFilter(method="search", label="Search", max_length=200)
    workflow = filters.CharFilter(max_length=200)
    release = filters.CharFilter(max_length=100)
    environment = filters.CharFilter(max_length=100)
    status = filters.ChoiceFilter(choices=STATUSES, method="with_status", empty_label="Any")
    signal = filters.ChoiceFilter(choices=KINDS, method="with_signal", label="Signal", empty_label="Any")
    start = filters.DateFilter(method="from_day", label="From", widget=DateInput)
    end = filters.DateFilter(method="to_day", label="To", widget=DateInput)

    class Meta:
        model = AgentSession
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, recent: Mapping[str, list[str]] | None = None, **kwargs: Any) -> None:
        """`recent`: for a page, the values that its choices of workflow, release and environment offer."""
        super().__init__(*args, **kwargs)
        for name, values in (recent or {}).items():
            chosen = self.data.get(name)
            offered = sorted({*values, chosen} if chosen else {*values})
            self.form.fields[name].widget = forms.Select(choices=[("", "Any"), *((value, value) for value in offered)])

    def search(self, sessions: QuerySet[AgentSession], _name: str, words: str) -> QuerySet[AgentSession]:
        """Sessions with `words` in their title, id or last answer; and in any step of the newest 1,000 of the rest.

        Reading every step of 100,000 sessions takes tens of seconds; of the newest thousand, a fraction of one.
        """
        near = Q(title__icontains=words) | Q(last_answer__icontains=words) | Q(external_id__icontains=words)
        newest = list(sessions.order_by(*SORTS["newest"]).values_list("pk", flat=True)[:SEARCHED_DEEPLY])
        said = Q(text__icontains=words) | Q(name__icontains=words)
        deep = Step.objects.filter(said, session__in=newest).values_list("session_id", flat=True).distinct()
        return sessions.filter(near | Q(pk__in=list(deep)))

    def with_status(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        conditions = {"errors": Q(error_count__gt=0), "clean": Q(error_count=0), "signals": Q(signal_count__gt=0)}
        return sessions.filter(conditions.get(value, Q(status=value)))

    def with_signal(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        return sessions.filter(Exists(Signal.objects.filter(session=OuterRef("pk"), kind=value)))

    def from_day(self, sessions: QuerySet[AgentSession], _name: str, value: date) -> QuerySet[AgentSession]:
        return sessions.alias(happened=SHOWN_AT).filter(happened__gte=_midnight(value))

    def to_day(self, sessions: QuerySet[AgentSession], _name: str, value: date) -> QuerySet[AgentSession]:
        return sessions.alias(happened=SHOWN_AT).filter(happened__lte=_last_moment(value))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _last_moment(day: date) -> datetime:
    # Not the next midnight: the last day that there is has none.
    return datetime.combine(day, time.max, UTC)
