"""What people say about issues, who follows them, and what to do about a type of failure."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from annotate.models import FailureType
from issues.models.issues import USER, Issue


class Watcher(models.Model):
    """Somebody follows an issue."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="watchers")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="watched_issues")
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now, help_text="What happened by then they have seen.")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["issue", "user"], name="watcher_once")]

    def __str__(self) -> str:
        return f"{self.user} watches {self.issue_id}"


class IssueComment(models.Model):
    """A remark on an issue. What is taken back is marked and kept."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    client_id = models.UUIDField(help_text="Made by the page: a comment sent twice is kept once.")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issue", "client_id"], name="issuecomment_sent_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["issue", "created_at"], name="issuecomment_of_issue")]

    def __str__(self) -> str:
        return self.text[:60]


class IssueMention(models.Model):
    """Somebody was named in a comment on an issue, and has read it or not."""

    comment = models.ForeignKey(IssueComment, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="issue_mentions")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["comment", "user"], name="issuemention_once")]
        indexes: ClassVar = [
            # serves what somebody has not read yet
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="issuemention_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.comment}"


class TypeRunbook(models.Model):
    """What to do about failures of a type; Markdown. Of each version is kept who wrote it: the newest counts."""

    failure_type = models.ForeignKey(FailureType, on_delete=models.CASCADE, related_name="runbooks")
    text = models.TextField(blank=True)
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["failure_type", "-id"], name="typerunbook_newest")]

    def __str__(self) -> str:
        return f"runbook of {self.failure_type}"
