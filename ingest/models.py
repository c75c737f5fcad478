"""What came through the doors, kept as sent until it is digested, and the spans read from it."""

from typing import ClassVar

from django.db import models

from accounts.models import ApiKey, Project
from traces.models import AgentSession


class BatchState(models.TextChoices):
    """Where a raw batch stands."""

    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class RawBatch(models.Model):
    """One accepted request body, committed before the 200. The work to do is this row; a message only wakes."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="raw_batches")
    api_key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, related_name="+")
    door = models.CharField(max_length=20, help_text="Which door it came through: traces, logs or sessions.")
    content_type = models.CharField(max_length=60)
    body = models.BinaryField(help_text="Compressed with zlib.")
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.WAITING)
    claim = models.CharField(
        max_length=32, blank=True, help_text="Names the worker's grip: who asks for it gets these."
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker claimed it.")
    reason = models.TextField(blank=True, help_text="Why it failed, or what of it was refused.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=BatchState.values), name="rawbatch_state_known"),
        ]
        indexes: ClassVar = [
            # serves the claim: oldest waiting first
            models.Index(fields=["id"], condition=models.Q(state="waiting"), name="rawbatch_waiting"),
            models.Index(fields=["project", "sha256"], name="rawbatch_same_body"),
        ]

    def __str__(self) -> str:
        return f"{self.door} {self.pk} {self.state}"


class Trace(models.Model):
    """Which session a trace belongs to; none while it holds nothing but feedback. A late span may move it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="traces")
    trace_id = models.CharField(max_length=32)
    session = models.ForeignKey(AgentSession, on_delete=models.CASCADE, null=True, related_name="traces")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "trace_id"], name="trace_once_per_project"),
        ]

    def __str__(self) -> str:
        return self.trace_id


class Span(models.Model):
    """A span as received. Steps are a pure function of a session's spans: any order, any repetition, the same steps."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="spans")
    span_id = models.CharField(max_length=16)
    parent_id = models.CharField(max_length=16, blank=True)
    start_ns = models.BigIntegerField(default=0)
    end_ns = models.BigIntegerField(default=0)
    content_hash = models.CharField(max_length=64)
    payload = models.BinaryField(help_text="zlib-compressed JSON: name, attributes, events, status, resource, scope.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trace", "span_id"], name="span_once_per_trace"),
        ]

    def __str__(self) -> str:
        return self.span_id


class SpanLog(models.Model):
    """A log record that belongs to a span: content, an exception or an evaluation. It may come before its span."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="span_logs")
    trace_id = models.CharField(max_length=32)
    span_id = models.CharField(max_length=16)
    identity = models.CharField(max_length=64, help_text="Hash of event name, time and content.")
    event_name = models.CharField(max_length=120)
    time_ns = models.BigIntegerField(default=0)
    payload = models.BinaryField(help_text="zlib-compressed JSON: attributes and body.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "identity"], name="spanlog_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "trace_id"], name="spanlog_by_trace")]

    def __str__(self) -> str:
        return f"{self.event_name} {self.span_id}"
