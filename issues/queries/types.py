"""In which issues the failures of each type are, and of which types an issue's failures are."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import Project
from annotate.queries.blind import EVERYTHING, Sight
from issues.models import Issue, IssueMembership
from issues.queries.withholding import standing


@dataclass(frozen=True)
class TypeInIssue:
    """An issue, and how many of its standing failures have the type."""

    number: int
    title: str
    failures: int


def issues_by_type(
    project: Project, sight: Sight = EVERYTHING, *, only: int | None = None
) -> dict[int, list[TypeInIssue]]:
    """By the id of a failure type: its issues, the most failures first. One query, for all types or the one named."""
    typed = Q(failure__failure_type__isnull=False) if only is None else Q(failure__failure_type=only)
    standing = IssueMembership.objects.standing().filter(typed, sight.of("failure__session"), issue__project=project)
    pairs = standing.values_list("failure__failure_type", "issue__number", "issue__title").annotate(times=Count("pk"))
    found: dict[int, list[TypeInIssue]] = defaultdict(list)
    for kind, number, title, times in pairs.order_by("-times", "issue__number"):
        found[kind].append(TypeInIssue(number, title, times))
    return dict(found)


@dataclass(frozen=True)
class TypeOf:
    """A failure type, what the team wrote about it, and how many of an issue's failures have it."""

    pk: int
    name: str
    description: str
    failures: int


def types_of(issue: Issue, sight: Sight = EVERYTHING) -> list[TypeOf]:
    """The types of the issue's failures, the most failures first: one query."""
    fields = [f"failure__failure_type__{name}" for name in ("id", "name", "description")]
    typed = standing(sight).filter(issue=issue, failure__failure_type__isnull=False).order_by().values_list(*fields)
    return [TypeOf(*row) for row in typed.annotate(times=Count("pk")).order_by("-times", fields[1])]
