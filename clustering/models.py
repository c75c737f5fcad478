"""Vectors of failures and of steps, and the record of grouping runs."""

from typing import ClassVar

from django.db import models

from accounts.models import Project
from annotate.models import Failure
from traces.models import AgentSession


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
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class RunScope(models.TextChoices):
    """What a grouping run is about."""

    POOL = "pool", "What is in no issue"
    EVERYTHING = "everything", "Everything, compared with today's issues"


class RunStage(models.TextChoices):
    """What a run over everything is at, in this order."""

    READING = "reading", "Reading the notes"
    GROUPING = "grouping", "Comparing every failure with the others"
    COMPARING = "comparing", "Comparing groups with today's issues"


class GroupingRun(models.Model):
    """One clustering of a project's failures; the mechanism's name makes it repeatable."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="grouping_runs")
    scope = models.CharField(max_length=10, choices=RunScope.choices, default=RunScope.POOL)
    stage = models.CharField(max_length=10, choices=RunStage.choices, blank=True)
    mechanism = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.WAITING)
    failure_count = models.PositiveIntegerField(default=0)
    group_count = models.PositiveIntegerField(default=0)
    input_hash = models.CharField(
        max_length=64, blank=True, help_text="Of what was grouped: the same is not done twice."
    )
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    began_at = models.DateTimeField(null=True, blank=True, help_text="A worker has been at it since.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(scope="everything", state__in=["waiting", "running"]),
                name="groupingrun_one_at_a_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-id"], name="groupingrun_newest")]

    def __str__(self) -> str:
        return f"{self.mechanism} over {self.failure_count}"

    def is_under_way(self) -> bool:
        """Whether a worker is at it, or is to be."""
        return self.state in {RunState.WAITING, RunState.RUNNING}

    @property
    def step(self) -> int:
        """Which of its stages it is at, from 1 on; 0 before it has begun."""
        return RunStage.values.index(self.stage) + 1 if self.stage else 0


class EmbedderFault(models.Model):
    """The embedding model does not work, and why. Pages show it; the row goes when the model works again."""

    model_name = models.CharField(max_length=200, unique=True)
    reason = models.TextField()
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.model_name}: {self.reason}"


class StepEmbedding(models.Model):
    """One step as a vector, so that sessions nobody has read can be compared with what people marked."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(AgentSession, on_delete=models.CASCADE, related_name="step_embeddings", db_index=False)
    step_key = models.CharField(max_length=80)
    model_name = models.CharField(max_length=200)
    text_version = models.PositiveSmallIntegerField()
    vector = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "step_key", "model_name", "text_version"], name="stepembedding_once_per_model"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_key} of {self.session_id}"


class StepsRead(models.Model):
    """A session whose suspicious steps have their vectors. One that was settled again is read again."""

    session = models.OneToOneField(AgentSession, on_delete=models.CASCADE, primary_key=True, related_name="steps_read")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    settled_revision = models.PositiveIntegerField()
    model_name = models.CharField(max_length=200)
    text_version = models.PositiveSmallIntegerField()
    read_at = models.DateTimeField(help_text="A failure told later makes it be read again.")
    compared_with = models.CharField(
        max_length=64, blank=True, help_text="What the app above compared it with last; its mark, not ours."
    )

    def __str__(self) -> str:
        return f"steps of {self.session_id}"


class Layout(models.Model):
    """Where each failure of a project lies on its map: one row, drawn anew as the project grows.

    `failures`: their ids ascending, as little-endian int64; `places`: x and y of each, as little-endian float32.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="layout")
    failures = models.BinaryField(default=bytes)
    places = models.BinaryField(default=bytes)
    size = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=64, blank=True, help_text="A hash of what it was drawn from, and by what.")
    drawn_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(default=0, help_text="How long it took: what takes long is drawn less often.")
    began_at = models.DateTimeField(null=True, blank=True, help_text="A worker has been drawing it since.")

    def __str__(self) -> str:
        return f"map of {self.size} failures"
