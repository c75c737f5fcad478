"""What measured reviewers said, beside what it is measured by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.utils import timezone

from accounts.models import Project, User
from annotate.calibration import Calibration, Measured, Said, calibration_of
from annotate.models import CalibrationReview, Failure, FailureType, FailureTypeChange, FailureTypeEvent, Stratum
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
        self._types = _Types(project)
        told = {row.compared_with_id for row in rows}
        self._failures = _failures(told)
        self._positions = _positions(rows, chain.from_iterable(self._failures.values()))

    def measured(self, row: CalibrationReview) -> Measured:
        stratum = row.slot.item.stratum
        on = timezone.localtime(row.submitted_at).date()
        return Measured(stratum, on, self._now(row), self._standard(row))

    def _now(self, row: CalibrationReview) -> Said:
        names = [" ".join(str(told.get("failure_type", "")).split()).lower() for told in row.failures]
        opened = row.opened_at or row.submitted_at
        kinds = frozenset(self._types.named(name, opened) for name in names if name)
        return Said(row.outcome, kinds, self._roots(row.session_id, (told["root_step"] for told in row.failures)))

    def _standard(self, row: CalibrationReview) -> Said:
        failures = self._failures.get(row.compared_with_id, [])
        kinds = frozenset(self._types.end(told.failure_type_id) for told in failures if told.failure_type_id)
        roots = self._roots(row.session_id, (told.root_step for told in failures))
        return Said(row.compared_with.outcome, kinds, roots)

    def _roots(self, session: int, keys: Iterable[str]) -> frozenset[int]:
        places = (self._positions.get((session, key)) for key in keys)
        return frozenset(place for place in places if place is not None)


class _Types:
    """What names a failure type for good, whatever it is called: the id of that into which it was merged."""

    def __init__(self, project: Project) -> None:
        rows = FailureType.objects.filter(project=project).values_list("pk", "name", "merged_into")
        self._merged = {pk: into for pk, _, into in rows}
        self._present = {name.lower(): pk for pk, name, _ in rows}
        renamed = FailureTypeEvent.objects.filter(failure_type__project=project, kind=FailureTypeChange.RENAMED)
        self._renamed: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
        for name, at, pk in renamed.order_by("at", "pk").values_list("before", "at", "failure_type"):
            self._renamed[name.lower()].append((at, pk))

    def named(self, name: str, when: datetime) -> str:
        """The one that this name, in small letters, meant to who read it then: it may have another by now."""
        renamed = next((pk for at, pk in self._renamed[name] if at >= when), None)
        meant = renamed or self._present.get(name)
        return self.end(meant) if meant else f"new: {name}"

    def end(self, kind: int) -> str:
        while (into := self._merged[kind]) is not None:
            kind = into
        return str(kind)


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
