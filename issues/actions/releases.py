"""Leads put releases in an order of their own, and say when a fix counts as verified."""

from collections.abc import Sequence
from enum import Enum

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from common.errors import Refused
from issues.models import LifeRule, Release, lock_project
from issues.models.lives import MOST_REVIEWED
from issues.queries.life import ordered_releases


class Way(Enum):
    """Where a release goes in the order."""

    EARLIER = -1
    LATER = 1


@transaction.atomic
def place_release(*, release: Release, way: Way, actor: User) -> None:
    """Changes places with its neighbour; all others keep theirs from now on. At the end of the order it stays."""
    lock_project(release.project_id)
    order = ordered_releases(release.project)
    here = next(place for place, one in enumerate(order) if one.pk == release.pk)
    there = here + way.value
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
        _store(order)
        _sign(release.project, actor)


@transaction.atomic
def order_releases(*, project: Project, names: Sequence[str], actor: User | None) -> None:
    """Puts the releases into this order, the oldest first. Refused unless it names each of them once."""
    lock_project(project.pk)
    known = {release.name: release for release in ordered_releases(project)}
    if strange := [name for name in names if name not in known]:
        raise Refused(f"There is no release {strange[0]!r}.", field="names")
    if sorted(names) != sorted(known):
        raise Refused(f"Name each of the {len(known)} releases once.", field="names")
    _store([known[name] for name in names])
    _sign(project, actor)


@transaction.atomic
def order_by_sight(*, project: Project, actor: User | None) -> None:
    """Forgets what leads told: the order is that of first sight again."""
    lock_project(project.pk)
    Release.objects.filter(project=project).update(place=None)
    _sign(project, actor)


@transaction.atomic
def set_verified_after(*, project: Project, sessions: int, actor: User) -> None:
    """Says how many reviewed sessions without it verify a fix."""
    if not 1 <= sessions <= MOST_REVIEWED:
        raise Refused(f"Say how many reviewed sessions, from 1 to {MOST_REVIEWED:,}.", field="verified_after")
    lock_project(project.pk)
    _sign(project, actor)
    LifeRule.objects.filter(project=project).update(verified_after=sessions)


def _store(order: Sequence[Release]) -> None:
    for place, release in enumerate(order):
        release.place = place
    Release.objects.bulk_update(order, ["place"], batch_size=500)


def _sign(project: Project, actor: User | None) -> None:
    LifeRule.objects.update_or_create(project=project, defaults={"changed_by": actor, "changed_at": timezone.now()})
