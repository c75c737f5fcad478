"""Failure modes with an identity."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from accounts.models import Project
from annotate.models import Severity
from issues.lifecycle import State

USER = settings.AUTH_USER_MODEL


class Issue(models.Model):
    """A failure mode with an identity that never changes. Counts are derived from memberships, never stored here."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="issues")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.MEDIUM)
    owner = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, blank=True, related_name="owned_issues")
    fixed_in_release = models.CharField(max_length=100, blank=True)
    ignored_reason = models.CharField(max_length=300, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="merged_from"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="issue_number_once"),
            models.UniqueConstraint("project", Lower("title"), name="issue_title_once"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="issue_state_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "state"], name="issue_by_state")]

    def __str__(self) -> str:
        return f"ISS-{self.number} {self.title}"


def lock_project(project_id: int) -> None:
    """One writer of a project's titles, numbers and proposals at a time, until the transaction ends.

    Not the row's key: what refers to the project, such as a batch that arrives, need not wait.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project_id)
