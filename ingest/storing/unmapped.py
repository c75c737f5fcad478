"""Attribute keys that no dialect reads, counted so that a team sees what we ignore. The numbers are near, not exact:

a worker that is killed forgets what it had not written yet. Writing after each batch would cost more than reading one.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from ingest.dialects.fields import unread_keys
from ingest.models import UnmappedAttribute
from ingest.records import SpanRecord
from ingest.storing.adding import add_up
from ingest.storing.fitting import shorten

log = logging.getLogger(__name__)
MOST_KEYS = 500
WRITTEN_EVERY_SECONDS = 5.0
EXAMPLE = 200


@dataclass
class Found:
    """What was seen of one project since it was written last."""

    times: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    written_at: float | None = None

    def see(self, span: SpanRecord) -> None:
        for key in unread_keys(span):
            if key not in self.examples:
                if len(self.examples) >= MOST_KEYS:
                    continue
                self.examples[key] = _example(span.attributes, key)
            self.times[key] += 1


class Unmapped:
    """Gathers for all threads of this process; each project is written at most every few seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._found: dict[int, Found] = {}

    def see(self, project_id: int, spans: Iterable[SpanRecord]) -> None:
        """Counts the spans' unread keys. Never raises for a busy database: it is tried again with the next spans."""
        with self._lock:
            found = self._found.setdefault(project_id, Found())
            for span in spans:
                found.see(span)
            if not found.times or self._is_too_soon(found):
                return
            self._found[project_id] = Found(written_at=self._clock())
        try:
            count_unmapped(project_id, found.times, found.examples, timezone.now())
        except DatabaseError as error:
            log.warning("Unread attributes could not be counted: %s", error)

    def _is_too_soon(self, found: Found) -> bool:
        return found.written_at is not None and self._clock() - found.written_at < WRITTEN_EVERY_SECONDS


unmapped = Unmapped()


def count_unmapped(project_id: int, found: Mapping[str, int], examples: Mapping[str, str], at: datetime) -> None:
    """Adds to the counts of these keys, at most MOST_KEYS of a project; `examples` are values of theirs."""
    of_project = UnmappedAttribute.objects.filter(project=project_id)
    times = Counter[str]()
    for key, number in found.items():
        times[shorten(key, 200)] += number
    known = set(of_project.filter(key__in=times).values_list("key", flat=True))
    room = MOST_KEYS - of_project.count() if times.keys() - known else 0
    taken = known | set(sorted(times.keys() - known)[: max(0, room)])
    rows = [
        {
            "project": project_id,
            "key": key,
            "times": times[key],
            "example": shorten(examples.get(key, ""), EXAMPLE),
            "first_at": at,
            "last_at": at,
        }
        for key in sorted(taken)
    ]
    add_up(
        UnmappedAttribute, rows, unique=("project", "key"), added=("times",), newest=("example",), highest=("last_at",)
    )


def _example(attributes: Mapping[str, Any], key: str) -> str:
    """The key's value as text; of an indexed key that of its first index."""
    value = attributes.get(key, attributes.get(key.replace(".N", ".0"), ""))
    return (value if isinstance(value, str) else repr(value))[: EXAMPLE * 4]
