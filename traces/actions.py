"""Writes: what people decide about how sessions are read."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import Project
from traces.meanings import Reading
from traces.models import ScoreMeaning


def set_meanings(*, project: Project, chosen: Mapping[str, Reading | None]) -> None:
    """How the project reads the scores of these names from now on; None: not at all yet."""
    with transaction.atomic():
        unset = [name for name, meaning in chosen.items() if meaning is None]
        ScoreMeaning.objects.filter(project=project, name__in=unset).delete()
        rows = [
            ScoreMeaning(project=project, name=name, polarity=meaning.polarity, middle=meaning.middle)
            for name, meaning in chosen.items()
            if meaning is not None
        ]
        ScoreMeaning.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["project", "name"], update_fields=["polarity", "middle"]
        )
