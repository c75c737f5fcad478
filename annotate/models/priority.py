"""What reviews taught about a project's signals."""

from typing import ClassVar

from django.db import models

from accounts.models import Project


class PriorityModel(models.Model):
    """What reviews had taught about a project's signals at one time. Never changed: the highest number counts.

    A project without one ranks by the prior alone. `weights` holds, by the name of a feature, [mean, standard
    deviation]; `report` what the page about it shows, such as the points of the reliability plot.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="priority_models")
    number = models.PositiveIntegerField()
    prior_version = models.PositiveSmallIntegerField()
    weights = models.JSONField(default=dict)
    reviews = models.PositiveIntegerField(help_text="Judgements that it learned from: successes and failures.")
    failures = models.PositiveIntegerField()
    report = models.JSONField(default=dict)
    fitted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="prioritymodel_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.project}: model {self.number}"
