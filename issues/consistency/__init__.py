"""Whether issues, memberships and what was taught fit together. Each finder reads in slices and says what it finds."""

from collections.abc import Callable, Iterator

from accounts.models import Project
from issues.consistency.finding import Finding
from issues.consistency.numbers import wrong_counts
from issues.consistency.places import foreign_members, held_by_ended, placed_twice
from issues.consistency.records import incoherent_decisions, incoherent_rows
from issues.consistency.redirects import lost_redirects
from issues.consistency.taught import broken_constraints, contradicted_constraints, incoherent_constraints

# In this order, for what is mended first helps what follows: counts are told when every row is where it belongs.
FINDERS: tuple[Callable[[Project], Iterator[Finding]], ...] = (
    incoherent_decisions,
    incoherent_rows,
    incoherent_constraints,
    placed_twice,
    foreign_members,
    lost_redirects,
    held_by_ended,
    contradicted_constraints,
    broken_constraints,
    wrong_counts,
)


def findings(project: Project) -> Iterator[Finding]:
    """All that does not hold in the project, as it is found: what is mended meanwhile is not found again."""
    for finder in FINDERS:
        yield from finder(project)


__all__ = ["FINDERS", "Finding", "findings"]
