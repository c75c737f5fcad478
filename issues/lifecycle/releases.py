"""The order of a project's releases: by first sight, unless a person told otherwise."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Known:
    """A release. `first_seen`: None for one that was only named, as where a fix will be. `place`: told by a person."""

    name: str
    first_seen: datetime | None = None
    place: int | None = None


def in_order(releases: Iterable[Known]) -> list[Known]:
    """The releases, the oldest first.

    Those with a place keep to it. Any other stands behind the last of these that was seen no later, and among its like
    by first sight. Who was never seen comes last: what nobody runs yet is newer than all that runs.
    """
    known = list(releases)
    told = sorted((one for one in known if one.place is not None), key=lambda one: (one.place or 0, one.name))
    seen = [(one.first_seen, one.name, one) for one in known if one.place is None and one.first_seen is not None]
    expected = [one for one in known if one.place is None and one.first_seen is None]
    groups: list[list[Known]] = [[] for _ in range(len(told) + 1)]
    steps = _earliest_behind(told)
    for moment, _, one in sorted(seen, key=lambda entry: entry[:2]):
        groups[bisect_right(steps, moment.timestamp())].append(one)
    placed = [*groups[0], *(one for after, own in zip(groups[1:], told, strict=True) for one in (own, *after))]
    return [*placed, *sorted(expected, key=lambda one: one.name)]


def _earliest_behind(told: list[Known]) -> list[float]:
    """By place: the earliest first sight from there to the end. It only grows, so that it can be searched by halves."""
    earliest, found = float("inf"), []
    for one in reversed(told):
        earliest = min(earliest, one.first_seen.timestamp() if one.first_seen else float("inf"))
        found.append(earliest)
    return found[::-1]
