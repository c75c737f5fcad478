"""What comes after a fix, and what that proves: plain numbers and moments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

QUIET_DAYS = 14
# As many as leave at most one session in ten with it: 1 - 0.05^(1/30) = 9.5 %.
VERIFIED_AFTER = 30
DOUBT = 0.05


@dataclass(frozen=True)
class Fix:
    """Where something was fixed: from a release on, or, without one, from a moment on."""

    at: datetime
    release: str = ""

    def covers(self, *, release: str, seen: datetime, places: Mapping[str, int]) -> bool:
        """Whether a session of this release and time should be free of it. `places`: of releases, the oldest first.

        Older releases that still run prove nothing, nor does a session that does not say its release, where the fix
        names one.
        """
        if not self.release:
            return seen > self.at
        return release == self.release or (
            release in places and self.release in places and places[release] > places[self.release]
        )


@dataclass(frozen=True)
class Progress:
    """How far a fix is proved: `clear` reviewed sessions without it, of `needed`."""

    clear: int
    needed: int = VERIFIED_AFTER

    @property
    def is_enough(self) -> bool:
        return self.clear >= self.needed

    @property
    def bound(self) -> float:
        """What share of such sessions may still have it, at most: see `upper_bound`."""
        return upper_bound(self.clear)


def upper_bound(clear: int) -> float:
    """The largest share, 0..1, of which `clear` sessions without one hit leave a doubt of 5 %: 1 - 0.05^(1/n).

    Exact for sessions drawn at random; close to 3/n, the rule of three, from about 30 on. All of it for none.
    """
    return 1.0 - DOUBT ** (1 / clear) if clear else 1.0


def is_quiet(*, since: datetime, last_seen: datetime | None, now: datetime) -> bool:
    """Whether a regressed issue has stood so, without a confirmed session, for QUIET_DAYS."""
    newest = since if last_seen is None else max(since, last_seen)
    return now - newest >= timedelta(days=QUIET_DAYS)
