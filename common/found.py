"""The row that a page or a call is about: there, or Http404."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

Row = TypeVar("Row", bound=Model)


def found(rows: QuerySet[Row], otherwise: str) -> Row:
    """The first of these rows. Http404 with the words `otherwise` where there is none."""
    row = rows.first()
    if row is None:
        raise Http404(otherwise)
    return row
