"""What people say to each other about a session, apart from their judgements."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Project
from traces.models import AgentSession

USER = settings.AUTH_USER_MODEL


class Comment(models.Model):
    """A remark on a session or one of its steps; with `for_lead` a request that a lead looks at it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="comments")
    session = models.ForeignKey(AgentSession, on_delete=models.RESTRICT, related_name="comments")
    step = models.CharField(max_length=80, blank=True, help_text="Key of the step that it is about.")
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    client_id = models.UUIDField(help_text="Made by the browser: a comment sent twice is kept once.")
    text = models.TextField()
    for_lead = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "client_id"], name="comment_sent_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["session", "created_at"], name="comment_of_session"),
            # serves the list of what waits for a lead
            models.Index(
                fields=["project", "-created_at"],
                condition=models.Q(for_lead=True, settled_at__isnull=True, withdrawn_at__isnull=True),
                name="comment_for_lead",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Mention(models.Model):
    """Somebody was named in a comment, and has read it or not."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="mentions")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "user"], name="mention_once"),
        ]
        indexes: ClassVar = [
            # serves the number beside everybody's inbox
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="mention_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.comment}"
