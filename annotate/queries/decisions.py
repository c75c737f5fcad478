"""What a person decided last: their reviews and skips, newest first. Undo takes back what is listed here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from accounts.models import Project, User
from annotate.models import CalibrationReview, Outcome, Review, Slot, SlotState

MOST = 20
# Of a judgement that measured its reviewer: to them it is one like any other.
REVIEW, CALIBRATION, SKIP = "review", "reviewed", "skip"


@dataclass(frozen=True)
class Decision:
    """A review or a skip that stands. `key` names it on a page, so that a key pressed twice undoes it once."""

    kind: str
    pk: int
    slot_id: int
    made_at: datetime
    words: str

    @property
    def key(self) -> str:
        return key_of(self.kind, self.pk)


def key_of(kind: str, pk: int) -> str:
    """The name of a decision on a page: of a review, or of the slot that was skipped."""
    return f"{kind}-{pk}"


def decisions(project: Project, user: User) -> list[Decision]:
    """Those of the person's last 20 decisions in the project that stand, newest first. Three queries.

    Reviews that were taken back count among the twenty: else undo would reach further back with every press.
    """
    made = [*_reviews(project, user), *_calibrations(project, user), *_skips(project, user)]
    newest = sorted(made, key=lambda pair: (pair[0].made_at, pair[0].kind, pair[0].pk), reverse=True)
    return [decision for decision, stands in islice(newest, MOST) if stands]


def _reviews(project: Project, user: User) -> list[tuple[Decision, bool]]:
    newest = Review.objects.filter(project=project, reviewer=user, slot__isnull=False).order_by("-submitted_at", "-pk")
    return _judged(REVIEW, newest.values_list(*_COLUMNS)[:MOST])


def _calibrations(project: Project, user: User) -> list[tuple[Decision, bool]]:
    newest = CalibrationReview.objects.filter(project=project, reviewer=user).order_by("-submitted_at", "-pk")
    return _judged(CALIBRATION, newest.values_list(*_COLUMNS)[:MOST])


_COLUMNS = ("pk", "slot_id", "submitted_at", "outcome", "withdrawn_at")


def _judged(kind: str, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Decision, bool]]:
    return [
        (Decision(kind, pk, slot or 0, at, Outcome(outcome).label), withdrawn is None)
        for pk, slot, at, outcome, withdrawn in rows
    ]


def _skips(project: Project, user: User) -> list[tuple[Decision, bool]]:
    skipped = Slot.objects.filter(reviewer=user, state=SlotState.SKIPPED, queue__project=project)
    rows = skipped.filter(ended_at__isnull=False).order_by("-ended_at", "-pk").values_list("pk", "ended_at")[:MOST]
    return [(Decision(SKIP, pk, pk, at, "Skip"), True) for pk, at in rows if at is not None]
