"""Lists that people come back to."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Project


class Place(models.TextChoices):
    """The lists whose filters can be saved, also those of apps above this one."""

    SESSIONS = "sessions", "Sessions"
    ISSUES = "issues", "Issues"


class SavedView(models.Model):
    """Filters and an order of a list, under a name. What is shared stands above everybody's list."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=20, choices=Place.choices, default=Place.SESSIONS)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2_000, blank=True, help_text="As it stands in the URL, without the page.")
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "owner", "place", "name"], name="savedview_named_once"),
            models.CheckConstraint(condition=models.Q(place__in=Place.values), name="savedview_place_known"),
        ]

    def __str__(self) -> str:
        return self.name
