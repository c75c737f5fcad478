"""Evidence computed from sessions, what a project says of its detectors, and their runs over history."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Project
from traces.models.sessions import AgentSession

USER = settings.AUTH_USER_MODEL


class Signal(models.Model):
    """Deterministic evidence that a session may have gone wrong, with the words that show it."""

    session = models.ForeignKey(AgentSession, on_delete=models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=40)
    step_key = models.CharField(max_length=80, blank=True, help_text="Blank where it concerns the whole session.")
    detail = models.CharField(
        max_length=40, blank=True, help_text="A finer class where the kind has one: of a tool error, auth or network."
    )
    strength = models.FloatField()
    sentence = models.TextField(help_text="What a domain expert reads.")
    detector_version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["-strength", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "kind", "step_key"], name="signal_once_per_step"),
            models.CheckConstraint(condition=models.Q(strength__gte=0, strength__lte=1), name="signal_strength_0_to_1"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.sentence}"


class DetectorSetting(models.Model):
    """What a project says of a detector, by name. Never changed: the newest of each counts, the rest is history."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="detector_settings")
    detector = models.CharField(max_length=40)
    switched_off = models.JSONField(default=list, help_text="Kinds of signals that it does not write.")
    thresholds = models.JSONField(default=dict, help_text="Those that differ from the detector's own.")
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.detector} in {self.project}"


class DetectorSet(models.Model):
    """With what sessions of a project were read: each detector's version, switches and limits. Never changed.

    `content` holds a value for each detector's name, see traces.storing; `identity` is its hash.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    identity = models.CharField(max_length=64)
    content = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "identity"], name="detectorset_once"),
        ]

    def __str__(self) -> str:
        return f"{len(self.content)} detectors in {self.project}"


class SignalRun(models.Model):
    """Detectors run again over a project's settled sessions: asked by a person, done by workers, slice by slice."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="signal_runs")
    detectors = models.JSONField(default=list, help_text="Names; empty means all.")
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    total = models.PositiveIntegerField(default=0, help_text="Settled sessions when it was asked.")
    done = models.PositiveIntegerField(default=0)
    reached = models.PositiveBigIntegerField(default=0, help_text="Id of the last session that was done.")
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(finished_at__isnull=True), name="signalrun_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.done} of {self.total} in {self.project}"
