"""Reads of whole sessions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower, Trim
from django.db.models.lookups import GreaterThan

from accounts.models import Project
from traces.detectors import label_of
from traces.meanings import (
    BAD,
    BAD_WORDS,
    GOOD,
    GOOD_WORDS,
    HIGH_WORDS,
    LOW_WORDS,
    Reading,
    polarity_of,
    suggestion,
)
from traces.models import (
    SHOWN_AT,
    AgentSession,
    Polarity,
    Score,
    ScoreMeaning,
    Signal,
    Step,
    Transcript,
)
from traces.queries.facts import STORED, facts_of_step, step_about
from traces.reading import Conversation, Mark, ReadStep, Said, read
from traces.seen import Seen, seen_at
from traces.words import Search

CHOICES_FROM = 1_000
MOST_NAMES = 200
MOST_LABELS = 5
# What one search reads at most, decompressed: of sessions of a usual length, a thousand are a tenth of it.
SEARCHED_BYTES = 64 * 1024 * 1024
# Filters with a choice of values, and the columns that these are taken from. All stand in the list's index.
CHOICES = {
    **{name: name for name in ("workflow", "release", "environment", "model")},
    "source": "source_format",
}


@dataclass(frozen=True, slots=True)
class SignalWord:
    """A kind of signal in a list: its words and how often it was found."""

    label: str
    times: int


def conversation(session: AgentSession) -> Conversation:
    """The session as a reader meets it: five queries, whatever its length."""
    rows = list(session.steps.order_by("position", "pk"))
    marks = _marks(Signal.objects.filter(session=session), {step.key: step.position for step in rows})
    facts = [facts_of_step((getattr(step, name) for name in STORED), session.words) for step in rows]
    return read(facts, marks, session.started_at, _said(session, rows))


def step_at(session: AgentSession, position: int) -> ReadStep | None:
    """The first step of this position with its words, without what is said of it; None where there is none."""
    row = session.steps.filter(position=position).order_by("pk").first()
    if row is None:
        return None
    return ReadStep(facts_of_step((getattr(row, name) for name in STORED), session.words), "", ())


def seen_by(session: AgentSession, position: int) -> Seen | None:
    """What the agent saw at the step of this position; None where there is none."""
    steps = conversation(session).steps
    place = next((place for place, step in enumerate(steps) if step.position == position), None)
    if place is None:
        return None
    transcript = Transcript.of(session)
    told, tools = (transcript.prompts, transcript.tools) if transcript else ({}, {})
    return seen_at(steps[place], steps[:place], told, tools)


def _said(session: AgentSession, steps: Sequence[Step]) -> list[Said]:
    """The session's scores, each with the step that it is about where there is one."""
    scores = list(session.scores.order_by("created_at", "pk"))
    meanings = meanings_of(session.project_id) if scores else {}
    return [
        Said(
            name=score.name,
            words=" · ".join(filter(None, (score.label, "" if score.value is None else f"{score.value:.4g}"))),
            polarity=polarity_of(score, meanings),
            by=" · ".join(filter(None, (score.get_annotator_kind_display().lower(), score.author, score.version))),
            explanation=score.explanation,
            position=about.position if (about := step_about(score, steps)) else None,
        )
        for score in scores
    ]


def meanings_of(project_id: int) -> dict[str, ScoreMeaning]:
    """How the project reads its scores, by name: one query."""
    return {meaning.name: meaning for meaning in ScoreMeaning.objects.filter(project=project_id)}


def saying_of(value: str, by: Q | None = None) -> Exists:
    """A condition on sessions: a score on them, of those that `by` asks for, says `value`, good or bad."""
    return Exists(_saying(value, by))


def leaning_to(value: str, by: Q | None = None) -> Q:
    """A condition on sessions: of their scores, of those that `by` asks for, more say `value` than the other side."""
    times = {side: _times(side, by) for side in (GOOD, BAD)}
    other = {GOOD: BAD, BAD: GOOD}[value]
    return Q(saying_of(value, by)) & Q(GreaterThan(times[value], times[other]))


def _times(value: str, by: Q | None) -> Coalesce:
    counted = _saying(value, by).order_by().values("session").annotate(times=Count("pk")).values("times")
    return Coalesce(Subquery(counted), 0)


def _saying(value: str, by: Q | None) -> QuerySet[Score]:
    """The scores of the session around it that say so.

    What they say is what their project means by their name: the rules of `meanings.polarity_of`, for the database.
    """
    high, low = Q(middle__lt=OuterRef("value")), Q(middle__gt=OuterRef("value"))
    sides = {GOOD: (high, low), BAD: (low, high)}[value]
    of_name = ScoreMeaning.objects.filter(project=OuterRef("project"), name=OuterRef("name"))
    by_number = of_name.filter(Q(sides[0], polarity=Polarity.GOOD) | Q(sides[1], polarity=Polarity.BAD))
    much, little = (HIGH_WORDS, LOW_WORDS) if value == GOOD else (LOW_WORDS, HIGH_WORDS)
    scores = Score.objects.filter(by or Q(), session=OuterRef("pk")).alias(said=Lower(Trim("label")))
    words = (
        Q(Exists(of_name.exclude(polarity=Polarity.NONE)), said__in=GOOD_WORDS if value == GOOD else BAD_WORDS)
        | Q(Exists(of_name.filter(polarity=Polarity.GOOD)), said__in=much)
        | Q(Exists(of_name.filter(polarity=Polarity.BAD)), said__in=little)
    )
    return scores.filter(Q(Exists(by_number), value__isnull=False) | Q(words, value__isnull=True))


@dataclass(frozen=True, slots=True)
class ScoreName:
    """A name of scores in a project: how many, their range, some labels, and what is suggested that it means."""

    name: str
    times: int
    lowest: float | None
    highest: float | None
    labels: tuple[str, ...]
    suggested: Reading | None

    @property
    def range(self) -> str:
        """The values in words; "" where there are only labels."""
        ends = [f"{end:.4g}" for end in (self.lowest, self.highest) if end is not None]
        return " to ".join(dict.fromkeys(ends))


def score_names(project: Project) -> list[ScoreName]:
    """The names of the project's scores, the commonest first, at most MOST_NAMES: two queries."""
    rows = Score.objects.filter(project=project).values("name")
    counted = rows.annotate(times=Count("pk"), lowest=Min("value"), highest=Max("value")).order_by("-times", "name")
    found = list(counted[:MOST_NAMES])
    labels = _labels(project)
    return [
        ScoreName(**row, labels=said, suggested=suggestion(row["name"], row["lowest"], row["highest"], said))
        for row in found
        for said in [tuple(labels.get(row["name"], ()))]
    ]


def _labels(project: Project) -> dict[str, list[str]]:
    """Some labels of each name, of the newest scores."""
    newest = Score.objects.filter(project=project).exclude(label="").order_by("-pk").values_list("name", "label")
    found: dict[str, list[str]] = {}
    for name, label in newest[:CHOICES_FROM]:
        said = found.setdefault(name, [])
        if label not in said and len(said) < MOST_LABELS:
            said.append(label)
    return found


def _marks(signals: Iterable[Signal], positions: dict[str, int]) -> list[Mark]:
    return [
        Mark(
            kind=signal.kind,
            label=label_of(signal.kind),
            sentence=signal.sentence,
            strength=signal.strength,
            step_key=signal.step_key,
            position=positions.get(signal.step_key),
        )
        for signal in signals
    ]


def signal_words(sessions: Iterable[AgentSession]) -> dict[int, list[SignalWord]]:
    """For each session its kinds of signals, the strongest first: one query for all of them."""
    rows = Signal.objects.filter(session__in=list(sessions)).order_by("-strength", "kind")
    kinds: dict[int, Counter[str]] = {}
    for session, kind in rows.values_list("session_id", "kind"):
        kinds.setdefault(session, Counter())[kind] += 1
    return {key: [SignalWord(label_of(kind), times) for kind, times in found.items()] for key, found in kinds.items()}


def recent_values(project: Project) -> dict[str, list[str]]:
    """What the newest 1,000 sessions have, by the name of the filter whose choices it gives: one query."""
    newest = AgentSession.objects.filter(project=project).order_by(SHOWN_AT.desc(), "-id")
    rows = newest.values_list(*CHOICES.values())[:CHOICES_FROM]
    columns = list(zip(*rows, strict=True)) or [()] * len(CHOICES)
    return {name: sorted({*held} - {""}) for name, held in zip(CHOICES, columns, strict=True)}


def rows_of(keys: Sequence[int], without: Sequence[str] = ("metadata", "tags")) -> list[AgentSession]:
    """The sessions of these ids in their order, without the long columns that a list does not show: one query."""
    found = AgentSession.objects.defer(*without).in_bulk(keys)
    return [found[key] for key in keys if key in found]


def saying(words: str, keys: Sequence[int]) -> tuple[list[int], bool]:
    """Which of these sessions have the words in any step or in its name, and whether all were looked through.

    The newest come first; 64 MB are the most that is read.
    """
    search = Search(words)
    found: list[int] = []
    rows = Transcript.objects.filter(session__in=keys).order_by("-session").values_list("session_id", "payload")
    for key, payload in rows.iterator():
        if search.bytes_read > SEARCHED_BYTES:
            return found, False
        if search.finds(payload):
            found.append(key)
    return found, True
