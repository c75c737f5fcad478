"""What agents did: sessions, their steps and what these say."""

from datetime import datetime
from functools import cached_property
from secrets import SystemRandom
from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Project
from traces.records import ToolSchema
from traces.words import SILENCE, Words, unpack_prompts, unpack_tools, unpack_words


class StepKind(models.TextChoices):
    """What a step was, as its sender called it."""

    USER = "user", "User message"
    AGENT = "agent", "Agent message"
    LLM = "llm", "Model call"
    TOOL = "tool", "Tool call"
    RETRIEVER = "retriever", "Retrieval"
    RERANKER = "reranker", "Reranking"
    EMBEDDING = "embedding", "Embedding"
    GUARDRAIL = "guardrail", "Guardrail check"
    EVALUATOR = "evaluator", "Evaluator"
    CHAIN = "chain", "Wrapper"
    EVENT = "event", "Event"
    OTHER = "other", "Other"


class StepRole(models.TextChoices):
    """How a reader meets a step: as speech, as something done, or not at all until asked for."""

    USER = "user", "User"
    AGENT = "agent", "Agent"
    TOOL = "tool", "Tool"
    INTERNAL = "internal", "Behind the scenes"


class SessionStatus(models.TextChoices):
    """How the session ended, as far as its own data say."""

    OK = "ok", "Ended normally"
    ERROR = "error", "Ended in an error"
    UNKNOWN = "unknown", "Unknown"


# When a session was, for a list: many senders give no times.
SHOWN_AT = Coalesce("started_at", "created_at")
LISTED_BY = (
    *("workflow", "release", "environment", "model", "source_format", "status", "error_count", "signal_count"),
    *("signal_weight", "cost_usd", "latency_ms", "started_at", "created_at"),
)


def new_draw() -> float:
    """A number that nobody who sends a session can foresee."""
    return SystemRandom().random()


class AgentSession(models.Model):
    """One run of an agent for one user goal. Totals are sums over leaf steps; null means unknown, never 0.

    `revision` grows with every change of content, so that a judgement can say what it was made on.
    `settled_revision` is the revision whose signals were computed; behind `revision` there is work to do.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="sessions")
    external_id = models.CharField(max_length=200)
    workflow = models.CharField(max_length=200, blank=True)
    release = models.CharField(max_length=100, blank=True)
    environment = models.CharField(max_length=100, default="default")
    user_ref = models.CharField(max_length=200, blank=True, help_text="The end user, as the sender names them.")
    model = models.CharField(max_length=120, blank=True)
    source_format = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=10, choices=SessionStatus.choices, default=SessionStatus.UNKNOWN)
    title = models.CharField(max_length=300, blank=True, help_text="The first words of the first user message.")
    last_answer = models.CharField(max_length=300, blank=True, help_text="The first words of the last agent message.")
    tags = models.JSONField(default=list, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_received_at = models.DateTimeField()
    closed = models.BooleanField(
        default=False, help_text="The sender said that it is over; no idle time is waited for."
    )
    revision = models.PositiveIntegerField(default=1)
    settled_revision = models.PositiveIntegerField(default=0)
    step_count = models.PositiveIntegerField(default=0)
    tool_call_count = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveBigIntegerField(null=True, blank=True)
    tokens_out = models.PositiveBigIntegerField(null=True, blank=True)
    cost_usd = models.FloatField(null=True, blank=True)
    latency_ms = models.PositiveBigIntegerField(null=True, blank=True)
    # Written with the signals themselves, so that a list of 100,000 sessions sorts by them without a join.
    signal_count = models.PositiveIntegerField(default=0)
    signal_weight = models.FloatField(default=0, help_text="The strengths of its signals, added up.")
    signals_revision = models.PositiveIntegerField(
        default=0, help_text="Grows whenever its signals are written, by whatever app."
    )
    signals_at = models.DateTimeField(
        null=True, default=timezone.now, help_text="When its signals were last written: what ranks sessions looks here."
    )
    detector_set = models.ForeignKey(
        "traces.DetectorSet",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="What its signals were found with; null: with something older than these are.",
    )
    ttft_ms = models.PositiveBigIntegerField(null=True, blank=True, help_text="Median of its model calls.")
    profile = models.BinaryField(null=True, help_text="What it did, as a vector: see traces.profile.")
    shape = models.JSONField(default=dict, help_text="Numbers about how it went, for ranking: see traces.shape.")
    draw = models.FloatField(
        default=new_draw, help_text="Uniform in [0, 1), drawn once: who is sampled at random follows it."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "external_id"], name="session_once_per_project"),
        ]
        indexes: ClassVar = [
            # Serves the list under every filter and sort: all that they ask stands in it, so that looking through
            # 100,000 sessions reads no row. PostgreSQL wants the parts of SHOWN_AT beside it. Its entries stay under
            # that database's 2,700 bytes at any length of the words, so user_ref has an index of its own.
            models.Index(
                models.F("project"),
                SHOWN_AT.desc(),
                models.F("id").desc(),
                *map(models.F, LISTED_BY),
                name="session_listed",
            ),
            models.Index(
                models.F("project"),
                models.F("user_ref"),
                SHOWN_AT.desc(),
                models.F("id").desc(),
                name="session_by_user",
            ),
            # serves the settling of a session, which compares it with the newest ones of its workflow
            models.Index(fields=["project", "workflow", "-started_at"], name="session_by_workflow"),
            # serves the random stratum of queues, which takes the smallest draws
            models.Index(fields=["project", "draw"], name="session_by_draw"),
            # serves the count of sessions that were read with other detectors than today's
            models.Index(
                fields=["project", "detector_set"],
                condition=models.Q(settled_revision__gte=1),
                name="session_by_detector_set",
            ),
            # serves the sweep of queues, which looks at what is new since it last ranked
            models.Index(fields=["project", "signals_at"], name="session_by_signals_at"),
            # serves the sweep that looks for quiet sessions
            models.Index(
                fields=["last_received_at"],
                condition=models.Q(settled_revision__lt=models.F("revision")),
                name="session_unsettled",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id

    @property
    def shown_at(self) -> datetime:
        """SHOWN_AT of a loaded row."""
        return self.started_at or self.created_at

    @property
    def tokens(self) -> int | None:
        """Tokens in and out together; None where neither is known."""
        known = [count for count in (self.tokens_in, self.tokens_out) if count is not None]
        return sum(known) if known else None

    @property
    def words(self) -> dict[str, Words]:
        """What its steps say, by their keys. One query for a loaded row, however many of its steps are asked."""
        transcript = Transcript.of(self)
        return transcript.words if transcript else {}


class ToolUse(models.Model):
    """How often a session called a tool of this name: the segment *tool*. Written with its signals."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    session = models.ForeignKey(AgentSession, on_delete=models.CASCADE, related_name="tools", db_index=False)
    name = models.CharField(max_length=200)
    calls = models.PositiveIntegerField()
    errors = models.PositiveIntegerField(default=0, help_text="Calls that failed, by their status or their answer.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "name"], name="tooluse_once_per_session"),
        ]
        indexes: ClassVar = [
            # serves sessions by tool, and the calls and errors of each tool
            models.Index(fields=["project", "name", "session", "calls", "errors"], name="tooluse_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} × {self.calls}"


class Transcript(models.Model):
    """What a session's steps say: read whole, written whole, and never searched by the database."""

    session = models.OneToOneField(AgentSession, on_delete=models.CASCADE, primary_key=True, related_name="transcript")
    payload = models.BinaryField(help_text="Compressed: see traces.words.")

    def __str__(self) -> str:
        return f"Words of {self.session_id}"

    @staticmethod
    def of(session: AgentSession) -> "Transcript | None":
        """The session's transcript, kept on the session once it was read; None where it has none."""
        try:
            return session.transcript
        except Transcript.DoesNotExist:
            return None

    @cached_property
    def words(self) -> dict[str, Words]:
        """By the step's key."""
        return unpack_words(self.payload)

    @cached_property
    def tools(self) -> dict[str, ToolSchema]:
        """Those that the agent was offered, by name; empty where the sender did not tell."""
        return unpack_tools(self.payload)

    @cached_property
    def prompts(self) -> dict[str, str]:
        """The system prompts that came with model calls, by the key of the step from which on each holds."""
        return unpack_prompts(self.payload)


class Step(models.Model):
    """One thing that happened. `key` survives re-derivation: judgements point at (session, key), not at a row.

    Its words are in its session's transcript: ask steps that know their session (`session.steps`, select_related).
    """

    # The constraint below serves look-ups by session.
    session = models.ForeignKey(AgentSession, on_delete=models.CASCADE, related_name="steps", db_index=False)
    position = models.PositiveIntegerField(help_text="1-based, in reading order.")
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    role = models.CharField(max_length=10, choices=StepRole.choices)
    name = models.CharField(max_length=200, blank=True)
    is_error = models.BooleanField(default=False)
    error_type = models.CharField(max_length=120, blank=True)
    trace_id = models.CharField(max_length=32, blank=True)
    span_id = models.CharField(max_length=16, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    latency_ms = models.PositiveBigIntegerField(null=True, blank=True)
    ttft_ms = models.PositiveBigIntegerField(null=True, blank=True, help_text="Until the first token came.")
    provider = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=120, blank=True)
    response_id = models.CharField(max_length=100, blank=True, help_text="The provider's own id of a model's answer.")
    tokens_in = models.PositiveBigIntegerField(null=True, blank=True)
    tokens_out = models.PositiveBigIntegerField(null=True, blank=True)
    tokens_cache_read = models.PositiveBigIntegerField(null=True, blank=True)
    tokens_cache_write = models.PositiveBigIntegerField(null=True, blank=True)
    tokens_reasoning = models.PositiveBigIntegerField(null=True, blank=True)
    cost_usd = models.FloatField(null=True, blank=True)
    flags = models.JSONField(default=list, blank=True, help_text="Such as cut, bad_time, user_side.")

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "key"], name="step_key_once_per_session"),
        ]
        indexes: ClassVar = [
            # serves a score that names a model's answer instead of a span
            models.Index(fields=["response_id"], condition=~models.Q(response_id=""), name="step_by_response"),
            # serves feedback that names a span without its trace, as Phoenix's clients send it
            models.Index(fields=["span_id"], condition=~models.Q(span_id=""), name="step_by_span"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.kind} {self.name}".strip()

    @property
    def words(self) -> Words:
        """All that it says."""
        return self.session.words.get(self.key, SILENCE)

    @property
    def text(self) -> str:
        """What was said, or a model's output."""
        return self.words.text

    @property
    def arguments(self) -> str:
        """A call's input as sent, usually JSON."""
        return self.words.arguments

    @property
    def result(self) -> str:
        """A call's full answer as sent."""
        return self.words.result

    @property
    def error_message(self) -> str:
        """How it failed, in the sender's words."""
        return self.words.error_message
