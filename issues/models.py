"""Decisions: failure modes with an identity, who belongs to them, what was proposed and what was decided."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Project
from annotate.models import Failure, Severity
from clustering.models import GroupingRun
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
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="issue_state_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "state"], name="issue_by_state")]

    def __str__(self) -> str:
        return f"ISS-{self.number} {self.title}"


class Source(models.TextChoices):
    """Who or what placed a failure in an issue."""

    PERSON = "person", "Person"
    PROPOSAL = "proposal", "Accepted proposal"
    EXACT = "exact", "Same text"
    MATCH = "match", "Match"


class IssueMembership(models.Model):
    """A failure's place in an issue, since when and by whom. One open row per failure; closed ones are history."""

    issue = models.ForeignKey(Issue, on_delete=models.RESTRICT, related_name="memberships")
    failure = models.ForeignKey(Failure, on_delete=models.RESTRICT, related_name="issue_memberships")
    source = models.CharField(max_length=10, choices=Source.choices)
    score = models.FloatField(null=True, blank=True)
    placed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["failure"], condition=models.Q(until__isnull=True), name="issuemembership_one_open"
            ),
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="issuemembership_source_known"),
        ]

    def __str__(self) -> str:
        return f"{self.failure_id} in {self.issue_id}"


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    OUTDATED = "outdated", "Outdated"


class Proposal(models.Model):
    """What the grouping suggests to the lead, with its evidence. `fingerprint` keeps a declined one from returning."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="proposals")
    run = models.ForeignKey(GroupingRun, on_delete=models.SET_NULL, null=True, related_name="proposals")
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    title = models.CharField(max_length=200)
    words = models.JSONField(default=list, help_text="What sets these failures apart from the rest.")
    cohesion = models.FloatField(help_text="Mean cosine similarity of its members, -1..1.")
    fingerprint = models.CharField(max_length=64)
    failures = models.ManyToManyField(Failure, related_name="proposals")
    issue = models.ForeignKey(Issue, on_delete=models.SET_NULL, null=True, blank=True, related_name="proposals")
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "fingerprint"], condition=models.Q(state="open"), name="proposal_open_once"
            ),
            models.CheckConstraint(condition=models.Q(state__in=ProposalState.values), name="proposal_state_known"),
        ]

    def __str__(self) -> str:
        return self.title


class EventKind(models.TextChoices):
    """What happened to an issue."""

    CREATED = "created", "Created"
    MOVED = "moved", "State changed"
    RENAMED = "renamed", "Renamed"
    ASSIGNED = "assigned", "Owner changed"
    ATTACHED = "attached", "Failures added"
    DETACHED = "detached", "Failures removed"
    SEVERITY = "severity", "Severity changed"


class IssueEvent(models.Model):
    """One line of an issue's history, written in the transaction of what it records."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    actor = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.issue_id}"
