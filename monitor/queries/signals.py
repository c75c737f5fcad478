"""What looks wrong: signals by kind, over time and beside the days before."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from django.db.models import Count

from accounts.models import Project
from monitor.queries.traffic import DAY_OF_SESSION, as_day, sessions_of
from monitor.records import Choice, Period, Share
from traces.detectors import label_of

MOST_BARS = 30


@dataclass(frozen=True)
class SignalRow:
    """A kind of signal: the sessions that show it, and their days in at most MOST_BARS bars."""

    kind: str
    label: str
    share: Share
    bars: list[tuple[str, float]]
    query: str
    before_query: str

    @property
    def words(self) -> str:
        """The sparkline for those who do not see it."""
        return f"{self.label}: {', '.join(f'{label} {value:.0f}' for label, value in self.bars)}"


def signal_rows(project: Project, choice: Choice) -> list[SignalRow]:
    """Kinds of the chosen days, the commonest first: three queries."""
    of, of_before = (sessions_of(project, one).count() for one in (choice, choice.before))
    found = _by_kind(project, Choice(Period(choice.period.before.first, choice.period.last), choice.workflow))
    rows = [_row(choice, kind, days, of, of_before) for kind, days in found.items()]
    return sorted((row for row in rows if row.share.found), key=lambda row: (-row.share.found, row.kind))


def _by_kind(project: Project, choice: Choice) -> Mapping[str, Counter[date]]:
    """Sessions with each kind of signal, by day."""
    with_kinds = sessions_of(project, choice).filter(signal_count__gt=0, signals__kind__gt="").order_by()
    grouped = with_kinds.annotate(day=DAY_OF_SESSION).values("signals__kind", "day")
    counted = grouped.annotate(sessions=Count("pk", distinct=True))
    rows: Iterable[tuple[Any, ...]] = counted.values_list("signals__kind", "day", "sessions")
    found: defaultdict[str, Counter[date]] = defaultdict(Counter)
    for kind, day, sessions in rows:
        found[kind][as_day(day)] = sessions
    return found


def _row(choice: Choice, kind: str, days: Counter[date], of: int, of_before: int) -> SignalRow:
    now = sum(days[day] for day in choice.period.each)
    before = sum(days[day] for day in choice.period.before.each)
    return SignalRow(
        kind=kind,
        label=label_of(kind),
        share=Share(now, of, before, of_before),
        bars=in_bars([(day, days[day]) for day in choice.period.each]),
        query=choice.leads_to(signal=kind),
        before_query=choice.before.leads_to(signal=kind),
    )


def in_bars(days: Sequence[tuple[date, float]], most: int = MOST_BARS) -> list[tuple[str, float]]:
    """The days in order, as many of them added up as it takes for at most `most` bars, each called by its first day."""
    together = max(1, ceil(len(days) / most))
    parts = [days[start : start + together] for start in range(0, len(days), together)]
    return [(f"{part[0][0]:%-d %b}", sum(value for _, value in part)) for part in parts]
