"""Decisions: failure modes with an identity, who belongs to them, what was proposed and what was decided."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Project, User
from annotate.models import Failure, Severity
from clustering.models import GroupingRun
from issues.lifecycle import State

USER = settings.AUTH_USER_MODEL
FEWEST_MEMBERS = 2  # of a proposal


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


class Source(models.TextChoices):
    """Who or what placed a failure in an issue, or that a person refused it there: such a row was never open."""

    PERSON = "person", "Person"
    PROPOSAL = "proposal", "Accepted proposal"
    EXACT = "exact", "Same text"
    MATCH = "match", "Clear match"
    REFUSED = "refused", "Left out"


def likeness_in_words(cosine: float) -> str:
    """How alike two notes are; what the numbers mean was read off the notes of four text sets."""
    for least, words in ((0.75, "nearly the same words"), (0.6, "very alike"), (0.45, "alike")):
        if round(cosine, 2) >= least:  # as the number beside the words is written
            return words
    return "loosely alike: look closely"


class MembershipQuerySet(models.QuerySet["IssueMembership"]):
    """Where failures belong, in words."""

    def standing(self) -> "MembershipQuerySet":
        """The rows that hold now and count: open, of failures that nobody withdrew."""
        return self.filter(until__isnull=True, failure__withdrawn_at__isnull=True)

    def place(
        self,
        issue: Issue,
        failure_ids: Collection[int],
        *,
        source: Source,
        actor: User | None = None,
        score: float | None = None,
    ) -> list[int]:
        """Puts those of the failures into the issue that are free (in no issue, not withdrawn); returns their ids.

        Runs inside a transaction: the failures are locked, so that two who place the same one cannot both.
        """
        wanted = Failure.objects.select_for_update().filter(
            pk__in=failure_ids, project_id=issue.project_id, withdrawn_at=None
        )
        locked = list(wanted.order_by("pk").values_list("pk", flat=True))
        taken = set(self.model.objects.filter(failure__in=locked, until=None).values_list("failure_id", flat=True))
        free = [failure_id for failure_id in locked if failure_id not in taken]
        now = timezone.now()
        self.bulk_create(
            self.model(issue=issue, failure_id=pk, source=source, score=score, placed_by=actor, since=now)
            for pk in free
        )
        if free:
            detail = {"failures": free, "source": source.value, **({} if score is None else {"score": round(score, 3)})}
            IssueEvent.objects.note(issue, EventKind.ATTACHED, actor=actor, **detail)
        return free

    def refuse(self, issue: Issue, failure_ids: Collection[int], *, actor: User) -> list[int]:
        """Remembers that a person left the free ones of the failures out of the issue; returns their ids.

        Rows that end as they begin: no machine puts a failure back where a person took it out.
        """
        taken = self.model.objects.filter(until=None).values("failure")
        free = Failure.objects.filter(pk__in=failure_ids, project_id=issue.project_id, withdrawn_at=None)
        ids = list(free.exclude(pk__in=taken).order_by("pk").values_list("pk", flat=True))
        row = {"issue": issue, "source": Source.REFUSED, "placed_by": actor}
        now = timezone.now()
        self.bulk_create(self.model(failure_id=pk, since=now, until=now, **row) for pk in ids)
        if ids:
            IssueEvent.objects.note(issue, EventKind.REFUSED, actor=actor, failures=ids)
        return ids

    def close(self, *, actor: User | None = None, reason: str) -> int:
        """Ends these open rows, keeps them as history and notes it with each issue; returns how many."""
        leaving = list(self.filter(until=None).select_for_update(of=("self",)).select_related("issue").order_by("pk"))
        self.model.objects.filter(pk__in=[row.pk for row in leaving]).update(until=timezone.now())
        for issue in {row.issue for row in leaving}:
            gone = sorted(row.failure_id for row in leaving if row.issue_id == issue.pk)
            IssueEvent.objects.note(issue, EventKind.DETACHED, actor=actor, failures=gone, reason=reason)
        return len(leaving)


class IssueMembership(models.Model):
    """A failure's place in an issue, since when and by whom. One open row per failure; closed ones are history."""

    issue = models.ForeignKey(Issue, on_delete=models.RESTRICT, related_name="memberships")
    failure = models.ForeignKey(Failure, on_delete=models.RESTRICT, related_name="issue_memberships")
    source = models.CharField(max_length=10, choices=Source.choices)
    score = models.FloatField(null=True, blank=True)
    placed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["failure"], condition=models.Q(until__isnull=True), name="issuemembership_one_open"
            ),
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="issuemembership_source_known"),
            models.CheckConstraint(
                condition=~models.Q(source=Source.REFUSED, until__isnull=True), name="issuemembership_refused_is_closed"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["issue", "failure"], condition=models.Q(until__isnull=True), name="issuemembership_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.failure_id} in {self.issue_id}"

    @property
    def likeness(self) -> str:
        """Its score in words; empty where a person chose."""
        return "" if self.score is None else likeness_in_words(self.score)


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


class EventKind(models.TextChoices):
    """What happened to an issue."""

    CREATED = "created", "Created"
    MOVED = "moved", "State changed"
    RENAMED = "renamed", "Renamed"
    ASSIGNED = "assigned", "Owner changed"
    ATTACHED = "attached", "Failures added"
    DETACHED = "detached", "Failures removed"
    REFUSED = "refused", "Failures left out"
    SEVERITY = "severity", "Severity changed"


class EventQuerySet(models.QuerySet["IssueEvent"]):
    """History, in words."""

    def note(self, issue: Issue, kind: EventKind, *, actor: User | None = None, **detail: Any) -> "IssueEvent":
        """Writes one line of the issue's history; runs in the transaction of what it records."""
        states = {"from_state": detail.pop("from_state", ""), "to_state": detail.pop("to_state", "")}
        return self.create(issue=issue, kind=kind, actor=actor, detail=detail, **states)


class IssueEvent(models.Model):
    """One line of an issue's history, written in the transaction of what it records."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    actor = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.issue_id}"

    @property
    def was(self) -> str:
        """The state before, in words."""
        return State(self.from_state).label if self.from_state else ""

    @property
    def became(self) -> str:
        """The state after, in words."""
        return State(self.to_state).label if self.to_state else ""

    @property
    def how(self) -> str:
        """What added the failures, in words."""
        source = self.detail.get("source", "")
        return Source(source).label.lower() if source in Source.values else ""

    @property
    def likeness(self) -> str:
        """How alike the added failures are, in words; empty where nothing compared them."""
        score = self.detail.get("score")
        return "" if score is None else likeness_in_words(score)


class Recognition(models.Model):
    """How an issue is recognised in sessions that nobody has read: learned anew when its members change, never edited.

    The newest of an issue counts. One whose `is_good` is false stays silent, and says so.
    """

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="recognitions")
    version = models.PositiveSmallIntegerField(help_text="Of the way it was learned.")
    model_name = models.CharField(max_length=200)
    weights = models.BinaryField(help_text="Little-endian float32.")
    bias = models.FloatField()
    threshold = models.FloatField()
    precision = models.FloatField(help_text="How often it was right about sessions left out of the learning.")
    recall = models.FloatField(help_text="How many of the issue's own sessions it found among those.")
    positives = models.PositiveIntegerField()
    negatives = models.PositiveIntegerField()
    is_good = models.BooleanField()
    learned_from = models.CharField(max_length=64, help_text="Hash of what it learned from.")
    learned_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["issue", "-id"], name="recognition_newest")]

    def __str__(self) -> str:
        return f"recognition of {self.issue_id}"
