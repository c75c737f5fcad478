"""The shapes of failure types and rubrics over the API."""

from typing import Any

from rest_framework import serializers

from annotate.models import FailureType, Question, Rubric

Plain = serializers.Serializer[dict[str, Any]]


class FailureTypeSerializer(serializers.ModelSerializer[FailureType]):
    """A label of the team's own. One that was merged says into which, and has no failures any more."""

    merged_into = serializers.CharField(source="merged_into.name", default=None, allow_null=True)
    failures = serializers.IntegerField(source="standing", help_text="How many failures that stand have it.")

    class Meta:
        model = FailureType
        fields = ("id", "name", "description", "group", "merged_into", "failures", "created_at")
        read_only_fields = fields


class FailureTypePageSerializer(Plain):
    """A page of failure types, oldest first. `next` is the cursor of the page that follows, or null."""

    results = FailureTypeSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """A question of one version. `key` is the same in all versions; `options` go by `kind`.

    `since` is the version under which its answers got the meaning that they have.
    """

    options = serializers.JSONField(help_text="Of a scale its ends, of a choice a list of value and label.")

    class Meta:
        model = Question
        fields = ("key", "kind", "text", "guidance", "options", "is_required", "since")
        read_only_fields = fields


class RubricSerializer(serializers.ModelSerializer[Rubric]):
    """One version of a rubric. A version never changes: an edit makes the next one.

    `outcome_since` is the version under which success and failure got the meaning that they have.
    """

    is_newest = serializers.BooleanField()
    created_by = serializers.EmailField(source="created_by.email", default=None, allow_null=True)
    questions = QuestionSerializer(many=True)

    class Meta:
        model = Rubric
        fields = (
            "id", "name", "version", "is_newest", "guidance", "outcome_since", "changed", "created_by", "created_at",
            "questions",
        )  # fmt: skip
        read_only_fields = fields


class RubricPageSerializer(Plain):
    """A page of versions, oldest first. `next` is the cursor of the page that follows, or null."""

    results = RubricSerializer(many=True)
    next = serializers.CharField(allow_null=True)
