"""Machine scores beside what people say of the same sessions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.models import Project
from annotate.calibration import Rate
from annotate.machines import Comparison, Drift, Given, Threshold, best_threshold, compare, drift
from annotate.models import Review, ThresholdChoice
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.evidence import SIDES
from traces.meanings import BAD, polarity_of
from traces.models import AnnotatorKind, Polarity, Score, ScoreMeaning
from traces.queries import meanings_of

MACHINES = (AnnotatorKind.LLM, AnnotatorKind.CODE)
LATELY = timedelta(days=30)
MOST_REVIEWS = 20_000
MOST_SCORES = 100_000
MOST_CHOICES = 20


class Evaluator(NamedTuple):
    """Who scores: the score's name, the kind of machine, and who gave it in which version, as the sender says."""

    name: str
    kind: str
    author: str
    version: str

    @property
    def source(self) -> str:
        """In words."""
        return " · ".join(filter(None, (AnnotatorKind(self.kind).label.lower(), self.author, self.version)))


@dataclass(frozen=True)
class EvaluatorRow:
    """An evaluator beside people: what leads settled (gold), and the majority of reviewers. Sessions both spoke of.

    `threshold` and `middle` are values of the score; None where the score has only labels, or too little is known.
    """

    evaluator: Evaluator
    polarity: str
    middle: float
    gold: Comparison
    majority: Comparison
    drift: Drift | None
    best: Threshold | None
    has_numbers: bool

    @property
    def threshold(self) -> float | None:
        """The value of the score that serves best."""
        return None if self.best is None else self.best.badness * _turn(self.polarity)

    @property
    def best_at(self) -> str:
        """The threshold for readers."""
        return "" if self.threshold is None else f"{self.threshold:.4g}"

    @property
    def splits_at(self) -> str:
        """The value at which the project splits good from bad, for readers."""
        return f"{self.middle:.4g}"

    @property
    def shown(self) -> str:
        """The threshold to the last digit, for the form that takes it."""
        return repr(self.threshold)

    @property
    def is_used(self) -> bool:
        """Whether the project reads the score by the best threshold already."""
        return self.threshold is not None and abs(self.threshold - self.middle) < 1e-9  # noqa: PLR2004  # the same


@dataclass(frozen=True)
class Evaluators:
    """All of them, most sessions first. `unread`: names of scores of which the project has not said what they mean."""

    rows: Sequence[EvaluatorRow]
    unread: Sequence[str]
    is_cut: bool
    choices: Sequence[ThresholdChoice]

    @property
    def drifting(self) -> list[EvaluatorRow]:
        """Those that agree with people clearly less or more than before."""
        return [row for row in self.rows if row.drift and row.drift.is_clear]


class Drifting(NamedTuple):
    """An evaluator that agrees with people clearly less or more than before, and by how much."""

    evaluator: Evaluator
    drift: Drift


class Verdicts(NamedTuple):
    """What people say, by session: whether it failed, as a lead settled, and as most reviewers say.

    `settled` holds also the sessions of which a lead settled that nobody can tell.
    """

    gold: Mapping[int, bool]
    majority: Mapping[int, bool]
    settled: Collection[int]
    is_cut: bool

    @property
    def best(self) -> Mapping[int, bool]:
        """What a lead settled, else the majority."""
        return {**{pk: failed for pk, failed in self.majority.items() if pk not in self.settled}, **self.gold}


class Scored(NamedTuple):
    """A machine's score of a session, as it is read: no more of a row than is asked of each of many thousands."""

    name: str
    kind: str
    author: str
    version: str
    value: float | None
    label: str
    session: int
    at: datetime | None


class Scores(NamedTuple):
    """The machines' scores of judged sessions, by evaluator."""

    by: Mapping[Evaluator, Sequence[Scored]]
    is_cut: bool


class One(NamedTuple):
    """What an evaluator says of one session. `badness` None: it says nothing of good or bad."""

    session: int
    badness: float | None
    is_bad: bool | None
    at: datetime | None


def evaluators(project: Project, sight: Sight = EVERYTHING) -> Evaluators:
    """Four queries, however many evaluators."""
    verdicts, meanings = _verdicts(project, sight), meanings_of(project.pk)
    said = _said(project, verdicts.best)
    since = timezone.now() - LATELY
    rows = [
        _row(evaluator, meanings[evaluator.name], told, verdicts, since)
        for evaluator, told in _read(said.by, meanings).items()
    ]
    return Evaluators(
        rows=sorted(rows, key=lambda row: (-row.majority.sessions, -row.gold.sessions, row.evaluator)),
        unread=sorted({evaluator.name for evaluator in said.by if evaluator.name not in meanings}),
        is_cut=verdicts.is_cut or said.is_cut,
        choices=list(
            ThresholdChoice.objects.filter(project=project)
            .select_related("chosen_by")
            .order_by("-chosen_at")[:MOST_CHOICES]
        ),
    )


def drifting(project: Project, sight: Sight = EVERYTHING) -> list[Drifting]:
    """Those that drift, and of them nothing else, by name: what a page can ask on the way.

    Three queries, and one where the project reads no score as good or bad.
    """
    meanings = meanings_of(project.pk)
    if all(meaning.polarity == Polarity.NONE for meaning in meanings.values()):
        return []
    best, since = _verdicts(project, sight).best, timezone.now() - LATELY
    read = _read(_said(project, best).by, meanings)
    found = {evaluator: _drift(told, best, since) for evaluator, told in read.items()}
    return sorted(Drifting(evaluator, drift) for evaluator, drift in found.items() if drift and drift.is_clear)


def _read(
    said: Mapping[Evaluator, Sequence[Scored]], meanings: Mapping[str, ScoreMeaning]
) -> dict[Evaluator, list[One]]:
    """What each evaluator says of each session, of those whose scores the project reads as good or bad."""
    read = {name for name, meaning in meanings.items() if meaning.polarity != Polarity.NONE}
    return {each: _by_session(scores, meanings) for each, scores in said.items() if each.name in read}


def _verdicts(project: Project, sight: Sight) -> Verdicts:
    standing = Review.objects.filter(sight.of(), project=project, withdrawn_at=None).order_by("-submitted_at", "-pk")
    rows = list(standing.values_list("session_id", "outcome", "is_gold")[: MOST_REVIEWS + 1])
    gold = {pk: SIDES[outcome] > 0 for pk, outcome, is_gold in rows if is_gold and outcome in SIDES}
    votes: defaultdict[int, int] = defaultdict(int)
    for pk, outcome, is_gold in rows:
        votes[pk] += 0 if is_gold else SIDES.get(outcome, 0)
    settled = {pk for pk, _, is_gold in rows if is_gold}
    return Verdicts(gold, {pk: votes > 0 for pk, votes in votes.items() if votes}, settled, len(rows) > MOST_REVIEWS)


def _said(project: Project, judged: Mapping[int, bool]) -> Scores:
    reviewed = Review.objects.filter(project=project, withdrawn_at=None).values("session")
    scores = Score.objects.filter(project=project, annotator_kind__in=MACHINES, session__in=reviewed).order_by("-pk")
    columns = ("name", "annotator_kind", "author", "version", "value", "label", "session_id", "session__started_at")
    rows = [Scored(*row) for row in scores.values_list(*columns)[: MOST_SCORES + 1]]
    found: defaultdict[Evaluator, list[Scored]] = defaultdict(list)
    for score in rows[:MOST_SCORES]:
        if score.session in judged:
            found[Evaluator(*score[:4])].append(score)
    return Scores(found, len(rows) > MOST_SCORES)


def _by_session(scores: Iterable[Scored], meanings: Mapping[str, ScoreMeaning]) -> list[One]:
    """Several numbers of one session (of its steps, say) count as their mean; several labels as what most say."""
    together: defaultdict[int, list[Scored]] = defaultdict(list)
    for score in scores:
        together[score.session].append(score)
    return [_one(pk, several, meanings) for pk, several in together.items()]


def _one(session: int, scores: Sequence[Scored], meanings: Mapping[str, ScoreMeaning]) -> One:
    meaning, at = meanings[scores[0].name], scores[0].at
    numbers = [score.value for score in scores if score.value is not None]
    if numbers:
        badness, middle = fmean(numbers) * _turn(meaning.polarity), meaning.middle * _turn(meaning.polarity)
        return One(session, badness, None if badness == middle else badness > middle, at)
    sides = [polarity_of(score, meanings) for score in scores]
    lean = sum((side == BAD) - (side is not None and side != BAD) for side in sides)
    return One(session, None, lean > 0 if lean else None, at)


def _turn(polarity: str) -> int:
    """By what a value is multiplied so that higher is worse."""
    return 1 if polarity == Polarity.BAD else -1


def _row(
    evaluator: Evaluator, meaning: ScoreMeaning, told: Sequence[One], verdicts: Verdicts, since: datetime
) -> EvaluatorRow:
    best = verdicts.best
    given = [Given(one.badness, best[one.session]) for one in told if one.badness is not None]
    return EvaluatorRow(
        evaluator=evaluator,
        polarity=meaning.polarity,
        middle=meaning.middle,
        gold=compare(_pairs(told, verdicts.gold)),
        majority=compare(_pairs(told, verdicts.majority)),
        drift=_drift(told, best, since),
        best=best_threshold(given),
        has_numbers=bool(given),
    )


def _pairs(told: Iterable[One], failed: Mapping[int, bool]) -> list[tuple[bool, bool]]:
    return [(one.is_bad, failed[one.session]) for one in told if one.is_bad is not None and one.session in failed]


def _drift(told: Sequence[One], failed: Mapping[int, bool], since: datetime) -> Drift | None:
    dated = [one for one in told if one.at is not None]
    lately = [one for one in dated if one.at is not None and one.at >= since]
    before = [one for one in dated if one.at is not None and one.at < since]
    return drift(*(_agreed(_pairs(part, failed)) for part in (lately, before)))


def _agreed(pairs: Sequence[tuple[Any, Any]]) -> Rate:
    return Rate(sum(says == failed for says, failed in pairs), len(pairs))
