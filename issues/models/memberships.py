"""Which failures belong to which issue, since when and by whom."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from annotate.models import Failure
from issues.models.decisions import Decision, DecisionKind
from issues.models.events import EventKind, IssueEvent
from issues.models.issues import USER, Issue
from issues.models.rules import MatchingRule
from issues.models.sources import Source, likeness_in_words


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
        decision: Decision | None = None,
        **how: Any,
    ) -> list[int]:
        """Puts those of the failures into the issue that are free (in no issue, not withdrawn); returns their ids.

        Runs inside a transaction: the failures are locked, so that two who place the same one cannot both. `how`:
        further fields of the rows, such as `mechanism`.
        """
        wanted = Failure.objects.select_for_update(no_key=True).filter(
            pk__in=failure_ids, project_id=issue.project_id, withdrawn_at=None
        )
        locked = list(wanted.order_by("pk").values_list("pk", flat=True))
        taken = set(self.model.objects.filter(failure__in=locked, until=None).values_list("failure_id", flat=True))
        free = [failure_id for failure_id in locked if failure_id not in taken]
        now = timezone.now()
        row = {"issue": issue, "source": source, "score": score, "placed_by": actor, "opened_by": decision, **how}
        self.bulk_create(self.model(failure_id=pk, since=now, **row) for pk in free)
        if free:
            rule: MatchingRule | None = how.get("rule")
            told = {"score": None if score is None else round(score, 3), "rule": rule.version if rule else None}
            known = {name: value for name, value in told.items() if value is not None}
            detail = {"failures": free, "source": source.value, **known}
            IssueEvent.objects.note(issue, EventKind.ATTACHED, actor=actor, decision=decision, **detail)
        return free

    def refuse(
        self, issue: Issue, failure_ids: Collection[int], *, actor: User | None, decision: Decision | None = None
    ) -> list[int]:
        """Remembers that a person left the free ones of the failures out of the issue; returns their ids.

        Rows that end as they begin: no machine puts a failure back where a person took it out.
        """
        taken = Exists(self.model.objects.filter(failure=OuterRef("pk"), until=None))
        free = Failure.objects.filter(~taken, pk__in=failure_ids, project_id=issue.project_id, withdrawn_at=None)
        ids = list(free.order_by("pk").values_list("pk", flat=True))
        who = {"placed_by": actor, "opened_by": decision, "closed_by": decision}
        row = {"issue": issue, "source": Source.REFUSED, **who}
        now = timezone.now()
        self.bulk_create(self.model(failure_id=pk, since=now, until=now, **row) for pk in ids)
        if ids:
            IssueEvent.objects.note(issue, EventKind.REFUSED, actor=actor, decision=decision, failures=ids)
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
    margin = models.FloatField(null=True, blank=True, help_text="How far ahead of the second issue it was.")
    mechanism = models.CharField(max_length=40, blank=True, help_text="What matched it, with its version.")
    threshold = models.FloatField(null=True, blank=True, help_text="The least score that was asked for.")
    rule = models.ForeignKey(
        MatchingRule,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="What people's placements taught of matching; none where the mechanism's own rule counted.",
    )
    nearest = models.ForeignKey(
        Failure,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The member that it was most like.",
    )
    opened_by = models.ForeignKey(Decision, on_delete=models.RESTRICT, null=True, blank=True, related_name="opened")
    closed_by = models.ForeignKey(Decision, on_delete=models.RESTRICT, null=True, blank=True, related_name="closed")

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
    def joined_by(self) -> Decision | None:
        """The decision by which a machine alone put it here; None where a person had a part in it."""
        return self.opened_by if self.opened_by and self.opened_by.kind == DecisionKind.JOIN else None

    @property
    def likeness(self) -> str:
        """Its score in words; empty where a person chose."""
        return "" if self.score is None else likeness_in_words(self.score)
