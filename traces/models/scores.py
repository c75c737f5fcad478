"""What machines and end users said of sessions, and how a project reads it."""

from typing import ClassVar

from django.db import models

from accounts.models import Project
from traces.models.sessions import AgentSession


class AnnotatorKind(models.TextChoices):
    """Who gave a score."""

    HUMAN = "human", "Person"
    LLM = "llm", "Model"
    CODE = "code", "Code"


class Score(models.Model):
    """What a machine or an end user gave a session or step. May arrive first: then `session` is null until it comes."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="scores")
    session = models.ForeignKey(AgentSession, on_delete=models.CASCADE, null=True, blank=True, related_name="scores")
    identity = models.CharField(
        max_length=64, help_text="Hash of what makes a score the same one when it is sent again."
    )
    external_id = models.CharField(max_length=200, blank=True, help_text="The session it names, where it names one.")
    trace_id = models.CharField(max_length=32, blank=True)
    span_id = models.CharField(max_length=16, blank=True)
    step_key = models.CharField(max_length=80, blank=True, help_text="The step of that session, where it names one.")
    target = models.CharField(
        max_length=210, blank=True, help_text="By what the session is found: see ingest.dialects.scores."
    )
    name = models.CharField(max_length=120)
    value = models.FloatField(null=True, blank=True)
    label = models.CharField(max_length=200, blank=True)
    explanation = models.TextField(blank=True)
    response_id = models.CharField(max_length=100, blank=True, help_text="The model's answer it names, by its own id.")
    author = models.CharField(max_length=120, blank=True, help_text="Who or what gave it, as the sender names them.")
    version = models.CharField(
        max_length=120, blank=True, help_text="Of what gave it, such as a judge's prompt, as the sender names it."
    )
    annotator_kind = models.CharField(max_length=10, choices=AnnotatorKind.choices, default=AnnotatorKind.CODE)
    given_at = models.DateTimeField(null=True, blank=True, help_text="As the sender says; the later version counts.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "identity"], name="score_once"),
        ]
        indexes: ClassVar = [
            # serves a session that came after its scores
            models.Index(fields=["project", "target"], name="score_by_target"),
            # serves the list of a project's score names, and sessions by what a score says
            models.Index(fields=["project", "name", "value"], name="score_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}={self.label or self.value}"


class Polarity(models.TextChoices):
    """What a high value of a score says."""

    GOOD = "good", "High is good"
    BAD = "bad", "High is bad"
    NONE = "none", "Says nothing of good or bad"


class ScoreMeaning(models.Model):
    """How a project reads the scores of one name, such as a thumb. No row: the name is not read yet."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="score_meanings")
    name = models.CharField(max_length=120)
    polarity = models.CharField(max_length=10, choices=Polarity.choices)
    middle = models.FloatField(default=0.5, help_text="A value above it is high, one below it is low.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name"], name="scoremeaning_once"),
            models.CheckConstraint(condition=models.Q(polarity__in=Polarity.values), name="scoremeaning_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.polarity}"
