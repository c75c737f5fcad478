"""The closed list of what sessions may be filtered and sorted by, for the page and for the API."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.conf import settings
from django.db.models import Case, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string

from accounts.models import Membership, Role
from traces import lookups  # noqa: F401 - makes has_item known
from traces.detectors import ELSEWHERE, LABELS
from traces.meanings import BAD, GOOD
from traces.models import SHOWN_AT, AgentSession, AnnotatorKind, Score, SessionStatus, Signal, ToolUse
from traces.queries import failing, leaning_to, queued, reviewed, saying, saying_of
from traces.queries.work import NEWEST_REVIEWS

Choice = tuple[str, str]

SEARCHED_DEEPLY = 1_000
STATUSES = [
    ("errors", "Has errors"),
    ("clean", "No errors"),
    ("signals", "Has signals"),
    *((status.value, status.label) for status in SessionStatus if status != SessionStatus.UNKNOWN),
]
PLACED = [("no", "One in no issue")]
KINDS = sorted((LABELS | ELSEWHERE).items(), key=lambda pair: pair[1])
# Whose word of feedback is meant.
CLIENT = Q(annotator_kind=AnnotatorKind.HUMAN)
FEEDBACK: dict[str, tuple[str, Q | Exists]] = {
    "good": ("Says good", saying_of(GOOD)),
    "bad": ("Says bad", saying_of(BAD)),
    "client_good": ("The client says good", saying_of(GOOD, CLIENT)),
    "client_bad": ("The client says bad", saying_of(BAD, CLIENT)),
    "client_mostly_bad": ("The client mostly says bad", leaning_to(BAD, CLIENT)),
    "client_mostly": ("The client mostly says good or bad", leaning_to(GOOD, CLIENT) | leaning_to(BAD, CLIENT)),
    "machine_good": ("A machine says good", saying_of(GOOD, ~CLIENT)),
    "machine_bad": ("A machine says bad", saying_of(BAD, ~CLIENT)),
    "machine_mostly_bad": ("Machines mostly say bad", leaning_to(BAD, ~CLIENT)),
    "machine_mostly": ("Machines mostly say good or bad", leaning_to(GOOD, ~CLIENT) | leaning_to(BAD, ~CLIENT)),
}
_SIDE = Case(
    When(reviews__outcome="failure", then=Value(1)),
    When(reviews__outcome="success", then=Value(-1)),
    default=Value(0),
    output_field=IntegerField(),
)
# Above 0: most of its standing reviews say failure. Below: success. What a lead settled outweighs them all.
LEAN = Coalesce(Max(Case(When(reviews__is_gold=True, then=_SIDE))), Sum(_SIDE))
JUDGED = [
    ("any", "Reviewed"),
    ("none", "Not reviewed"),
    ("told", "A success or a failure"),
    ("success", "A success"),
    ("failure", "A failure"),
    ("unknown", "Could not be told"),
]
WORK = [
    ("waiting", "Waits for review"),
    ("overdue", "Overdue"),
    ("lead", "Waiting for a lead"),
    ("done", "Done"),
    ("aside", "Set aside"),
    ("removed", "Removed"),
]
REVIEWED = [
    ("day", "Last 24 hours"),
    ("week", "Last 7 days"),
    ("newest", f"The newest {NEWEST_REVIEWS} that were timed"),
]
SAID = [("success", "A success"), ("failure", "A failure"), ("unknown", "Could not be told")]
# Those of which one review has all that is asked for.
OF_REVIEWS = ("reviewer", "reviewed", "said")
# What few ask for and a table of segments leads to: the rows without a name, and those that say a number.
KNOWN = [
    ("user", "User is known"),
    ("cost", "Cost is known"),
    ("duration", "Duration is known"),
    ("first_word", "Time until the first word is known"),
    ("tokens", "Tokens are known"),
    ("no_user", "User is unknown"),
    ("no_workflow", "No workflow"),
    ("no_release", "No release"),
    ("no_model", "No model"),
    ("no_environment", "No environment"),
    ("no_tag", "No tag"),
    ("no_error_class", "A tool error that is not told apart"),
]
KNOWN_BY = {
    "user": Q(user_ref__gt=""),
    "cost": Q(cost_usd__isnull=False),
    "duration": Q(latency_ms__isnull=False),
    "first_word": Q(ttft_ms__isnull=False),
    "tokens": Q(tokens_in__isnull=False) | Q(tokens_out__isnull=False),
    "no_user": Q(user_ref=""),
    "no_tag": Q(tags=[]),
    "no_error_class": Q(Exists(Signal.objects.filter(session=OuterRef("pk"), kind="tool_error", detail=""))),
}
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
        "placed",
        "issue",
        "like_issue",
        "queue",
        "work",
        *OF_REVIEWS,
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
    failure_type = filters.CharFilter(method="with_failure", max_length=80, label="Failure type")
    placed = filters.ChoiceFilter(choices=PLACED, method="with_failure", label="Failures", empty_label="Any")
    issue = filters.NumberFilter(method="with_issue", label="Issue number", min_value=1, max_value=MOST)
    like_issue = filters.NumberFilter(method="with_likeness", label="Looks like issue", min_value=1, max_value=MOST)
    queue = filters.NumberFilter(method="in_queue", label="In the queue", min_value=1, max_value=MOST)
    work = filters.ChoiceFilter(choices=WORK, method="in_queue", label="Work in queues", empty_label="Any")
    reviewer = filters.CharFilter(method="with_review", label="Reviewed by", max_length=254)
    reviewed = filters.ChoiceFilter(choices=REVIEWED, method="with_review", label="Reviewed in", empty_label="Any time")
    said = filters.ChoiceFilter(choices=SAID, method="with_review", label="A reviewer said", empty_label="Anything")
    known = filters.ChoiceFilter(choices=KNOWN, method="with_known", label="Named", empty_label="Any")
    source = filters.CharFilter(field_name="source_format", max_length=40, label="Format")
    score = filters.CharFilter(method="with_score", max_length=120, label="Has score")
    feedback = filters.ChoiceFilter(
        choices=[(value, label) for value, (label, _) in FEEDBACK.items()],
        method="with_feedback",
        label="Feedback",
        empty_label="Any",
    )
    min_cost = _amount("Cost from, USD", field_name="cost_usd", lookup_expr="gte")
    max_cost = _amount("Cost to, USD", field_name="cost_usd", lookup_expr="lte")
    min_seconds = _amount("Seconds from", method="lasting_at_least")
    max_seconds = _amount("Seconds to", method="lasting_at_most")

    class Meta:
        model = AgentSession
        fields: ClassVar[list[str]] = []

    def __init__(
        self,
        *args: Any,
        membership: Membership | None = None,
        offered: Mapping[str, Sequence[Choice]] | None = None,
        **kwargs: Any,
    ) -> None:
        """`membership`: whose list it is; by what they may not know yet or at all, nothing is found. None: an API key.

        `offered`: for a page, the choices of workflow, release, queue, reviewer, … that it offers.
        """
        super().__init__(*args, **kwargs)
        self.searched_at_most = 0  # sessions, where the words were not looked for in the steps of all
        self.withheld = Q(pk__in=[])
        if membership:
            # Known above, so that it is named, not imported: of which sessions they may not know what others said.
            self.withheld = import_string(settings.WITHHELD_SESSIONS)(membership)
            if not membership.may(Role.LEAD):
                self.form.fields["reviewer"] = forms.ChoiceField(choices=[(membership.user.email, "")], required=False)
        for name, choices in (offered or {}).items():
            self.form.fields[name].widget = forms.Select(choices=_with_chosen(choices, self.data.get(name)))

    def filter_queryset(self, queryset: QuerySet[AgentSession]) -> QuerySet[AgentSession]:
        """The words come last: they are looked for in what the other filters leave."""
        given = self.form.cleaned_data
        self.form.cleaned_data = {name: given[name] for name in sorted(given, key=lambda name: name == "q")}
        found: QuerySet[AgentSession] = super().filter_queryset(queryset)
        return found

    def search(self, sessions: QuerySet[AgentSession], _name: str, words: str) -> QuerySet[AgentSession]:
        """Sessions with `words` in their title, id or last answer, and of the newest 1,000 those with it in any step.

        Reading every step of 100,000 sessions takes tens of seconds; of the newest thousand, a fraction of one.
        `searched_at_most` tells from then on whether there were more.
        """
        near = Q(title__icontains=words) | Q(last_answer__icontains=words) | Q(external_id__icontains=words)
        newest = list(sessions.order_by(*SORTS["newest"]).values_list("pk", flat=True)[: SEARCHED_DEEPLY + 1])
        found, is_all = saying(words, newest[:SEARCHED_DEEPLY])
        self.searched_at_most = 0 if is_all and len(newest) <= SEARCHED_DEEPLY else SEARCHED_DEEPLY
        return sessions.filter(near | Q(pk__in=found))

    def with_status(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        conditions = {"errors": Q(error_count__gt=0), "clean": Q(error_count=0), "signals": Q(signal_count__gt=0)}
        return sessions.filter(conditions.get(value, Q(status=value)))

    def with_signal(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        found = Exists(Signal.objects.filter(session=OuterRef("pk"), kind=value))
        # The count stands in the list's own index and spares most look-ups.
        return sessions.filter(found, signal_count__gt=0)

    def with_judgement(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        """By what most of their standing reviews say; where these are evenly split, it could not be told.

        What is withheld counts as not reviewed.
        """
        reviewed = AgentSession.objects.filter(reviews__withdrawn_at=None, reviews__isnull=False).order_by()
        decided = reviewed.values("pk").annotate(lean=LEAN)
        conditions = {
            "any": Q(pk__in=reviewed.values("pk")),
            "none": ~Q(pk__in=reviewed.values("pk")) | self.withheld,
            "told": Q(pk__in=decided.exclude(lean=0).values("pk")),
            "failure": Q(pk__in=decided.filter(lean__gt=0).values("pk")),
            "success": Q(pk__in=decided.filter(lean__lt=0).values("pk")),
            "unknown": Q(pk__in=reviewed.values("pk")) & ~Q(pk__in=decided.exclude(lean=0).values("pk")),
        }
        told = sessions if value == "none" else sessions.exclude(self.withheld)
        return told.filter(conditions[value])

    def with_failure(self, sessions: QuerySet[AgentSession], name: str, _value: str) -> QuerySet[AgentSession]:
        """With one failure that has all that is asked for. A merge or a rename of its type breaks no old link."""
        asked = self._asked("failure_type", "placed")
        if name != next(iter(asked)):
            return sessions
        failed = failing(self.queryset, kind=asked.get("failure_type", ""), in_no_issue=asked.get("placed") == "no")
        return sessions.exclude(self.withheld).filter(failed)

    def with_issue(self, sessions: QuerySet[AgentSession], _name: str, value: Decimal) -> QuerySet[AgentSession]:
        """With a confirmed failure of the project's issue of this number."""
        open_rows = {"failures__issue_memberships__until": None, "failures__withdrawn_at": None}
        confirmed = AgentSession.objects.filter(**open_rows, failures__issue_memberships__issue__number=int(value))
        return sessions.exclude(self.withheld).filter(pk__in=confirmed.values("pk"))

    def with_likeness(self, sessions: QuerySet[AgentSession], _name: str, value: Decimal) -> QuerySet[AgentSession]:
        found = Signal.objects.filter(session=OuterRef("pk"), kind="like_issue", detail=f"ISS-{int(value)}")
        return sessions.filter(Exists(found), signal_count__gt=0)

    def in_queue(self, sessions: QuerySet[AgentSession], name: str, _value: Any) -> QuerySet[AgentSession]:
        """In a queue, in one state of work, or both: then in that state in that queue."""
        asked = self._asked("queue", "work")
        if name != next(iter(asked)):
            return sessions  # the first of them has asked for both
        queue = int(asked["queue"]) if "queue" in asked else None
        return sessions.filter(queued(self.queryset, queue=queue, stands=asked.get("work", "")))

    def with_review(self, sessions: QuerySet[AgentSession], name: str, _value: str) -> QuerySet[AgentSession]:
        """With one review that stands and has all of OF_REVIEWS that is asked for."""
        asked = self._asked(*OF_REVIEWS)
        if name != next(iter(asked)):
            return sessions
        return sessions.exclude(self.withheld).filter(
            reviewed(
                self.queryset,
                reviewer=asked.get("reviewer", ""),
                within=asked.get("reviewed", ""),
                said=asked.get("said", ""),
            )
        )

    def _asked(self, *names: str) -> dict[str, Any]:
        return {name: value for name in names if (value := self.form.cleaned_data.get(name))}

    def with_tool(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        return sessions.filter(Exists(ToolUse.objects.filter(session=OuterRef("pk"), name=value)))

    def with_failing_tool(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        return sessions.filter(Exists(ToolUse.objects.filter(session=OuterRef("pk"), name=value, errors__gt=0)))

    def with_error_class(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        found = Signal.objects.filter(session=OuterRef("pk"), kind="tool_error", detail=value)
        return sessions.filter(Exists(found), signal_count__gt=0)

    def with_known(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        return sessions.filter(KNOWN_BY.get(value) or Q(**{value.removeprefix("no_"): ""}))

    def with_score(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        return sessions.filter(Exists(Score.objects.filter(session=OuterRef("pk"), name=value)))

    def with_feedback(self, sessions: QuerySet[AgentSession], _name: str, value: str) -> QuerySet[AgentSession]:
        return sessions.filter(FEEDBACK[value][1])

    def lasting_at_least(self, sessions: QuerySet[AgentSession], _name: str, value: Decimal) -> QuerySet[AgentSession]:
        return sessions.filter(latency_ms__gte=int(value * MILLISECONDS))

    def lasting_at_most(self, sessions: QuerySet[AgentSession], _name: str, value: Decimal) -> QuerySet[AgentSession]:
        return sessions.filter(latency_ms__lte=int(value * MILLISECONDS))

    def from_day(self, sessions: QuerySet[AgentSession], _name: str, value: date) -> QuerySet[AgentSession]:
        return sessions.alias(happened=SHOWN_AT).filter(happened__gte=_midnight(value))

    def to_day(self, sessions: QuerySet[AgentSession], _name: str, value: date) -> QuerySet[AgentSession]:
        return sessions.alias(happened=SHOWN_AT).filter(happened__lte=_last_moment(value))


def _with_chosen(offered: Sequence[Choice], chosen: str | None) -> list[Choice]:
    """What a list offers, the chosen one always among it."""
    missing = [(chosen, chosen)] if chosen and chosen not in dict(offered) else []
    return [("", "Any"), *sorted([*offered, *missing], key=lambda choice: choice[1].lower())]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _last_moment(day: date) -> datetime:
    # Not the next midnight: the last day that there is has none.
    return datetime.combine(day, time.max, UTC)
