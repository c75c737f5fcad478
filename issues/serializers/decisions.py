"""The shapes of decisions, of what they moved, and of what people taught."""

from rest_framework import serializers

from issues.models import Constraint, ConstraintKind, Decision
from issues.serializers.issues import IssueSerializer
from issues.serializers.plain import PLACED_BY, Plain


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """One act on issues, by a person or a rule. It can be undone as one, and so can its undo."""

    said = serializers.CharField(help_text="What was done, in words.")
    actor = serializers.EmailField(source="actor.email", default=None, allow_null=True)
    undoes = serializers.IntegerField(source="undoes_id", allow_null=True, help_text="The decision that it undid.")
    undone_by = serializers.IntegerField(source="undone_by.pk", default=None, allow_null=True)
    may_undo = serializers.BooleanField()
    hindrance = serializers.CharField(allow_blank=True, help_text="Why it may not be undone.")
    entered = serializers.IntegerField(help_text="How many failures it put into issues.")
    left = serializers.IntegerField(help_text="How many it took out of issues; those that moved count in both.")
    score = serializers.FloatField(allow_null=True, help_text="How sure the machine was, where one placed a failure.")

    class Meta:
        model = Decision
        fields = (
            "id", "kind", "said", "actor", "cause", "client_id", "created_at", "undoes", "undone_by", "may_undo",
            "hindrance", "entered", "left", "score",
        )  # fmt: skip
        read_only_fields = fields


class DecisionPageSerializer(Plain):
    """A page of decisions, newest first. `next` is the cursor of the page that follows, or null."""

    results = DecisionSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class EnteredSerializer(Plain):
    """A failure that was put into an issue. `score` and `margin` are cosines where a machine did."""

    failure = serializers.IntegerField(source="failure_id")
    issue = serializers.IntegerField(source="issue.number", help_text="Its number.")
    source = serializers.ChoiceField(choices=PLACED_BY)  # type: ignore[assignment]  # a field of the row, not DRF's attribute
    score = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True, help_text="How far ahead of the second issue it was.")
    mechanism = serializers.CharField(allow_blank=True, help_text="What matched it, with its version.")


class LeftSerializer(Plain):
    """A failure that was taken out of an issue."""

    failure = serializers.IntegerField(source="failure_id")
    issue = serializers.IntegerField(source="issue.number", help_text="Its number.")


class DecisionDetailSerializer(Plain):
    """A decision with what it moved: the first 1,000 failures that entered issues, and as many that left."""

    decision = DecisionSerializer()
    entered = EnteredSerializer(many=True)
    left = LeftSerializer(many=True)


class DoneSerializer(Plain):
    """What a call did: the decision, and the issue in which failures are now, or which they left."""

    decision = DecisionSerializer()
    issue = IssueSerializer()


class ConstraintSerializer(serializers.ModelSerializer[Constraint]):
    """What was said of two failures: that they belong together, or are different. Machines keep to it."""

    kind = serializers.ChoiceField(choices=ConstraintKind.choices)
    failures = serializers.ListField(source="pair", child=serializers.IntegerField(), help_text="The two, by id.")
    actor = serializers.EmailField(source="taught_by.actor.email", default=None, allow_null=True)
    cause = serializers.CharField(source="taught_by.cause")
    decision = serializers.IntegerField(source="taught_by_id", help_text="The decision that taught it.")
    said = serializers.CharField(source="taught_by.said", help_text="What was done, in words.")
    ended_by = serializers.IntegerField(source="ended_by_id", allow_null=True, help_text="The decision that ended it.")

    class Meta:
        model = Constraint
        fields = ("id", "kind", "failures", "actor", "cause", "decision", "said", "created_at", "ended_by")
        read_only_fields = fields


class ConstraintPageSerializer(Plain):
    """A page of constraints, newest first. `next` is the cursor of the page that follows, or null."""

    results = ConstraintSerializer(many=True)
    next = serializers.CharField(allow_null=True)
