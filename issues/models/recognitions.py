"""How issues are recognised in sessions that nobody has read."""

from typing import ClassVar

from django.db import models

from issues.models.issues import Issue


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
