"""Plain values of the overview: which days and which workflow are looked at, and where a number leads."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

DAY = timedelta(days=1)
ABOUT_THE_SAME = 0.005
BEYOND_CHANCE = 1.96  # standard deviations
TWICE = 2


@dataclass(frozen=True)
class Period:
    """Whole days (UTC), both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def words(self) -> str:
        """1 Nov – 30 Nov 2026"""
        if self.days == 1:
            return f"{self.last:%-d %b %Y}"
        same_year = self.first.year == self.last.year
        return f"{self.first:{'%-d %b' if same_year else '%-d %b %Y'}} – {self.last:%-d %b %Y}"

    @property
    def days_words(self) -> str:
        return "day" if self.days == 1 else f"{self.days} days"

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, UTC)

    @property
    def end(self) -> datetime:
        """The last moment. Not the next midnight: the last day that there is has none."""
        return datetime.combine(self.last, time.max, UTC)

    @property
    def before(self) -> "Period":
        """As many days, up to the day before the first."""
        return Period(self.first - self.days * DAY, self.first - DAY)

    @property
    def each(self) -> list[date]:
        return [self.first + number * DAY for number in range(self.days)]


@dataclass(frozen=True)
class Choice:
    """What the reader of a page chose: days and, if any, one workflow."""

    period: Period
    workflow: str = ""

    @property
    def before(self) -> "Choice":
        """The same for as many days before."""
        return replace(self, period=self.period.before)

    def leads_to(self, **more: object) -> str:
        """The query of the session list that shows what a number counts."""
        days = {"start": self.period.first, "end": self.period.last}
        return urlencode({name: value for name, value in {"workflow": self.workflow, **days, **more}.items() if value})


def on_day(choice: Choice, day: date, **more: object) -> str:
    """As `leads_to`, for one day."""
    return replace(choice, period=Period(day, day)).leads_to(**more)


@dataclass(frozen=True)
class Counted:
    """A number with the same one of the days before and the sessions that it counts. None means unknown."""

    value: float | None
    before: float | None
    query: str = ""

    @property
    def change_words(self) -> str:
        """12 % more, 3 % less, about the same; "" where nothing before says anything."""
        if not self.before or self.value is None:
            return ""
        change = (self.value - self.before) / self.before
        if abs(change) < ABOUT_THE_SAME:
            return "about the same"
        if change >= 1:
            return f"{self.value / self.before:.1f} times as many"
        return f"{abs(change) * 100:.0f} % {'more' if change > 0 else 'less'}"


@dataclass(frozen=True)
class Placed:
    """Sessions in the work, the judgements on them that are meant, and the query of the list that shows them."""

    sessions: int
    judgements: int
    query: str

    @property
    def note(self) -> str:
        """The judgements, where they are not as many."""
        if self.judgements == self.sessions:
            return ""
        return f"{self.judgements:,} judgement{'' if self.judgements == 1 else 's'}"


@dataclass(frozen=True)
class Share:
    """How many of all sessions, and how many of all were it in the days before."""

    found: int
    of: int
    found_before: int
    of_before: int

    @property
    def share(self) -> float | None:
        return self.found / self.of if self.of else None

    @property
    def before(self) -> float | None:
        return self.found_before / self.of_before if self.of_before else None

    @property
    def direction(self) -> str:
        """More or less where chance alone would hardly do it (two proportions, 95 %); else ""."""
        both = self.of + self.of_before
        if not self.of or not self.of_before:
            return ""
        pooled = (self.found + self.found_before) / both
        spread = (pooled * (1 - pooled) * (1 / self.of + 1 / self.of_before)) ** 0.5
        difference = self.found / self.of - self.found_before / self.of_before
        if abs(difference) <= BEYOND_CHANCE * spread:
            return ""
        return "more" if difference > 0 else "less"

    @property
    def change_words(self) -> str:
        """What changed, as far as it is more than chance."""
        if not self.of_before:
            return "nothing to compare with"
        if not self.direction:
            return "about as often"
        if not self.found_before:
            return "not seen before"
        times = self.found / self.of * self.of_before / self.found_before
        if times >= TWICE:
            return f"{times:.1f} times as often"
        return f"{abs(times - 1) * 100:.0f} % {self.direction} often"


@dataclass(frozen=True)
class DayCount:
    """One bar of a chart."""

    day: date
    value: float
    query: str = ""

    @property
    def label(self) -> str:
        return f"{self.day:%-d %b}"
