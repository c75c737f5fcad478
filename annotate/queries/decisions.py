"""What a person decided last: their reviews and skips, newest first. Undo takes back what is listed here."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from accounts.models import Project, User
from annotate.models import Outcome, Review, Slot, SlotState

MOST = 20
REVIEW, SKIP = "review", "skip"


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
        return f"{self.kind}-{self.pk}"


def decisions(project: Project, user: User) -> list[Decision]:
    """Those of the person's last 20 decisions in the project that stand, newest first. Two queries.

    Reviews that were taken back count among the twenty: else undo would reach further back with every press.
    """
    made = [*_reviews(project, user), *_skips(project, user)]
    newest = sorted(made, key=lambda pair: (pair[0].made_at, pair[0].kind, pair[0].pk), reverse=True)
    return [decision for decision, stands in islice(newest, MOST) if stands]


def _reviews(project: Project, user: User) -> list[tuple[Decision, bool]]:
    newest = Review.objects.filter(project=project, reviewer=user, slot__isnull=False).order_by("-submitted_at", "-pk")
    rows = newest.values_list("pk", "slot_id", "submitted_at", "outcome", "withdrawn_at")[:MOST]
    return [
        (Decision(REVIEW, pk, slot or 0, at, Outcome(outcome).label), withdrawn is None)
        for pk, slot, at, outcome, withdrawn in rows
    ]


def _skips(project: Project, user: User) -> list[tuple[Decision, bool]]:
    skipped = Slot.objects.filter(reviewer=user, state=SlotState.SKIPPED, queue__project=project)
    rows = skipped.filter(ended_at__isnull=False).order_by("-ended_at", "-pk").values_list("pk", "ended_at")[:MOST]
    return [(Decision(SKIP, pk, pk, at, "Skip"), True) for pk, at in rows if at is not None]
