"""What the API tells about sessions."""

from typing import Any, ClassVar

from django.urls import reverse
from rest_framework import serializers

from traces.models import AgentSession, Score, Signal, Step

SUMMARY = [
    "id", "external_id", "title", "last_answer", "workflow", "release", "environment", "user_ref", "model",
    "status", "tags", "started_at", "ended_at", "created_at", "closed", "settled",
    "step_count", "tool_call_count", "error_count",
    "tokens_in", "tokens_out", "cost_usd", "latency_ms", "signal_count", "signal_weight", "page",
]  # fmt: skip


class StepSerializer(serializers.ModelSerializer[Step]):
    """One step as stored. `key` names it for good; `position` is its place in reading order, from 1."""

    class Meta:
        model = Step
        fields: ClassVar = [
            "position", "key", "kind", "role", "name", "text", "arguments", "result", "is_error", "error_type",
            "error_message", "trace_id", "span_id", "started_at", "latency_ms", "model", "tokens_in", "tokens_out",
            "cost_usd", "flags",
        ]  # fmt: skip


class SignalSerializer(serializers.ModelSerializer[Signal]):
    """Evidence that something may have gone wrong. `step_key` is blank where it concerns the whole session."""

    class Meta:
        model = Signal
        fields: ClassVar = ["kind", "step_key", "strength", "sentence", "detector_version"]


class ScoreSerializer(serializers.ModelSerializer[Score]):
    """What a machine or an end user scored."""

    class Meta:
        model = Score
        fields: ClassVar = [
            "name",
            "value",
            "label",
            "explanation",
            "annotator_kind",
            "author",
            "version",
            "step_key",
            "trace_id",
            "span_id",
            "response_id",
            "given_at",
            "created_at",
        ]


class SessionSummarySerializer(serializers.ModelSerializer[AgentSession]):
    """A session without its steps. `settled`: its signals were computed for its newest content."""

    settled = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField(help_text="The path of its page, for people.")

    class Meta:
        model = AgentSession
        fields: ClassVar = SUMMARY

    def get_settled(self, session: AgentSession) -> bool:
        return session.settled_revision >= session.revision

    def get_page(self, session: AgentSession) -> str:
        return reverse("session_page", args=[self.context["slug"], session.pk])


class CommentSerializer(serializers.Serializer[Any]):
    """What somebody said about the session; with `for_lead` a question, until `settled_at`.

    Comments belong to an app above, so that they are described here and not imported.
    """

    step_key = serializers.CharField(source="step", help_text="Blank where it is about the whole session.")
    author = serializers.CharField(help_text="Name, or e-mail address.")
    text = serializers.CharField(help_text="Markdown.")
    for_lead = serializers.BooleanField()
    settled_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class SessionSerializer(SessionSummarySerializer):
    """A session with all that is known about it."""

    steps = StepSerializer(many=True)
    signals = SignalSerializer(many=True)
    scores = ScoreSerializer(many=True)
    comments = CommentSerializer(many=True, help_text="The oldest first, without those that were taken back.")

    class Meta(SessionSummarySerializer.Meta):
        fields: ClassVar = [*SUMMARY, "metadata", "source_format", "revision", "steps", "signals", "scores", "comments"]


class SessionListSerializer(serializers.Serializer[dict[str, Any]]):
    """One page of sessions, newest received first. `next` is the cursor of the next page, null at the end."""

    results = SessionSummarySerializer(many=True)
    next = serializers.CharField(allow_null=True)
