"""The team's failure types: what each is used for, what it became of, and what a merge would do."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from accounts.models import Project
from annotate.models import Failure, FailureType, FailureTypeChange, FailureTypeEvent
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.judgements import failure_types, known_types

EXAMPLES, MERGES = 5, 20


@dataclass(frozen=True)
class TypeRow:
    """A failure type with how often people gave it, in how many sessions, and the newest failure that has it."""

    kind: FailureType
    uses: int = 0
    sessions: int = 0
    example: Failure | None = None


def type_rows(project: Project, sight: Sight = EVERYTHING) -> list[TypeRow]:
    """Those that are offered, by group, those without one last; in a group the most used first. Three queries."""
    kinds = list(failure_types(project, sight).select_related("created_by"))
    counted = _used(project, sight).values_list("failure_type").annotate(Count("pk"), _sessions(), Max("pk"))
    numbers = {kind: rest for kind, *rest in counted.order_by()}
    examples = Failure.objects.select_related("session").in_bulk([newest for _, _, newest in numbers.values()])
    rows = [_row(kind, numbers.get(kind.pk), examples) for kind in kinds]
    return sorted(rows, key=lambda row: (not row.kind.group, row.kind.group.lower(), -row.uses, row.kind.name.lower()))


def by_group(rows: Iterable[TypeRow]) -> list[tuple[str, list[TypeRow]]]:
    """The rows of `type_rows` under the names of their groups."""
    return [(group, list(some)) for group, some in groupby(rows, key=lambda row: row.kind.group)]


def group_names(project: Project, sight: Sight = EVERYTHING) -> list[str]:
    """The groups that there are, by name."""
    named = failure_types(project, sight).exclude(group="")
    return list(named.order_by("group").values_list("group", flat=True).distinct())


def type_row(kind: FailureType, sight: Sight = EVERYTHING) -> TypeRow:
    """One of them, with its counts."""
    used = _used(kind.project, sight).filter(failure_type=kind)
    numbers = used.aggregate(uses=Count("pk"), sessions=_sessions())
    return TypeRow(kind, numbers["uses"], numbers["sessions"])


def examples_of(kind: FailureType, sight: Sight = EVERYTHING) -> QuerySet[Failure]:
    """The newest failures of this type."""
    found = _used(kind.project, sight).filter(failure_type=kind)
    return found.select_related("session", "review__reviewer").order_by("-pk")[:EXAMPLES]


def is_seen(kind: FailureType, sight: Sight) -> bool:
    """Whether the reader may know of this type, and into which it was merged."""
    named = {kind.pk, kind.merged_into_id or kind.pk}
    return not sight.is_partial or known_types(kind.project, sight).filter(pk__in=named).count() == len(named)


def history_of(kind: FailureType, sight: Sight = EVERYTHING) -> QuerySet[FailureTypeEvent]:
    """What was done to this type, newest first. To whom something is withheld, an old name or a number may tell it."""
    events = FailureTypeEvent.objects.filter(failure_type=kind).select_related("actor")
    return events.none() if sight.is_partial else events


def merged_types(kind: FailureType, sight: Sight = EVERYTHING) -> QuerySet[FailureType]:
    """Those that were merged into this one, and may be taken apart again."""
    return known_types(kind.project, sight).filter(merged_into=kind).order_by("name")


def newest_merges(project: Project, sight: Sight = EVERYTHING) -> QuerySet[FailureTypeEvent]:
    """The merges of the project that stand, newest first: at most 20."""
    known = known_types(project, sight).values("pk")
    merges = _standing_merges().filter(failure_type__in=known, failure_type__merged_into__in=known)
    return merges.select_related("failure_type__merged_into", "actor").order_by("-at", "-pk")[:MERGES]


def _standing_merges() -> QuerySet[FailureTypeEvent]:
    """How the merged types came to be: of each the event that holds, with the failures it gave away."""
    merges = FailureTypeEvent.objects.filter(kind=FailureTypeChange.MERGED, before="")
    later = merges.filter(failure_type=OuterRef("failure_type"), pk__gt=OuterRef("pk"))
    return merges.filter(~Exists(later), failure_type__merged_into__isnull=False)


def standing_failures(kinds: Collection[FailureType], sight: Sight = EVERYTHING) -> int:
    """How many failures that stand have one of these types."""
    return Failure.objects.filter(sight.of(), failure_type__in=kinds, withdrawn_at=None).count()


def _row(kind: FailureType, numbers: list[int] | None, examples: dict[int, Failure]) -> TypeRow:
    uses, sessions, newest = numbers or (0, 0, 0)
    return TypeRow(kind, uses, sessions, examples.get(newest))


def _used(project: Project, sight: Sight) -> QuerySet[Failure]:
    given = Q(project=project, withdrawn_at=None, failure_type__isnull=False)
    return Failure.objects.filter(given, sight.of())


def _sessions() -> Count:
    return Count("session", distinct=True)
