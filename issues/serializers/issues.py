"""The shapes of issues."""

from typing import Any

from rest_framework import serializers

from issues.lifecycle import BY_HAND, State
from issues.models import Issue
from issues.serializers.life import IgnoringSerializer, VerificationSerializer
from issues.serializers.plain import Plain


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
    merged_into = serializers.IntegerField(
        source="merged_into.number", default=None, allow_null=True, help_text="Number of the issue that took it in."
    )

    class Meta:
        model = Issue
        fields = (
            "number", "title", "description", "state", "stood_since", "severity", "severity_chosen", "owner",
            "fixed_in_release", "fixed_at", "ignored_reason", "ignore_end", "ignore_until", "ignore_count",
            "ignore_days", "escalating_since", "external_url", "merged_into", "withdrawn_at",
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
    """An issue with its days, its breakdowns, how far its fix is proved, and where it may be moved by hand.

    The number of an issue that was merged leads to the one that took it in: `merged_into` is then that one's number.
    """

    merged_into = serializers.IntegerField(allow_null=True)
    issue = IssueSerializer()
    days = DayCountSerializer(many=True)
    workflows = PartSerializer(many=True)
    releases = PartSerializer(many=True)
    tools = PartSerializer(many=True)
    verification = VerificationSerializer(allow_null=True, help_text="Null where nobody said that it is fixed.")
    runbook = serializers.CharField(help_text="What to do when it happens; Markdown.")
    moves = serializers.ListField(child=serializers.ChoiceField(choices=State.choices))


class MoveSerializer(IgnoringSerializer):
    """A move. `from` makes it fail if somebody else moved the issue first. Resolving needs a release or `now`.

    Ignoring needs a `reason`, and ends as `end` says; starting work may name an `owner` by e-mail address.
    """

    to = serializers.ChoiceField(choices=[(state.value, state.label) for state in State if state in BY_HAND])
    fixed_in_release = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    now = serializers.BooleanField(required=False, default=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    owner = serializers.EmailField(required=False, allow_null=True, default=None)

    def get_fields(self) -> dict[str, Any]:
        """The fields, `from` among them, which is no name that a class may use."""
        return {**super().get_fields(), "from": serializers.ChoiceField(choices=State.choices, required=False)}
