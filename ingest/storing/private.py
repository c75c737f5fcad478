"""What a project wants taken out of whatever it is sent, and how often that happened."""

from collections import Counter
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from accounts.models import Project
from ingest.models import Intake, RedactionCount, RedactionRule
from ingest.redaction import OwnRule, Redactor
from ingest.redaction.rules import Redaction
from ingest.storing.adding import add_up

WIDTH = 100


def intake_of(project: Project) -> Intake:
    """What the project takes in: its row, or the defaults in one that is not saved. One query, unless it is known."""
    try:
        return project.intake
    except Intake.DoesNotExist:
        return Intake(project=project)


def start_redaction(intake: Intake) -> Redaction | None:
    """The work of taking private words out of one request; None where the project has no rule for that."""
    if intake._state.adding:  # noqa: SLF001 # Django's own word for "not saved": rules come with a row
        return None
    rows = RedactionRule.objects.filter(project=intake.project_id, is_on=True).order_by("pk")
    own = tuple(OwnRule(*values) for values in rows.values_list("name", "pattern", "replacement"))
    if not own and not intake.redact:
        return None
    return _redactor(intake.project_id, tuple(intake.redact), own).start()


@lru_cache(maxsize=256)
def _redactor(project_id: int, builtins: tuple[str, ...], own: tuple[OwnRule, ...]) -> Redactor:
    """Patterns take long to compile, and the same ones always do the same."""
    secret = f"redaction:{project_id}:{settings.SECRET_KEY}".encode()
    return Redactor(secret, builtins, own)


def count_redactions(project_id: int, counts: Counter[str]) -> None:
    """Adds to what the rules did today; how often, never what."""
    rows = [
        {"project": project_id, "day": timezone.now().date(), "rule": rule[:WIDTH], "times": times}
        for rule, times in sorted(counts.items())
    ]
    add_up(RedactionCount, rows, unique=("project", "day", "rule"), added=("times",))
