"""What the grouping suggests, and what people decided on it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from accounts.models import Project
from annotate.models import Failure
from clustering.models import GroupingRun
from issues.models.issues import USER, Issue
from issues.models.sources import likeness_in_words

FEWEST_MEMBERS = 2  # of a proposal


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
            models.UniqueConstraint(
                "project", Lower("title"), condition=models.Q(state="open"), name="proposal_title_once"
            ),
            models.CheckConstraint(condition=models.Q(state__in=ProposalState.values), name="proposal_state_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "state", "-id"], name="proposal_inbox")]

    def __str__(self) -> str:
        return self.title

    def is_open(self) -> bool:
        """Whether a lead may still decide on it. An outdated one may be: they decide on what they saw."""
        return self.state in {ProposalState.OPEN, ProposalState.OUTDATED}

    @property
    def likeness(self) -> str:
        """Its cohesion in words."""
        return likeness_in_words(self.cohesion)


class ProposalEvent(models.Model):
    """What a person did to a proposal: the state that they gave it. Opening it again undoes a decline."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="events")
    state = models.CharField(max_length=10, choices=ProposalState.choices)
    actor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.state} by {self.actor_id}"
