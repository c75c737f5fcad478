"""Vectors of failures and the record of grouping runs."""

from typing import ClassVar

from django.db import models

from accounts.models import Project
from annotate.models import Failure


class Embedding(models.Model):
    """A failure's text as a vector: little-endian float32, unit length. Vectors of other models or texts never meet."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="embeddings")
    failure = models.ForeignKey(Failure, on_delete=models.CASCADE, related_name="embeddings")
    model_name = models.CharField(max_length=200)
    text_version = models.PositiveSmallIntegerField()
    text = models.TextField(help_text="What was embedded: the note after masking.")
    vector = models.BinaryField()
    failure_updated_at = models.DateTimeField(help_text="The failure's own, when it was read: behind it, embed again.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["failure", "model_name", "text_version"], name="embedding_once_per_model"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class RunState(models.TextChoices):
    """Where a grouping run stands."""

    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class GroupingRun(models.Model):
    """One clustering of a project's unassigned failures; the mechanism's name makes it repeatable."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="grouping_runs")
    mechanism = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.WAITING)
    failure_count = models.PositiveIntegerField(default=0)
    group_count = models.PositiveIntegerField(default=0)
    input_hash = models.CharField(
        max_length=64, blank=True, help_text="Of what was grouped: the same is not done twice."
    )
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "-id"], name="groupingrun_newest")]

    def __str__(self) -> str:
        return f"{self.mechanism} over {self.failure_count}"


class EmbedderFault(models.Model):
    """The embedding model does not work, and why. Pages show it; the row goes when the model works again."""

    model_name = models.CharField(max_length=200, unique=True)
    reason = models.TextField()
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.model_name}: {self.reason}"
