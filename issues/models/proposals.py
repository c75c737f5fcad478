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


class ProposalKind(models.TextChoices):
    """What is suggested. All but the first concern an issue that there is."""

    NEW = "new", "New issue"
    ATTACH = "attach", "Add to an issue"
    MERGE = "merge", "Merge two issues"
    SPLIT = "split", "Split an issue"


class Proposal(models.Model):
    """What the grouping suggests to the lead, with its evidence.

    `failures`: who would become the issue, be added to `subject`, or leave it; of a merge those of either that are most
    like the other. A merge gives `other` to `subject`.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=10, choices=ProposalKind.choices, default=ProposalKind.NEW)
    subject = models.ForeignKey(Issue, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    other = models.ForeignKey(Issue, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    run = models.ForeignKey(GroupingRun, on_delete=models.SET_NULL, null=True, related_name="proposals")
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    title = models.CharField(max_length=200, blank=True, help_text="Of the issue that would be made, if one would be.")
    words = models.JSONField(default=list, help_text="What sets these failures apart from the rest.")
    cohesion = models.FloatField(
        help_text="Mean cosine similarity of its members, -1..1; of a merge in the looser issue."
    )
    across = models.FloatField(
        null=True, blank=True, help_text="The same between the two sides: issues, who leaves and stays, who comes."
    )
    score = models.FloatField(default=0, help_text="How sure the machine is, 0..1, among proposals of the same kind.")
    size = models.PositiveIntegerField(
        default=0, help_text="How many failures speak for it; a decline holds until half more do."
    )
    fingerprint = models.CharField(max_length=64, help_text="What it is about: the same is open once.")
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
                "project",
                Lower("title"),
                condition=models.Q(state="open") & ~models.Q(title=""),
                name="proposal_title_once",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=ProposalKind.values), name="proposal_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind="new", subject=None)
                | (~models.Q(kind="new") & models.Q(subject__isnull=False)),
                name="proposal_concerns_an_issue",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="merge", other__isnull=False)
                | (~models.Q(kind="merge") & models.Q(other=None)),
                name="proposal_merges_two",
            ),
            models.CheckConstraint(condition=models.Q(state__in=ProposalState.values), name="proposal_state_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "state", "-id"], name="proposal_inbox")]

    def __str__(self) -> str:
        return self.title or f"{self.get_kind_display()} {self.subject_id}"

    def is_open(self) -> bool:
        """Whether a lead may still decide on it. An outdated one may be: they decide on what they saw."""
        return self.state in {ProposalState.OPEN, ProposalState.OUTDATED}

    @property
    def likeness(self) -> str:
        """Its cohesion in words."""
        return likeness_in_words(self.cohesion)

    @property
    def likeness_across(self) -> str:
        """How alike its two sides are, in words; empty where it has but one."""
        return "" if self.across is None else likeness_in_words(self.across)


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
