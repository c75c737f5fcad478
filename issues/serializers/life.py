"""The shapes of an issue's life: how far a fix is proved, what is done to many at once, and releases."""

from rest_framework import serializers

from annotate.models import Severity
from issues.actions.bulk import MOST_AT_ONCE
from issues.actions.helping import LONGEST_RUNBOOK, LONGEST_URL
from issues.lifecycle import ACTS_BY_HAND
from issues.lifecycle.ignoring import EndKind
from issues.serializers.plain import Plain

LARGEST_NUMBER = 2**31 - 1


class VerificationSerializer(Plain):
    """How far a fix is proved: `clear` reviewed sessions of its workflows came after it without the failure.

    With `needed` of them it counts as verified. `bound`: with 95 % confidence the failure is in less than this share of
    such sessions (1 - 0.05^(1/clear), below 3/clear), as far as those reviewed are like the others.
    """

    clear = serializers.IntegerField()
    needed = serializers.IntegerField()
    bound = serializers.FloatField()


class IgnoringSerializer(Plain):
    """Until when an issue is ignored: `until` for a date, `count` of sessions or users, `days` in which users count."""

    end = serializers.ChoiceField(choices=EndKind.choices, default=EndKind.NEVER)
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)
    count = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=LARGEST_NUMBER
    )
    days = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=365)


class BulkSerializer(IgnoringSerializer):
    """What to do to issues: an `act`, or an `owner` (an e-mail address; null for nobody), or a `severity`."""

    numbers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER), min_length=1, max_length=MOST_AT_ONCE
    )
    act = serializers.ChoiceField(choices=[(act.value, act.label) for act in ACTS_BY_HAND], required=False)
    owner = serializers.EmailField(required=False, allow_null=True)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    fixed_in_release = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    now = serializers.BooleanField(required=False, default=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class SkippedSerializer(Plain):
    """An issue that was left out, and why."""

    number = serializers.IntegerField()
    why = serializers.CharField()


class BulkDoneSerializer(Plain):
    """To which issues it was done, by number. `decisions`: the ids of what was decided, to be undone one by one."""

    done = serializers.ListField(child=serializers.IntegerField())
    decisions = serializers.ListField(child=serializers.IntegerField())
    skipped = SkippedSerializer(many=True)


class HelpSerializer(Plain):
    """Where an issue is tracked elsewhere (http or https; empty: nowhere), and what to do about it (Markdown)."""

    external_url = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_URL)
    runbook = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_RUNBOOK)


class ReleaseSerializer(Plain):
    """A release. `first_seen` is null while it was only named; `is_told`: a lead put it where it stands."""

    name = serializers.CharField()
    first_seen = serializers.DateTimeField(allow_null=True)
    is_told = serializers.BooleanField()


class OrderSerializer(Plain):
    """The names of all releases, the oldest first; none at all: by first sight again."""

    names = serializers.ListField(
        # As they came in: a name may begin or end with a space.
        child=serializers.CharField(max_length=100, trim_whitespace=False),
        max_length=10_000,
    )
