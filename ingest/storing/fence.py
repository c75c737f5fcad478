"""Reading and deriving happen outside of any transaction. The fence tells when what was read is no longer so."""

from django.db.models import F

from accounts.models import Project
from ingest.models import Fence


class Overtaken(Exception):
    """Somebody else wrote the project's sessions meanwhile: what was drawn up must be drawn up again."""


def look(project: Project) -> int:
    """The number to draw up at. To be read before anything else."""
    number = Fence.objects.filter(project=project).values_list("number", flat=True).first()
    if number is None:
        Fence.objects.bulk_create([Fence(project=project)], ignore_conflicts=True)
    return number or 0


def step_over(project: Project, number: int) -> None:
    """In the transaction that writes: nobody else writes until it ends. Raises Overtaken where somebody has."""
    if not Fence.objects.filter(project=project, number=number).update(number=F("number") + 1):
        raise Overtaken


def step_in(project: Project) -> None:
    """In a transaction that drew nothing up, as one that deletes: nobody else writes until it ends."""
    look(project)
    Fence.objects.filter(project=project).update(number=F("number") + 1)
