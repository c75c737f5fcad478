"""In which issues the failures of each type are, and of which types an issue's failures are."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q

from accounts.models import Project
from annotate.models import FailureType
from annotate.queries.blind import EVERYTHING, Sight
from issues.models import Issue, IssueMembership
from issues.queries.counts import unplaced_failures
from issues.queries.withholding import standing


@dataclass(frozen=True)
class TypeInIssue:
    """An issue, and how many of its standing failures have the type."""

    number: int
    title: str
    failures: int


@dataclass
class Placed:
    """Where the failures of a type are: its issues, the most failures first, and how many sessions have one in none."""

    kind: FailureType
    issues: list[TypeInIssue] = field(default_factory=list)
    in_no_issue: int = 0


def placed_by_type(project: Project, sight: Sight = EVERYTHING, *, only: int | None = None) -> list[Placed]:
    """For the failure types that have failures, or for the one named: three queries."""
    issues, in_none = issues_by_type(project, sight, only=only), unplaced_by_type(project, sight)
    wanted = issues.keys() | in_none.keys() if only is None else {only}
    kinds = FailureType.objects.filter(project=project, pk__in=wanted).order_by("pk")
    found = [Placed(kind, issues.get(kind.pk, []), in_none.get(kind.pk, 0)) for kind in kinds]
    return [one for one in found if one.issues or one.in_no_issue]


def unplaced_by_type(project: Project, sight: Sight = EVERYTHING) -> dict[int, int]:
    """By the id of a failure type: how many sessions have a failure of it that is in no issue. One query."""
    alone = unplaced_failures(project, sight).filter(failure_type__isnull=False, review__withdrawn_at=None)
    counted = alone.order_by().values("failure_type").annotate(sessions=Count("session", distinct=True))
    return dict(counted.values_list("failure_type", "sessions"))


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
