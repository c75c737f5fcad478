"""The shapes of failures and issues over the API. Rows are built as plain values; these describe and check them."""

from typing import Any

from rest_framework import serializers

from annotate.models import Outcome, Severity, Stratum
from annotate.told import ASSERTION_KINDS
from issues.lifecycle import BY_HAND, State
from issues.models import Issue, Source

Plain = serializers.Serializer[dict[str, Any]]
PLACED_BY = [choice for choice in Source.choices if choice[0] != Source.REFUSED]


class FailureSessionSerializer(Plain):
    """The session in which it happened."""

    id = serializers.IntegerField()
    external_id = serializers.CharField()
    workflow = serializers.CharField()
    release = serializers.CharField()
    environment = serializers.CharField()
    model = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)


class FailureReviewSerializer(Plain):
    """The judgement that it is part of."""

    id = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reviewer = serializers.EmailField()
    submitted_at = serializers.DateTimeField()
    is_gold = serializers.BooleanField(help_text="A lead's settlement of what reviewers said, which outweighs them.")
    reason = serializers.CharField(allow_blank=True, help_text="Why it was settled so.")
    rubric = serializers.CharField()
    rubric_version = serializers.IntegerField()
    answers = serializers.DictField(
        child=serializers.JSONField(),
        help_text="By the question's key: pass or fail, a whole number, a choice, a list of choices, or words.",
    )


class SettlementSerializer(Plain):
    """What a lead settled about the session; it outweighs what its reviewers said."""

    review = serializers.IntegerField(help_text="The id of the lead's judgement.")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    settled_by = serializers.EmailField()
    settled_at = serializers.DateTimeField()
    reason = serializers.CharField()
    rubric = serializers.CharField()
    rubric_version = serializers.IntegerField()
    answers = serializers.DictField(
        child=serializers.JSONField(), help_text="As those of a review; what the lead left open is not among them."
    )


class NamedStepSerializer(Plain):
    """A step by its stable key. The rest is null where the session no longer has it."""

    key = serializers.CharField()
    position = serializers.IntegerField(allow_null=True)
    kind = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)


class FailureIssueSerializer(Plain):
    """The issue that it belongs to."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)


class FailureMembershipSerializer(Plain):
    """Who or what placed it there. `score` is a cosine where a machine did."""

    source = serializers.ChoiceField(choices=PLACED_BY)  # type: ignore[assignment]  # a field of the row, not DRF's attribute
    score = serializers.FloatField(allow_null=True)
    since = serializers.DateTimeField()


class QuoteSerializer(Plain):
    """A passage that shows it: characters `start` to `end` of the step's words, white space made one."""

    step = serializers.CharField(help_text="The step's key.")
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()


class AssertionSerializer(Plain):
    """What a test of it asks of the agent."""

    kind = serializers.ChoiceField(choices=list(ASSERTION_KINDS.items()))
    target = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


class FailureSerializer(Plain):
    """One thing that went wrong, as a person told it. `updated_at` moves with its issue, too."""

    id = serializers.IntegerField()
    note = serializers.CharField()
    expected = serializers.CharField(allow_blank=True)
    quotes = QuoteSerializer(many=True)
    assertions = AssertionSerializer(many=True)
    failure_type = serializers.CharField(allow_null=True)
    severity = serializers.ChoiceField(choices=Severity.choices)
    withdrawn = serializers.BooleanField(help_text="It does not count: taken back, or overruled.")
    overruled = serializers.BooleanField(help_text="A lead settled the session without it.")
    adopted = serializers.BooleanField(help_text="A lead settled the session with it.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    session = FailureSessionSerializer()
    review = FailureReviewSerializer()
    settlement = SettlementSerializer(allow_null=True, help_text="Null while no lead has settled the session.")
    root_step = NamedStepSerializer(allow_null=True)
    surfaced_step = NamedStepSerializer(allow_null=True)
    issue = FailureIssueSerializer(allow_null=True)
    membership = FailureMembershipSerializer(allow_null=True)
    selection_probability = serializers.FloatField(
        allow_null=True,
        help_text="The chance of any session of the queue’s filter to be drawn, to six digits; null where chosen.",
    )
    stratum = serializers.ChoiceField(choices=Stratum.choices, allow_null=True)
    weight = serializers.FloatField(
        allow_null=True,
        help_text="How many sessions its session stands for in estimates; null where it was chosen, not drawn.",
    )


class FailurePageSerializer(Plain):
    """A page of failures. `next` is the cursor of the page that follows, or null."""

    results = FailureSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class EstimateSerializer(serializers.Serializer[Any]):
    """An estimated share of all sessions, 0 to 1, with its 95 % interval; null where too few were read at random.

    `sampled` sessions were drawn at random and judged, `frame` is how many they stand for, and `reviewed` how many of
    these were judged at all.
    """

    share = serializers.FloatField(source="estimate", allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    sampled = serializers.IntegerField()
    frame = serializers.IntegerField()
    reviewed = serializers.IntegerField()


class IssueSerializer(serializers.ModelSerializer[Issue]):
    """An issue with its confirmed counts (sessions, end users and failures, each distinct) and its estimated share."""

    owner = serializers.EmailField(source="owner.email", default=None, allow_null=True)
    sessions = serializers.IntegerField()
    users = serializers.IntegerField()
    failures = serializers.IntegerField()
    first_seen = serializers.DateTimeField(allow_null=True)
    last_seen = serializers.DateTimeField(allow_null=True)
    estimate = EstimateSerializer()

    class Meta:
        model = Issue
        fields = (
            "number", "title", "description", "state", "severity", "owner", "fixed_in_release", "ignored_reason",
            "sessions", "users", "failures", "first_seen", "last_seen", "estimate", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class IssuePageSerializer(Plain):
    """A page of issues, newest first. `next` is the cursor of the page that follows, or null."""

    results = IssueSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class DayCountSerializer(Plain):
    """Distinct confirmed sessions that started on a day (UTC)."""

    day = serializers.CharField()
    sessions = serializers.IntegerField()


class PartSerializer(Plain):
    """One value of a breakdown."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field of the row, not DRF's attribute
    sessions = serializers.IntegerField()
    share = serializers.FloatField()


class IssueDetailSerializer(Plain):
    """An issue with its days, its breakdowns, and the states that it may be moved to by hand."""

    issue = IssueSerializer()
    days = DayCountSerializer(many=True)
    workflows = PartSerializer(many=True)
    releases = PartSerializer(many=True)
    tools = PartSerializer(many=True)
    moves = serializers.ListField(child=serializers.ChoiceField(choices=State.choices))


class MoveSerializer(Plain):
    """A move. `from` makes it fail if somebody else moved the issue first. Resolving needs a release or `now`."""

    to = serializers.ChoiceField(choices=[(state.value, state.label) for state in State if state in BY_HAND])
    fixed_in_release = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    now = serializers.BooleanField(required=False, default=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")

    def get_fields(self) -> dict[str, Any]:
        """The fields, `from` among them, which is no name that a class may use."""
        return {**super().get_fields(), "from": serializers.ChoiceField(choices=State.choices, required=False)}


class ErrorSerializer(Plain):
    """What is wrong with one field; `field` is empty where it is the whole call."""

    field = serializers.CharField()
    message = serializers.CharField()


class ErrorsSerializer(Plain):
    """The one shape of every error."""

    errors = ErrorSerializer(many=True)  # type: ignore[assignment]  # a field of the row, not DRF's attribute
