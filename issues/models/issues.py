"""Failure modes with an identity."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone

from accounts.models import Project
from annotate.models import Severity
from issues.lifecycle import State
from issues.lifecycle.fixes import Fix
from issues.lifecycle.ignoring import End, EndKind
from issues.models.decisions import Decision

USER = settings.AUTH_USER_MODEL


def titled(title: str) -> "Exact[bool]":
    """On rows with a title: theirs is this one, as the database that keeps titles apart compares them."""
    return Exact(Lower("title"), Lower(Value(title)))


class IssueQuerySet(models.QuerySet["Issue"]):
    """Which issues there are, in words."""

    def living(self) -> "IssueQuerySet":
        """Those that failures may be put into: neither merged into another nor taken back."""
        return self.kept().exclude(state=State.MERGED)

    def kept(self) -> "IssueQuerySet":
        """Those whose making nobody undid."""
        return self.filter(withdrawn_at=None)


class Issue(models.Model):
    """A failure mode with an identity that never changes. Counts are derived from memberships, never stored here."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="issues")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    stood_since = models.DateTimeField(default=timezone.now, help_text="When it came into its state.")
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.MEDIUM)
    severity_chosen = models.BooleanField(default=False, help_text="A person said it: its members change it no more.")
    owner = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, blank=True, related_name="owned_issues")
    fixed_in_release = models.CharField(max_length=100, blank=True)
    fixed_at = models.DateTimeField(null=True, blank=True, help_text="When somebody said that it is fixed.")
    ignored_reason = models.CharField(max_length=300, blank=True)
    ignore_end = models.CharField(max_length=10, choices=EndKind.choices, default=EndKind.NEVER)
    ignore_until = models.DateTimeField(null=True, blank=True)
    ignore_count = models.PositiveIntegerField(null=True, blank=True, help_text="Of sessions, or of users.")
    ignore_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="In which users are counted.")
    escalating_since = models.DateTimeField(null=True, blank=True)
    external_url = models.URLField(max_length=500, blank=True, help_text="Of the ticket elsewhere.")
    runbook = models.TextField(blank=True, help_text="What to do when it happens; Markdown.")
    merged_into = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="merged_from"
    )
    made_by = models.ForeignKey(Decision, on_delete=models.RESTRICT, null=True, blank=True, related_name="made")
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="Its making was undone: the number stays, it counts nowhere."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = IssueQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="issue_number_once"),
            models.UniqueConstraint(
                "project", Lower("title"), condition=models.Q(withdrawn_at__isnull=True), name="issue_title_once"
            ),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="issue_state_known"),
            models.CheckConstraint(
                condition=models.Q(state=State.MERGED, merged_into__isnull=False)
                | (~models.Q(state=State.MERGED) & models.Q(merged_into__isnull=True)),
                name="issue_merged_leads_somewhere",
            ),
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("id")), name="issue_merged_into_another"),
            models.CheckConstraint(condition=models.Q(ignore_end__in=EndKind.values), name="issue_ignore_end_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "state"], name="issue_by_state")]

    def __str__(self) -> str:
        return f"ISS-{self.number} {self.title}"

    @property
    def fix(self) -> Fix | None:
        """Where it was fixed; None where nobody said so."""
        return Fix(self.fixed_at, self.fixed_in_release) if self.fixed_at else None

    @property
    def end(self) -> End:
        """Until when it is ignored, if it is."""
        return End(EndKind(self.ignore_end), self.ignore_until, self.ignore_count, self.ignore_days)

    @property
    def present(self) -> "Issue":
        """The issue that its number leads to: itself, or the end of what it was merged into."""
        found = self
        while found.merged_into is not None:
            found = found.merged_into
        return found


def lock_project(project_id: int) -> None:
    """One writer of a project's titles, numbers and proposals at a time, until the transaction ends.

    Not the row's key: what refers to the project, such as a batch that arrives, need not wait.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project_id)
