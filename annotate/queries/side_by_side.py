"""What several people said of one session, field by field beside each other."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from annotate.keys import TICKS
from annotate.models import Failure, Review, Rubric, Severity
from annotate.queries.asking import Answered, answers_to
from annotate.queries.gold import reviewed_failures, reviews_of, rubric_to_settle
from annotate.queries.settling import ToSettle, questions_to_settle
from traces.models import AgentSession

NOTHING = "–"


@dataclass(frozen=True)
class Card:
    """A failure, its number among all, and the positions of its steps, where the session still has them."""

    number: int
    failure: Failure
    root: int | None
    surfaced: int | None

    @property
    def tick(self) -> str:
        """The action that ticks it, as the table of keys names it; "" where it has none left."""
        name = f"tick{self.number}"
        return name if name in TICKS else ""


@dataclass(frozen=True)
class Row:
    """One thing that all were asked. `cells` are in the order of the reviews, and empty where nothing was said."""

    label: str
    cells: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len({cell for cell in self.cells if cell}) > 1

    @property
    def shown(self) -> list[str]:
        return [cell or NOTHING for cell in self.cells]


@dataclass(frozen=True)
class SideBySide:
    """The reviews, the oldest first; what was said, row by row; the failures of each; and what there is to answer."""

    reviews: Sequence[Review]
    rows: Sequence[Row]
    cards: Sequence[Sequence[Card]]
    questions: Sequence[ToSettle]

    @property
    def columns(self) -> list[tuple[Review, Sequence[Card]]]:
        return list(zip(self.reviews, self.cards, strict=True))

    @property
    def rubric(self) -> Rubric | None:
        """The version whose questions these are; None without a review."""
        return rubric_to_settle(self.reviews) if self.reviews else None

    @property
    def failure_ids(self) -> list[int]:
        return [card.failure.pk for cards in self.cards for card in cards]


def side_by_side(session: AgentSession, positions: Mapping[str, int]) -> SideBySide:
    """Four queries. `positions`: of the session's steps, by key."""
    reviews = list(reviews_of(session))
    told: defaultdict[int, list[Failure]] = defaultdict(list)
    for failure in reviewed_failures(session):
        told[failure.review_id].append(failure)
    cards = _numbered([told[review.pk] for review in reviews], positions)
    answers = answers_to(reviews)
    return SideBySide(reviews, _rows(reviews, cards, answers), cards, questions_to_settle(reviews, answers))


def _numbered(told: Sequence[Sequence[Failure]], positions: Mapping[str, int]) -> list[list[Card]]:
    numbers = count(1)
    return [
        [
            Card(next(numbers), failure, positions.get(failure.root_step), positions.get(failure.surfaced_step))
            for failure in failures
        ]
        for failures in told
    ]


def _rows(
    reviews: Sequence[Review], cards: Sequence[Sequence[Card]], answers: Mapping[int, Collection[Answered]]
) -> list[Row]:
    rows = [
        Row("Outcome", tuple(review.get_outcome_display() for review in reviews)),
        Row("First went wrong", tuple(_earliest(each) for each in cards)),
        Row("Failure types", tuple(", ".join(_types(each)) for each in cards)),
        Row("Severity", tuple(_worst(each) for each in cards)),
    ]
    answered = {review.pk: {one.question.key: one for one in answers.get(review.pk, ())} for review in reviews}
    asked = {one.question.key: one.question for each in answered.values() for one in each.values()}
    rows += [
        Row(question.text, tuple(said[key].words if key in said else "" for said in answered.values()))
        for key, question in sorted(asked.items(), key=lambda pair: (pair[1].position, pair[0]))
    ]
    return [row for row in rows if any(row.cells)]


def _earliest(cards: Sequence[Card]) -> str:
    roots = [card.root for card in cards if card.root is not None]
    return f"Step {min(roots)}" if roots else ""


def _types(cards: Sequence[Card]) -> list[str]:
    return sorted({card.failure.failure_type.name for card in cards if card.failure.failure_type})


def _worst(cards: Sequence[Card]) -> str:
    severities = [Severity(card.failure.severity) for card in cards]
    return max(severities, key=list(Severity).index).label if severities else ""
