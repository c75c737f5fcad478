"""Where an issue can stand."""

from django.db.models import TextChoices


class State(TextChoices):
    """Where an issue stands."""

    NEW = "new", "New"
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    RESOLVED = "resolved", "Resolved"
    VERIFIED = "verified", "Verified"
    REGRESSED = "regressed", "Regressed"
    IGNORED = "ignored", "Ignored"
    MERGED = "merged", "Merged"


ACTIVE = frozenset({State.NEW, State.OPEN, State.IN_PROGRESS, State.REGRESSED})
# Issues that somebody said are fixed: one that is confirmed again has come back.
OVER = frozenset({State.RESOLVED, State.VERIFIED})
