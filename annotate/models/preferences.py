"""How one person likes to work."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class KeyUse(models.TextChoices):
    """How keys of one character are pressed. Screen readers and voice control may need them for themselves."""

    ALONE = "alone", "A key alone"
    ALT = "alt", "Only together with Alt"
    OFF = "off", "Not at all: everything has a button"


class ReviewPreferences(models.Model):
    """A reviewer's own keys on the review screen: by what a key does, the key. What is absent is as usual."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="review_preferences")
    keys = models.JSONField(default=dict, blank=True)
    key_use = models.CharField(max_length=5, choices=KeyUse, default=KeyUse.ALONE)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="key_use_is_known", condition=models.Q(key_use__in=KeyUse.values))
        ]

    def __str__(self) -> str:
        return f"keys of {self.user}"
