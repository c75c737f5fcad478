"""Draws the map of each project's failures, and draws it anew as they grow. The work is found by looking."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

import numpy as np
from django.db.models import Count, Max, Q
from django.utils import timezone

from accounts.models import Project
from clustering.engine.layout import FEWEST, VERSION, lay_out
from clustering.engine.mask import TEXT_VERSION
from clustering.models import Layout
from clustering.queries import current_embeddings, model_name, read_embeddings

log = logging.getLogger(__name__)
GROWN = 10  # by a part in so many
STALE_AFTER = timedelta(hours=1)
# A worker spends at most a part in so many of its time on one map.
PATIENCE = 20
# A worker that has drawn for longer was killed.
LEASE = timedelta(minutes=15)


@dataclass(frozen=True)
class Present:
    """What a project's map would show if it were drawn now."""

    project_id: int
    size: int
    source: str


def draw_waiting() -> int:
    """Draws each map that is due; returns how many. One that cannot be drawn keeps no other waiting."""
    drawn = {layout.project_id: layout for layout in Layout.objects.defer("failures", "places")}
    now = timezone.now()
    due = [each for each in _present() if is_due(drawn.get(each.project_id), each, now)]
    return sum(_try(each) for each in due)


def _present() -> list[Present]:
    """One pass over the embeddings of all projects."""
    standing = current_embeddings().filter(failure__withdrawn_at=None)
    rows = standing.values("project_id").annotate(size=Count("pk"), newest=Max("failure_updated_at"))
    return [
        Present(row["project_id"], row["size"], _source(row["size"], row["newest"]))
        for row in rows.filter(size__gte=FEWEST).order_by("project_id")
    ]


def _source(size: int, newest: datetime) -> str:
    told = repr((VERSION, model_name(), TEXT_VERSION, size, newest.isoformat()))
    return hashlib.sha256(told.encode()).hexdigest()


def is_due(drawn: Layout | None, present: Present, now: datetime) -> bool:
    """Whether it is worth drawing: the first time, when it has grown, and when anything else changed, once an hour."""
    if drawn is None or drawn.drawn_at is None:
        return True
    if drawn.source == present.source or now < drawn.drawn_at + PATIENCE * timedelta(seconds=drawn.seconds):
        return False
    return (present.size - drawn.size) * GROWN >= drawn.size or now >= drawn.drawn_at + STALE_AFTER


def _try(present: Present) -> bool:
    try:
        return draw(present)
    except Exception:  # whatever it is, another look follows when the lease is over
        log.exception("The map of project %s could not be drawn.", present.project_id)
        return False


def draw(present: Present) -> bool:
    """Draws the map of one project, unless another worker is at it."""
    began = timezone.now()
    layout, _ = Layout.objects.get_or_create(project_id=present.project_id)
    free = Q(began_at=None) | Q(began_at__lt=began - LEASE)
    if not Layout.objects.filter(free, pk=layout.pk).update(began_at=began):
        return False
    clock = perf_counter()
    found = read_embeddings(Project.objects.get(pk=present.project_id))
    places = lay_out([row.content for row in found.rows], found.vectors)
    Layout.objects.filter(pk=layout.pk, began_at=began).update(
        failures=np.array([row.failure_id for row in found.rows], dtype="<i8").tobytes(),
        places=places.astype("<f4").tobytes(),
        size=len(found.rows),
        source=present.source,
        drawn_at=timezone.now(),
        seconds=perf_counter() - clock,
        began_at=None,
    )
    return True
