"""The closed list of what sessions may be filtered and sorted by, for the page and for the API."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import OrderBy

from traces import lookups  # noqa: F401 - makes has_item known
from traces.detectors import ELSEWHERE, LABELS
from traces.models import SHOWN_AT, AgentSession, AnnotatorKind, Score, SessionStatus, Signal, ToolUse
from traces.queries import saying, saying_of

SEARCHED_DEEPLY = 1_000
STATUSES = [
    ("errors", "Has errors"),
    ("clean", "No errors"),
    ("signals", "Has signals"),
    *((status.value, status.label) for status in SessionStatus if status != SessionStatus.UNKNOWN),
]
KINDS = sorted((LABELS | ELSEWHERE).items(), key=lambda pair: pair[1])
FEEDBACK = [
    ("good", "Says good"),
    ("bad", "Says bad"),
    ("client_good", "The client says good"),
    ("client_bad", "The client says bad"),
    ("machine_good", "A machine says good"),
    ("machine_bad", "A machine says bad"),
]
# Whose word of feedback is meant.
SAID_BY = {"client": Q(annotator_kind=AnnotatorKind.HUMAN), "machine": ~Q(annotator_kind=AnnotatorKind.HUMAN)}
# Above 0: most of its standing reviews say failure. Below: success.
LEAN = Sum(
    Case(When(reviews__outcome="failure", then=Value(1)), default=Value(-1), output_field=IntegerField()),
)
JUDGED = [
    ("any", "Reviewed"),
    ("none", "Not reviewed"),
    ("success", "A success"),
    ("failure", "A failure"),
    ("unknown", "Could not be told"),
]
# What few ask for and a table of segments leads to: the rows without a name.
KNOWN = [
    ("user", "User is known"),
    ("no_user", "User is unknown"),
    ("no_workflow", "No workflow"),
    ("no_release", "No release"),
    ("no_model", "No model"),
    ("no_environment", "No environment"),
    ("no_tag", "No tag"),
]
SORTS: dict[str, list[str | OrderBy]] = {
    "newest": [SHOWN_AT.desc(), "-id"],
    "signals": ["-signal_weight", "-id"],
    "errors": ["-error_count", "-id"],
    "cost": [F("cost_usd").desc(nulls_last=True), "-id"],
    "slowest": [F("latency_ms").desc(nulls_last=True), "-id"],
}
SORT_LABELS = {
    "newest": "Newest first",
    "signals": "Most signals",
    "errors": "Most errors",
    "cost": "Most expensive",
    "slowest": "Slowest first",
}
# Those that a page folds away until one of them is chosen.
RARER = (
    *(
        "model",
        "user",
        "tag",
        "tool",
        "failing_tool",
        "error_class",
        "failure_type",
        "issue",
        "like_issue",
        "source",
        "score",
        "feedback",
    ),
    *("known", "min_cost", "max_cost", "min_seconds", "max_seconds"),
)
MOST = 1_000_000_000  # dollars or seconds: what every column can be compared with
MILLISECONDS = 1000


class DateInput(forms.DateInput):
    """A browser's own date field."""

    input_type = "date"


def _amount(label: str, **given: Any) -> filters.NumberFilter:
    return filters.NumberFilter(label=label, min_value=0, max_value=MOST, **given)


class SessionFilter(filters.FilterSet):
    """Sessions by words, where they ran, how they went, day (UTC), who and what took part, cost and duration."""

    q = filters.CharFilter(method="search", label="Search", max_length=200)
    workflow = filters.CharFilter(max_length=200)
    release = filters.CharFilter(max_length=100)
    environment = filters.CharFilter(max_length=100)
    status = filters.ChoiceFilter(choices=STATUSES, method="with_status", empty_label="Any")
    signal = filters.ChoiceFilter(choices=KINDS, method="with_signal", label="Signal", empty_label="Any")
    judged = filters.ChoiceFilter(choices=JUDGED, method="with_judgement", label="Reviewed", empty_label="Any")
    start = filters.DateFilter(method="from_day", label="From", widget=DateInput)
    end = filters.DateFilter(method="to_day", label="To", widget=DateInput)
    model = filters.CharFilter(max_length=120)
    user = filters.CharFilter(field_name="user_ref", max_length=200, label="User")
    tag = filters.CharFilter(field_name="tags", lookup_expr="has_item", max_length=100, label="Tag")
    tool = filters.CharFilter(method="with_tool", max_length=200, label="Tool")
    failing_tool = filters.CharFilter(method="with_failing_tool", max_length=200, label="Tool that failed")
    error_class = filters.CharFilter(method="with_error_class", max_length=40, label="Kind of tool error")
    failure_type = filters.CharFilter(method="with_failure_type", max_length=80, label="Failure type")
    issue = filters.NumberFilter(method="with_issue", label="Issue number", min_value=1, max_value=MOST)
    like_issue = filters.NumberFilter(method="with_likeness", label="Looks like issue", min_value=1, max_value=MOST)
    known = filters.ChoiceFilter(choices=KNOWN, method="with_known", label="Named", empty_label="Any")
    source = filters.CharFilter(field_name="source_format", max_length=40, label="Format")
    score = filters.CharFilter(method="with_score", max_length=120, label="Has score")
    feedback = filters.ChoiceFilter(choices=FEEDBACK, method="with_feedback", label="Feedback", empty_label="Any")
    min_cost = _amount("Cost from, USD", field_name="cost_usd", lookup_expr="gte")
    max_cost = _amount("Cost to, USD", field_name="cost_usd", lookup_expr="lte")
    min_seconds = _amount("Seconds from", method="lasting_at_least")
    max_seconds = _amount("Seconds to", method="lasting_at_most")

    class Meta:
        model = AgentSession
        fields: ClassVar[list[str]] = []

    def __init__(
        self, *args: Any, recent: Mapping[str, list[str]] | None = None, withheld: Q | None = None, **kwargs: Any
    ) -> None:
        """`recent`: for a page, the values that its choices of workflow, release, environment, … offer.

        `withheld`: sessions of which the reader may not know yet what others said; no filter by that finds them.
        """
        super().__init__(*args, **kwargs)
        self.withheld = withheld or Q(pk__in=[])
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
        return sessions.filter(near | Q(pk__in=saying(words, newest)))

    def with_status(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        conditions = {"errors": Q(error_count__gt=0), "clean": Q(error_count=0), "signals": Q(signal_count__gt=0)}
        return sessions.filter(conditions.get(value, Q(status=value)))

    def with_signal(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        found = Exists(Signal.objects.filter(session=OuterRef("pk"), kind=value))
        # The count stands in the list's own index and spares most look-ups.
        return sessions.filter(found, signal_count__gt=0)

    def with_judgement(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        """By what most of their standing reviews say; where these are evenly split, it could not be told."""
        reviewed = AgentSession.objects.filter(reviews__withdrawn_at=None, reviews__isnull=False).order_by()
        decided = reviewed.filter(reviews__outcome__in=("failure", "success")).values("pk").annotate(lean=LEAN)
        conditions = {
            "any": Q(pk__in=reviewed.values("pk")),
            "none": ~Q(pk__in=reviewed.values("pk")),
            "failure": Q(pk__in=decided.filter(lean__gt=0).values("pk")),
            "success": Q(pk__in=decided.filter(lean__lt=0).values("pk")),
            "unknown": Q(pk__in=reviewed.values("pk")) & ~Q(pk__in=decided.exclude(lean=0).values("pk")),
        }
        told = sessions if value in ("any", "none") else sessions.exclude(self.withheld)
        return told.filter(conditions[value])

    def with_failure_type(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        standing = {"failures__withdrawn_at": None, "failures__review__withdrawn_at": None}
        told = AgentSession.objects.filter(**standing, failures__failure_type__name__iexact=value).values("pk")
        return sessions.exclude(self.withheld).filter(pk__in=told)

    def with_issue(self, sessions: QuerySet[AgentSession], _name: str, value: Decimal) -> QuerySet[AgentSession]:
        """With a confirmed failure of the project's issue of this number."""
        open_rows = {"failures__issue_memberships__until": None, "failures__withdrawn_at": None}
        confirmed = AgentSession.objects.filter(**open_rows, failures__issue_memberships__issue__number=int(value))
        return sessions.exclude(self.withheld).filter(pk__in=confirmed.values("pk"))

    def with_likeness(self, sessions: QuerySet[AgentSession], _name: str, value: Decimal) -> QuerySet[AgentSession]:
        found = Signal.objects.filter(session=OuterRef("pk"), kind="like_issue", detail=f"ISS-{int(value)}")
        return sessions.filter(Exists(found), signal_count__gt=0)

    def with_tool(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        return sessions.filter(Exists(ToolUse.objects.filter(session=OuterRef("pk"), name=value)))

    def with_failing_tool(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        return sessions.filter(Exists(ToolUse.objects.filter(session=OuterRef("pk"), name=value, errors__gt=0)))

    def with_error_class(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        found = Signal.objects.filter(session=OuterRef("pk"), kind="tool_error", detail=value)
        return sessions.filter(Exists(found), signal_count__gt=0)

    def with_known(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        conditions = {"user": Q(user_ref__gt=""), "no_user": Q(user_ref=""), "no_tag": Q(tags=[])}
        return sessions.filter(conditions.get(value) or Q(**{value.removeprefix("no_"): ""}))

    def with_score(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        return sessions.filter(Exists(Score.objects.filter(session=OuterRef("pk"), name=value)))

    def with_feedback(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        by, _, word = value.rpartition("_")
        return sessions.filter(saying_of(word, SAID_BY.get(by)))

    def lasting_at_least(self, sessions: QuerySet[AgentSession], _name: str, value: Decimal) -> QuerySet[AgentSession]:
        return sessions.filter(latency_ms__gte=int(value * MILLISECONDS))

    def lasting_at_most(self, sessions: QuerySet[AgentSession], _name: str, value: Decimal) -> QuerySet[AgentSession]:
        return sessions.filter(latency_ms__lte=int(value * MILLISECONDS))

    def from_day(self, sessions: QuerySet[AgentSession], _name: str, value: date) -> QuerySet[AgentSession]:
        return sessions.alias(happened=SHOWN_AT).filter(happened__gte=_midnight(value))

    def to_day(self, sessions: QuerySet[AgentSession], _name: str, value: date) -> QuerySet[AgentSession]:
        return sessions.alias(happened=SHOWN_AT).filter(happened__lte=_last_moment(value))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _last_moment(day: date) -> datetime:
    # Not the next midnight: the last day that there is has none.
    return datetime.combine(day, time.max, UTC)
