"""How sessions went by what people, the client and machines say of them: three columns, never mixed.

The client's word are scores by a person, the machines' those by models and code, as far as the project has said what
they mean. A session of which as much good as bad is said counts for neither, like one of which nothing is said.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When
from django.db.models.functions import Lower, Trim

from accounts.models import Project
from annotate.estimation import Cell, Share, estimate_shares, percent
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.estimates import judged
from annotate.queries.filters import CLIENT
from annotate.queries.frames import Frame, read_frame
from common.intervals import wilson
from traces.meanings import BAD_WORDS, GOOD_WORDS, HIGH_WORDS, LOW_WORDS
from traces.models import AgentSession, Polarity, Score, ScoreMeaning
from traces.queries import meanings_of

COLUMNS = frozenset({"workflow", "release", "model", "environment"})
# What one session's scores say together: above 0 bad, below 0 good.
Leans = Mapping[int, int]


@dataclass(frozen=True)
class Confusion:
    """Sessions of which people and others both said something, by what each said."""

    both_bad: int = 0
    only_people_bad: int = 0
    only_they_bad: int = 0
    both_good: int = 0

    @property
    def judged(self) -> int:
        return self.both_bad + self.only_people_bad + self.only_they_bad + self.both_good

    @property
    def agreed(self) -> int:
        return self.both_bad + self.both_good

    @property
    def words(self) -> str:
        """For example: agrees with people on 40 of 50."""
        return f"agrees with people on {self.agreed:,} of {self.judged:,}" if self.judged else "nothing to compare yet"


@dataclass(frozen=True)
class Said:
    """Of how many sessions bad and good is said, the share of bad with its 95 % interval, and whether people agree.

    The interval speaks of sessions like those that something is said of, not of all: who complains is no random sample.
    """

    bad: int
    good: int
    agreement: Confusion
    estimate: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def said(self) -> int:
        return self.bad + self.good

    @property
    def words(self) -> str:
        """For example: 6 of 120 (5.0 %, 2.3–10)."""
        if self.estimate is None or self.low is None or self.high is None:
            return "nothing said"
        spread = f"{percent(self.low)}–{percent(self.high)}"
        return f"{self.bad:,} of {self.said:,} ({percent(self.estimate)} %, {spread})"


@dataclass(frozen=True)
class OutcomeRow:
    """One workflow or release: its sessions, and the share of failures among them by each of the three.

    `failed` of `reviewed` are all that people judged there; `people` speaks of those that queues draw from.
    """

    label: str
    sessions: int
    failed: int
    reviewed: int
    people: Share
    client: Said
    machine: Said


@dataclass(frozen=True)
class Outcomes:
    """The rows, most sessions first, all of them as one, and which sessions the people's share stands for.

    `left_out`: how many values have fewer sessions than these.
    """

    rows: list[OutcomeRow]
    left_out: int
    whole: OutcomeRow
    frame_in_words: str


@dataclass(frozen=True)
class Judged:
    """A session that people judged: its value of the column, its cell, and whether it was drawn and had its turn.

    `is_inside`: one that queues draw from, of which alone shares are estimated.
    """

    pk: int
    value: str
    is_inside: bool
    cell: int
    is_drawn: bool
    failed: bool


def outcomes(
    project: Project,
    by: str = "workflow",
    within: Q | None = None,
    *,
    most: int = 50,
    sight: Sight = EVERYTHING,
) -> Outcomes:
    """The `most` largest values of a column of COLUMNS: at most eight queries, however many values and sessions."""
    if by not in COLUMNS:
        raise ValueError(f"{by!r} is none of {', '.join(sorted(COLUMNS))}")
    frame = read_frame(project, within)
    sizes, read = _by_value(frame.sizes_by(by)), _judged(frame, by, sight)
    read_of: defaultdict[str, list[Judged]] = defaultdict(list)
    for one in read:
        read_of[one.value].append(one)
    everything = AgentSession.objects.filter(within or Q(), project=project).order_by()
    counted = dict(everything.values(by).annotate(count=Count("pk")).values_list(by, "count"))
    meanings = meanings_of(project.pk)
    given = [_leans(project, within, meanings, kind, by) for kind in (CLIENT, ~CLIENT)]
    largest = sorted(counted, key=lambda value: (-counted[value], value))[:most]
    rows = [
        _row(value, counted[value], sizes[value], read_of[value], [each[value] for each in given]) for value in largest
    ]
    together = [{pk: lean for leans in each.values() for pk, lean in leans.items()} for each in given]
    everywhere = sum(sizes.values(), Counter())
    whole = _row("All", sum(counted.values()), everywhere, read, together)
    return Outcomes(rows, len(counted) - len(rows), whole, frame.in_words(everywhere.total()))


def _judged(frame: Frame, by: str, sight: Sight) -> list[Judged]:
    everything = AgentSession.objects.filter(frame.within, project=frame.project)
    inside = Q(pk__isnull=False) if frame.is_whole else Q(pk__in=frame.sessions.values("pk"))
    marks = {"inside": _mark(inside), "cell": frame.cell, "drawn": _mark(inside & frame.drawn)}
    rows = judged(everything, sight).annotate(**marks).values_list("pk", by, *marks, "lean")
    return [
        Judged(pk, value, bool(is_inside), cell, bool(is_drawn), lean > 0)
        for pk, value, is_inside, cell, is_drawn, lean in rows
    ]


def _mark(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _by_value(sizes: Mapping[tuple[str, int], int]) -> defaultdict[str, Counter[int]]:
    """The sessions of each cell, by value."""
    found: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for (value, cell), size in sizes.items():
        found[value][cell] = size
    return found


def _row(value: str, sessions: int, cells: Mapping[int, int], read: list[Judged], given: Iterable[Leans]) -> OutcomeRow:
    failed = {row.pk: row.failed for row in read}
    client, machine = (_said(leans, failed) for leans in given)
    share = _share(cells, [row for row in read if row.is_inside])
    return OutcomeRow(value, sessions, sum(failed.values()), len(failed), share, client, machine)


def _share(cells: Mapping[int, int], read: list[Judged]) -> Share:
    sampled = Counter(row.cell for row in read if row.is_drawn)
    found = Counter(row.cell for row in read if row.is_drawn and row.failed)
    return estimate_shares(
        [Cell(size, sampled[cell]) for cell, size in cells.items()],
        [[found[cell] for cell in cells]],
        [(sum(row.failed for row in read), len(read))],
    )[0]


def _said(leans: Leans, failed: Mapping[int, bool]) -> Said:
    bad = sum(lean > 0 for lean in leans.values())
    pairs = Counter((failed[pk], lean > 0) for pk, lean in leans.items() if pk in failed)
    agreement = Confusion(pairs[True, True], pairs[True, False], pairs[False, True], pairs[False, False])
    return Said(bad, len(leans) - bad, agreement, *((bad / len(leans), *wilson(bad, len(leans))) if leans else ()))


def _leans(
    project: Project, within: Q | None, meanings: Mapping[str, ScoreMeaning], kind: Q, by: str
) -> defaultdict[str, dict[int, int]]:
    """What scores of one kind say, by value of the column and session, where they lean to one side."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    scores = Score.objects.filter(kind, project=project, session__isnull=False, name__in=meanings)
    if within:
        scores = scores.filter(session__in=AgentSession.objects.filter(within, project=project))
    said = scores.alias(said=Lower(Trim("label"))).order_by().values("session_id", value_of=F(f"session__{by}"))
    leaning = said.annotate(lean=Sum(_lean(meanings))).exclude(lean=0)
    for session_id, value, lean in leaning.values_list("session_id", "value_of", "lean"):
        found[value][session_id] = lean
    return found


def _lean(meanings: Mapping[str, ScoreMeaning]) -> Case:
    """On scores: 1 where one says bad, -1 where it says good. The rules of `meanings.polarity_of`, for the database."""
    cases = [case for meaning in meanings.values() for case in _sides(meaning)]
    return Case(*cases, default=Value(0), output_field=IntegerField())


def _sides(meaning: ScoreMeaning) -> list[When]:
    if meaning.polarity == Polarity.NONE:
        return []
    high = -1 if meaning.polarity == Polarity.GOOD else 1
    of_name, by_word = Q(name=meaning.name), Q(name=meaning.name, value__isnull=True)
    return [
        When(of_name & Q(value__gt=meaning.middle), then=Value(high)),
        When(of_name & Q(value__lt=meaning.middle), then=Value(-high)),
        When(by_word & Q(said__in=GOOD_WORDS), then=Value(-1)),
        When(by_word & Q(said__in=BAD_WORDS), then=Value(1)),
        When(by_word & Q(said__in=HIGH_WORDS), then=Value(high)),
        When(by_word & Q(said__in=LOW_WORDS), then=Value(-high)),
    ]
