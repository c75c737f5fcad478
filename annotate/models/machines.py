"""What leads decided about the scores of machines."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Project

USER = settings.AUTH_USER_MODEL


class ThresholdChoice(models.Model):
    """A lead took the threshold that people's judgements speak for. The history; what counts is the score's meaning."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="threshold_choices")
    name = models.CharField(max_length=120, help_text="The score's.")
    middle = models.FloatField(help_text="A value above it is high from then on.")
    before = models.FloatField(help_text="What it was until then.")
    sessions = models.PositiveIntegerField(help_text="How many reviewed sessions it was chosen by.")
    chosen_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "-chosen_at"], name="thresholdchoice_newest")]

    def __str__(self) -> str:
        return f"{self.name}: {self.middle}"
