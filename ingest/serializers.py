"""The shapes of posted sessions and scores, for the API document. `dialects` read them: every bad field is named."""

from typing import Any, ClassVar

from rest_framework import serializers

from ingest.dialects.ours import KINDS, STATUSES
from traces.models import AgentSession, AnnotatorKind, Score


class SessionHead(serializers.Serializer[Any]):
    """What a session is as a whole. The same `id` is the same session: posting it again replaces its steps."""

    id = serializers.CharField(required=False, max_length=200, help_text="Without one, a hash of the content.")
    workflow = serializers.CharField(required=False, help_text="What kind of work it was; the unit of comparison.")
    release = serializers.CharField(required=False)
    environment = serializers.CharField(required=False)
    user = serializers.CharField(required=False, help_text="The end user, as you name them.")
    model = serializers.CharField(required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    tags = serializers.ListField(child=serializers.CharField(), required=False)
    metadata = serializers.DictField(required=False)
    started_at = serializers.DateTimeField(required=False)
    ended_at = serializers.DateTimeField(required=False)
    latency_ms = serializers.IntegerField(required=False, min_value=0)
    closed = serializers.BooleanField(required=False, help_text="It is over: do not wait for more.")


class StepError(serializers.Serializer[Any]):
    """What went wrong in a step. A plain string is taken as the message."""

    type = serializers.CharField(required=False)
    message = serializers.CharField(required=False)


class PostedStep(serializers.Serializer[Any]):
    """One thing that happened."""

    kind = serializers.ChoiceField(choices=KINDS)
    key = serializers.CharField(required=False, help_text="Stable name within the session; its place unless told.")
    name = serializers.CharField(required=False, help_text="The tool's or agent's name.")
    text = serializers.CharField(required=False, help_text="What was said, or a model's output.")
    arguments = serializers.JSONField(required=False, help_text="A call's input, as text or JSON.")
    result = serializers.JSONField(required=False, help_text="A call's full answer, as text or JSON.")
    error = StepError(required=False)
    started_at = serializers.DateTimeField(required=False)
    latency_ms = serializers.IntegerField(required=False, min_value=0)
    model = serializers.CharField(required=False)
    tokens_in = serializers.IntegerField(required=False, min_value=0)
    tokens_out = serializers.IntegerField(required=False, min_value=0)
    cost_usd = serializers.FloatField(required=False, min_value=0)


class PostedScore(serializers.Serializer[Any]):
    """What a machine or an end user gave the session, or with `step_key` a step of it."""

    name = serializers.CharField()
    value = serializers.FloatField(required=False, allow_null=True, help_text="A number, or true (1) or false (0).")
    label = serializers.CharField(required=False)  # type: ignore[assignment]  # DRF's metaclass takes it for a field
    explanation = serializers.CharField(required=False)
    annotator_kind = serializers.ChoiceField(choices=AnnotatorKind.choices, required=False)
    author = serializers.CharField(required=False, help_text="Who or what gave it: a user, an evaluator.")
    version = serializers.CharField(
        required=False, help_text="Of the evaluator, raised with its prompt or model: each is compared with people."
    )
    id = serializers.CharField(
        required=False,
        help_text="Name, target and `id` make it the same score when it comes again; else `author` and `version` do.",
    )
    step_key = serializers.CharField(required=False, max_length=80, help_text="The `key` of a step of that session.")
    given_at = serializers.DateTimeField(required=False, help_text="Of two versions the one given later counts.")


class PostedTargetedScore(PostedScore):
    """A score on its own. It names what it is about, which may come later; one of the four is needed."""

    session_id = serializers.CharField(required=False, max_length=200, help_text="The `id` that the session came with.")
    trace_id = serializers.CharField(required=False, help_text="32 hex digits, or the UUID of a run.")
    span_id = serializers.CharField(required=False, help_text="16 hex digits, or the UUID of a run.")
    response_id = serializers.CharField(required=False, max_length=100, help_text="As the model's provider named it.")


class AcceptedScore(serializers.Serializer[Any]):
    """A score that is kept."""

    name = serializers.CharField()
    identity = serializers.CharField(help_text="By this the list knows it.")


class PostedSession(serializers.Serializer[Any]):
    """One session: `steps` as they happened, or `messages` as OpenAI, Anthropic or LangChain write them."""

    session = SessionHead(required=False)
    steps = PostedStep(many=True, required=False)
    messages = serializers.ListField(child=serializers.DictField(), required=False)
    scores = PostedScore(many=True, required=False)
    tools = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="Those that the agent was offered, as a model is told."
    )


class AcceptedSession(serializers.Serializer[Any]):
    """A session that is stored; its steps can be read in a moment."""

    id = serializers.CharField()
    steps = serializers.IntegerField()


class RefusedEntry(serializers.Serializer[Any]):
    """What was not taken."""

    line = serializers.IntegerField(help_text="1-based; 0 for a body that is no list.")
    field = serializers.CharField(help_text="Such as steps.3.kind.")
    message = serializers.CharField()


class ReceivedSessions(serializers.Serializer[Any]):
    """What became of each session of a request."""

    accepted = AcceptedSession(many=True)
    refused = RefusedEntry(many=True)


class ReceivedScores(serializers.Serializer[Any]):
    """What became of each score of a request."""

    accepted = AcceptedScore(many=True)
    refused = RefusedEntry(many=True)


class ListedScore(serializers.ModelSerializer[Score]):
    """A score as stored. `session` is null until the session comes that it is about."""

    session_id = serializers.CharField(source="external_id", help_text="The session it names, as its sender does.")
    session: "serializers.PrimaryKeyRelatedField[AgentSession]" = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta:
        model = Score
        fields: ClassVar = [
            "id", "identity", "name", "value", "label", "explanation", "annotator_kind", "author", "version", "session",
            "session_id", "step_key", "trace_id", "span_id", "response_id", "given_at", "created_at",
        ]  # fmt: skip


class ListedScores(serializers.Serializer[Any]):
    """One page of scores, newest first. `next` is the cursor of the next page, null at the end."""

    results = ListedScore(many=True)
    next = serializers.CharField(allow_null=True)
