"""By which rule new failures join issues, as people's own placements taught it."""

from typing import ClassVar

from django.db import models

from accounts.models import Project


class MatchingRule(models.Model):
    """One reading of what people placed, numbered within its project. The newest counts.

    Without a `precision` nothing good enough was found, and the mechanism's own rule counts.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="matching_rules")
    version = models.PositiveIntegerField()
    threshold = models.FloatField(help_text="The least score that joins.")
    margin = models.FloatField(help_text="How far ahead of the second issue.")
    precision = models.FloatField(
        null=True,
        help_text="Of the placements held out that it would have joined, the share put where people had.",
    )
    placements = models.PositiveIntegerField(help_text="How many of people there were when it was read.")
    mechanism = models.CharField(max_length=40)
    model_name = models.CharField(max_length=200, help_text="Of the vectors that it was read from.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "version"], name="matchingrule_version_once"),
        ]

    def __str__(self) -> str:
        return f"rule {self.version}"

    @property
    def percent(self) -> int | None:
        """Its precision in percent."""
        return None if self.precision is None else round(100 * self.precision)
