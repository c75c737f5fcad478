"""What measured reviewers said, beside what it is measured by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from django.utils import timezone

from accounts.models import Project, User
from annotate.calibration import Calibration, Measured, Said, calibration_of
from annotate.models import CalibrationReview, Failure, FailureType, Stratum
from annotate.queries.blind import EVERYTHING, Sight
from traces.models import Step

MOST = 2_000  # of a project; the newest say how people judge now


@dataclass(frozen=True)
class Row:
    """One measurement. `measured` is None where what it was measured by was taken back since."""

    judged: CalibrationReview
    measured: Measured | None

    @property
    def is_gold(self) -> bool:
        return self.judged.slot.item.stratum == Stratum.GOLD

    @property
    def standard(self) -> str:
        """What it is measured by, in a word."""
        return self.judged.compared_with.get_outcome_display()


@dataclass(frozen=True)
class PersonRow:
    """A person, and what their measurements say."""

    person: User
    numbers: Calibration


def measured_rows(project: Project, person: User | None = None, sight: Sight = EVERYTHING) -> list[Row]:
    """The measurements that stand, of one person or of all, the newest first: six queries, however many."""
    standing = CalibrationReview.objects.filter(sight.of(), project=project, withdrawn_at=None)
    wanted = standing.filter(reviewer=person) if person else standing
    rows = list(
        wanted.select_related("reviewer", "session", "slot__item", "compared_with").order_by("-submitted_at", "-pk")[
            :MOST
        ]
    )
    reader = _Reader(project, rows)
    return [Row(row, None if row.compared_with.withdrawn_at else reader.measured(row)) for row in rows]


def people_measured(rows: Iterable[Row]) -> list[PersonRow]:
    """By person, those who were measured most first."""
    of_person: defaultdict[User, list[Measured]] = defaultdict(list)
    for row in rows:
        of_person[row.judged.reviewer] += [row.measured] if row.measured else []
    found = [PersonRow(person, calibration_of(told)) for person, told in of_person.items()]
    return sorted(found, key=lambda row: (-row.numbers.measured, str(row.person)))


class _Reader:
    """Reads what both said went wrong, for many at once."""

    def __init__(self, project: Project, rows: Sequence[CalibrationReview]) -> None:
        self._types = _types(project)
        told = {row.compared_with_id for row in rows}
        self._failures = _failures(told)
        self._positions = _positions(rows, chain.from_iterable(self._failures.values()))

    def measured(self, row: CalibrationReview) -> Measured:
        stratum = row.slot.item.stratum
        on = timezone.localtime(row.submitted_at).date()
        return Measured(stratum, on, self._now(row), self._standard(row))

    def _now(self, row: CalibrationReview) -> Said:
        names = [str(told.get("failure_type", "")).strip().lower() for told in row.failures]
        kinds = frozenset(self._types.get(name, f"new: {name}") for name in names if name)
        return Said(row.outcome, kinds, self._roots(row.session_id, (told["root_step"] for told in row.failures)))

    def _standard(self, row: CalibrationReview) -> Said:
        failures = self._failures.get(row.compared_with_id, [])
        kinds = frozenset(self._types.get(told.failure_type.name.lower(), "") for told in failures if told.failure_type)
        roots = self._roots(row.session_id, (told.root_step for told in failures))
        return Said(row.compared_with.outcome, kinds, roots)

    def _roots(self, session: int, keys: Iterable[str]) -> frozenset[int]:
        places = (self._positions.get((session, key)) for key in keys)
        return frozenset(place for place in places if place is not None)


def _types(project: Project) -> Mapping[str, str]:
    """By its name in small letters, what names a failure type for good: the id of that into which it was merged."""
    rows = {kind.pk: kind for kind in FailureType.objects.filter(project=project)}

    def end(kind: FailureType) -> int:
        while kind.merged_into_id is not None:
            kind = rows[kind.merged_into_id]
        return kind.pk

    return {kind.name.lower(): str(end(kind)) for kind in rows.values()}


def _failures(reviews: Iterable[int]) -> Mapping[int, list[Failure]]:
    """By review, its own failures and those that it adopted."""
    found: defaultdict[int, list[Failure]] = defaultdict(list)
    keys = list(reviews)
    for failure in Failure.objects.filter(review__in=keys).select_related("failure_type"):
        found[failure.review_id].append(failure)
    pairs = Failure.adopted_by.through.objects.filter(review__in=keys).select_related("failure__failure_type")
    for pair in pairs:
        found[pair.review_id].append(pair.failure)
    return found


def _positions(rows: Sequence[CalibrationReview], failures: Iterable[Failure]) -> Mapping[tuple[int, str], int]:
    named = {failure.root_step for failure in failures} | {
        str(told["root_step"]) for row in rows for told in row.failures
    }
    steps = Step.objects.filter(session__in={row.session_id for row in rows}, key__in=named)
    return {(session, key): position for session, key, position in steps.values_list("session_id", "key", "position")}
