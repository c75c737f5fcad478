"""Which worker digests which batch. A claim is a lease: what a dead worker held is free again when it runs out."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ingest.models import BatchState, RawBatch

LEASE = timedelta(minutes=2)
# For so long after a claim the project's other batches are left to the same worker: two at once would only overtake
# each other. Then others join in, since it may be dead.
HOLD = timedelta(seconds=5)
MOST_CLAIMS = 5
DEADLY = f"Its worker ended {MOST_CLAIMS} times while reading it."
# Spans, steps, … of one claim. Larger ones let the doors wait for SQLite's write lock.
MOST_ITEMS = 1_000
IN_VIEW = 300
MUCH = 25


@dataclass(frozen=True)
class _Waiting:
    """A waiting batch, without its body."""

    pk: int
    project: int
    attempts: int
    items: int
    claim: str
    claimed_until: datetime | None

    def is_free(self, now: datetime) -> bool:
        return self.claimed_until is None or self.claimed_until < now

    def is_fresh(self, now: datetime) -> bool:
        """Whether somebody is at it."""
        return bool(self.claim) and self.claimed_until is not None and self.claimed_until > now + LEASE - HOLD


def claim_batches(limit: int) -> list[RawBatch]:
    """The oldest waiting batches, at most `limit`, held by the caller until the lease runs out.

    None of a project of which another worker holds some. A batch that was claimed before comes alone: if it is one
    that kills its worker, it takes no other along, and after MOST_CLAIMS it is kept as failed. Of several the one that
    was claimed least comes first: workers that end for another reason then hit another batch each time, and no
    innocent one is claimed so often.
    """
    free = _free_in_view(limit)
    deadly = [one.pk for one in free if one.attempts >= MOST_CLAIMS]
    if deadly:
        _free(RawBatch.objects.filter(pk__in=deadly)).update(
            state=BatchState.FAILED, claimed_until=None, claim="", reason=DEADLY
        )
    suspects = sorted((one for one in free if 0 < one.attempts < MOST_CLAIMS), key=lambda one: one.attempts)
    return _claim(suspects[:1] or _slice([one for one in free if not one.attempts], limit))


def _free_in_view(limit: int) -> list[_Waiting]:
    """Free batches, the oldest first, from the first few hundred that wait; further on where all of these are taken."""
    now = timezone.now()
    view = _look(RawBatch.objects.filter(state=BatchState.WAITING), IN_VIEW)
    held = {one.project for one in view if one.is_fresh(now)}
    free = [one for one in view if one.is_free(now) and one.project not in held]
    if free or len(view) < IN_VIEW:
        return free
    return _look(_free(RawBatch.objects.exclude(project__in=held)), limit)


def _look(batches: QuerySet[RawBatch], most: int) -> list[_Waiting]:
    names = ("pk", "project_id", "attempts", "items", "claim", "claimed_until")
    return [_Waiting(*values) for values in batches.order_by("id").values_list(*names)[:most]]


def _slice(batches: Sequence[_Waiting], limit: int) -> list[_Waiting]:
    """The first of the batches: at least one, and no more than a short transaction can write."""
    items = 0
    for place, one in enumerate(batches[:limit]):
        items += one.items
        if place and items > MOST_ITEMS:
            return list(batches[:place])
    return list(batches[:limit])


def _claim(chosen: Collection[_Waiting]) -> list[RawBatch]:
    """Takes those that are still free; the token then tells which these were."""
    if not chosen:
        return []
    token = secrets.token_hex(16)
    _free(RawBatch.objects.filter(pk__in=[one.pk for one in chosen])).update(
        claim=token, claimed_until=timezone.now() + LEASE, attempts=F("attempts") + 1
    )
    mine = RawBatch.objects.filter(pk__in=[one.pk for one in chosen], claim=token, state=BatchState.WAITING)
    return list(mine.select_related("project").order_by("id"))


def _free(batches: QuerySet[RawBatch]) -> QuerySet[RawBatch]:
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    return batches.filter(free, state=BatchState.WAITING)


def is_much_waiting() -> bool:
    """Whether the next claim would be large: in batches, or in what is in them."""
    free = _free_in_view(MUCH)
    return len(free) >= MUCH or sum(one.items for one in free) >= MOST_ITEMS // 2


def has_free_batches() -> bool:
    """Whether any batch waits for a worker."""
    return _free(RawBatch.objects.all()).exists()
