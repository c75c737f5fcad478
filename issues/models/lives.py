"""What issues' lives are measured by: the project's releases in their order, and when a fix counts as verified."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import Project
from issues.lifecycle.fixes import VERIFIED_AFTER
from issues.lifecycle.releases import Known

MOST_REVIEWED = 10_000


class Release(models.Model):
    """A version of the project's agents. Their order is that of first sight, where no lead told another."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="releases")
    name = models.CharField(max_length=100)
    first_seen = models.DateTimeField(
        null=True, blank=True, help_text="The time of its first session; null while it was only named."
    )
    place = models.PositiveIntegerField(null=True, blank=True, help_text="Where a lead put it; null: by first sight.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "name"], name="release_once")]

    def __str__(self) -> str:
        return self.name

    def known(self) -> Known:
        """As the rules know it."""
        return Known(self.name, self.first_seen, self.place)


class LifeRule(models.Model):
    """What a project says of the lives of its issues, and how far its sessions were looked at for releases."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="life_rule")
    verified_after = models.PositiveIntegerField(
        default=VERIFIED_AFTER,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_REVIEWED)],
        help_text="So many reviewed sessions without it verify a fix.",
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, blank=True)
    releases_read_to = models.DateTimeField(
        null=True, blank=True, help_text="Sessions whose signals were written before were looked at."
    )

    def __str__(self) -> str:
        return f"lives in {self.project}"
