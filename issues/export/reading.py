"""Labelled failures in pages, and all of them a chunk at a time."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from annotate.models import Failure
from issues.export.around import Row
from issues.export.cursors import Place
from issues.export.rows import SHOWN, Weights, to_rows

CHUNK = 500


def read_page(
    failures: QuerySet[Failure], place: Place, limit: int, weights: Weights
) -> tuple[list[Row], Place | None]:
    """Up to `limit` rows past the place, and where the next page begins (None: nowhere).

    In the order of when the failures themselves were changed last: one that changes meanwhile comes again, later on.
    """
    found = failures.select_related(*SHOWN).order_by("updated_at", "id")
    if place.updated_at is not None:
        after = Q(updated_at__gt=place.updated_at) | Q(updated_at=place.updated_at, id__gt=place.failure)
        found = found.filter(after)
    page = list(found[: limit + 1])
    more = page[limit - 1] if len(page) > limit else None
    return to_rows(page[:limit], weights), Place(place.begun, more.updated_at, more.pk) if more else None


def read_all(failures: QuerySet[Failure], place: Place, weights: Weights) -> Iterator[Row]:
    """Every row past the place: memory stays flat however many there are."""
    following: Place | None = place
    while following is not None:
        rows, following = read_page(failures, following, CHUNK, weights)
        yield from rows
