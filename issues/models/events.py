"""The history of issues, line by line."""

from typing import Any, ClassVar

from django.db import models

from accounts.models import User
from issues.lifecycle import State
from issues.models.decisions import CAUSE_LENGTH, Decision
from issues.models.issues import USER, Issue
from issues.models.sources import Source, likeness_in_words


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
    MERGED = "merged", "Merged into another"
    TOOK_IN = "took_in", "Took in another"
    UNMERGED = "unmerged", "Merge undone"
    SPLIT_OFF = "split_off", "Part split off"
    SPLIT_FROM = "split_from", "Split from another"
    MOVED_OUT = "moved_out", "Failures moved to another"
    MOVED_IN = "moved_in", "Failures moved here"
    GAVE_BACK = "gave_back", "Failures given back"
    GOT_BACK = "got_back", "Failures came back"
    UNDONE = "undone", "Taken back"
    REDONE = "redone", "Made again"
    ESCALATING = "escalating", "Escalating"
    CALM = "calm", "Escalates no more"
    LINKED = "linked", "Link changed"
    RUNBOOK = "runbook", "Runbook changed"


OF_FAILURES = frozenset({
    *(EventKind.ATTACHED, EventKind.DETACHED, EventKind.REFUSED, EventKind.SPLIT_OFF, EventKind.SPLIT_FROM),
    *(EventKind.MOVED_OUT, EventKind.MOVED_IN, EventKind.GAVE_BACK, EventKind.GOT_BACK),
})  # fmt: skip


class EventQuerySet(models.QuerySet["IssueEvent"]):
    """History, in words."""

    def note(
        self,
        issue: Issue,
        kind: EventKind,
        *,
        actor: User | None = None,
        decision: Decision | None = None,
        **detail: Any,
    ) -> "IssueEvent":
        """Writes one line of the issue's history; runs in the transaction of what it records."""
        states = {"from_state": detail.pop("from_state", ""), "to_state": detail.pop("to_state", "")}
        cause = decision.cause if decision else ""
        return self.create(issue=issue, kind=kind, actor=actor, decision=decision, cause=cause, detail=detail, **states)


class IssueEvent(models.Model):
    """One line of an issue's history, written in the transaction of what it records."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    actor = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, null=True, blank=True, related_name="events")
    cause = models.CharField(max_length=CAUSE_LENGTH, blank=True, help_text="The rule or the key, where nobody acted.")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            # serves what watchers have not seen yet
            models.Index(fields=["issue", "created_at"], name="issueevent_of_issue"),
        ]

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
    def tells_of_failures(self) -> bool:
        """Whether failures came or went, and nothing else happened."""
        return self.kind in OF_FAILURES

    @property
    def counted(self) -> str:
        """How many failures it tells of, in words."""
        count = len(self.detail.get("failures", ()))
        return f"{count} failure{'' if count == 1 else 's'}"

    @property
    def others(self) -> str:
        """The issues that its failures came from, in words."""
        return ", ".join(f"ISS-{number}" for number in self.detail.get("from", ()))

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
