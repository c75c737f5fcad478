"""Acts on issues, each of which can be undone as one, and what people taught by them."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Project
from annotate.models import Failure

USER = settings.AUTH_USER_MODEL
CAUSE_LENGTH = 300


class DecisionKind(models.TextChoices):
    """What was done."""

    CREATE = "create", "Issue made"
    ACCEPT = "accept", "Proposal accepted"
    ATTACH = "attach", "Failures added"
    MOVE = "move", "Failures moved"
    DETACH = "detach", "Failures taken out"
    MERGE = "merge", "Issues merged"
    SPLIT = "split", "Issue split"
    JOIN = "join", "Failure joined by itself"
    STATE = "state", "State changed"
    EDIT = "edit", "Issue edited"
    UNDO = "undo", "Undone"


class Decision(models.Model):
    """One act, by a person or a rule: what it did in all issues can be undone as one.

    `detail`: `said` (in words), `act` and `failures` (of a move: see `lifecycle.Act`, and its evidence), `of` (of an
    undo: the kind of what it undid or did again in the end), `made` (the issue), `changes` and `proposals` (before and
    after, as `deciding.changing` writes them).
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=10, choices=DecisionKind.choices)
    actor = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cause = models.CharField(max_length=CAUSE_LENGTH, blank=True, help_text="The rule or the key, where nobody acted.")
    client_id = models.UUIDField(null=True, blank=True, help_text="Made by the browser: a form sent twice counts once.")
    undoes = models.OneToOneField("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="undone_by")
    detail = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "client_id"], condition=models.Q(client_id__isnull=False), name="decision_sent_once"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=DecisionKind.values), name="decision_kind_known"),
        ]
        indexes: ClassVar = [
            # serves the log, newest first
            models.Index(fields=["project", "-id"], name="decision_log"),
        ]

    def __str__(self) -> str:
        return self.said

    @property
    def said(self) -> str:
        """What was done, in words such as "merge of ISS-4 into ISS-2"."""
        return str(self.detail.get("said") or self.get_kind_display().lower())

    @property
    def takes_back(self) -> bool:
        """Whether it undid something: to undo this is to do that again."""
        return self.kind == DecisionKind.UNDO and self.said.startswith("undo of ")

    @property
    def who(self) -> str:
        """Who or what decided."""
        return str(self.actor) if self.actor else self.cause or "Misstep"

    @property
    def root(self) -> str:
        """The kind of what it did: of an undo, that of what it undid or did again."""
        return str(self.detail.get("of") or self.kind)


class ConstraintKind(models.TextChoices):
    """What holds of two failures."""

    TOGETHER = "together", "Belong together"
    APART = "apart", "Are different"


class Constraint(models.Model):
    """What a person taught of two failures, until another decision ends it. Machines keep to it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="constraints")
    kind = models.CharField(max_length=10, choices=ConstraintKind.choices)
    first = models.ForeignKey(Failure, on_delete=models.RESTRICT, related_name="+")
    second = models.ForeignKey(Failure, on_delete=models.RESTRICT, related_name="+")
    taught_by = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="taught")
    ended_by = models.ForeignKey(Decision, on_delete=models.SET_NULL, null=True, blank=True, related_name="ended")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="constraint_ordered"),
            models.CheckConstraint(condition=models.Q(kind__in=ConstraintKind.values), name="constraint_kind_known"),
            models.UniqueConstraint(
                fields=["first", "second"], condition=models.Q(ended_by__isnull=True), name="constraint_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project"], condition=models.Q(ended_by__isnull=True), name="constraint_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id} {self.get_kind_display().lower()}"

    def pair(self) -> tuple[int, int]:
        """The two failures' ids, ascending."""
        return self.first_id, self.second_id
