"""What does not hold, and how rows are read for it: some at a time, whatever there is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet

from accounts.models import Project
from issues.deciding import make_decision
from issues.models import Decision, DecisionKind

CAUSE = "check_consistency"
SLICE = 500
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Finding:
    """Something that does not hold, in words. `mend` puts it right; None: only a person can say what is right."""

    words: str
    mend: Callable[[], None] | None = None


def slices(rows: QuerySet[Row], size: int = 0) -> Iterator[list[Row]]:
    """The rows in the order of their keys. No cursor stays open, so that each can be mended as soon as it is met."""
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[: size or SLICE]):
        yield found
        last = found[-1].pk


def in_slices(rows: QuerySet[Row]) -> Iterator[Row]:
    """The same, one by one."""
    for some in slices(rows):
        yield from some


def repair(project: Project, kind: DecisionKind, said: str) -> Decision:
    """The decision under which rows are moved: nobody's, and told in the history as the repair that it is."""
    return make_decision(project, kind, cause=CAUSE, said=said)
