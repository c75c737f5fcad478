"""What reviewers said of sessions that two or more of them judged: the ground of agreement and of disagreement.

A failure that a lead overruled was said all the same. Gold judgements are nobody's review, and calibration is kept
apart from all of this.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Project
from annotate.answers import labels_in, place_of
from annotate.differences import NO_ANSWERS, Judgement
from annotate.differences import Answer as Given
from annotate.models import Answer, Failure, Outcome, Question, QuestionKind, Queue, Review, Rubric
from annotate.queries.asking import asked_of, meaning_of
from annotate.queries.blind import EVERYTHING, Sight
from traces.models import Step

# Reviews: the newest say how people judge now, and so many say it to two digits.
MOST = 10_000


@dataclass(frozen=True)
class Chosen:
    """Which judgements are meant: of a queue, of a rubric's version, of the last days; all where nothing is said."""

    queue: Queue | None = None
    rubric: Rubric | None = None
    days: int | None = None

    @property
    def condition(self) -> Q:
        """On reviews."""
        wanted = Q(slot__queue=self.queue) if self.queue else Q()
        wanted &= Q(rubric=self.rubric) if self.rubric else Q()
        return wanted & (Q(submitted_at__gte=timezone.now() - timedelta(days=self.days)) if self.days else Q())


class Said(NamedTuple):
    """One person's review. `meaning` tells under which definition of the outcome: rubric and version since when."""

    review: int
    reviewer: int
    meaning: tuple[str, int]
    judgement: Judgement


@dataclass(frozen=True)
class Twice:
    """By session, what its reviewers said, the newest first; `is_cut` where only the newest of more are here."""

    sessions: Mapping[int, Sequence[Said]]
    is_cut: bool

    @property
    def reviews(self) -> list[int]:
        return [said.review for told in self.sessions.values() for said in told]

    def of(self, reviewer: int) -> "Twice":
        """Only the sessions that this person judged, too."""
        theirs = {
            session: told for session, told in self.sessions.items() if any(one.reviewer == reviewer for one in told)
        }
        return replace(self, sessions=theirs)


def read_twice(project: Project, chosen: Chosen | None = None, sight: Sight = EVERYTHING) -> Twice:
    """Three queries, however many reviews. Who judged a session twice counts once, with what they said last."""
    standing = _standing(project, chosen or Chosen(), sight)
    several = standing.order_by().values("session").annotate(several=Count("pk")).filter(several__gt=1)
    rows = standing.filter(session__in=several.values("session")).order_by("-submitted_at", "-pk")
    columns = ("pk", "session_id", "reviewer_id", "outcome", "rubric_id")
    told: defaultdict[int, dict[int, tuple[int, str, int]]] = defaultdict(dict)
    count = 0
    for pk, session, reviewer, outcome, rubric in rows.values_list(*columns)[: MOST + 1]:
        told[session].setdefault(reviewer, (pk, outcome, rubric))
        count += 1
    paired = {session: people for session, people in told.items() if len(people) > 1}
    meanings, failures = _meanings(project), _failures(paired)
    return Twice(
        {
            session: [
                Said(pk, reviewer, meanings[rubric], Judgement(outcome, *failures.get(pk, (frozenset(), None))))
                for reviewer, (pk, outcome, rubric) in people.items()
            ]
            for session, people in paired.items()
        },
        is_cut=count > MOST,
    )


def _standing(project: Project, chosen: Chosen, sight: Sight) -> QuerySet[Review]:
    return Review.objects.filter(chosen.condition, sight.of(), project=project, is_gold=False, withdrawn_at=None)


def with_answers(project: Project, twice: Twice) -> Twice:
    """The same with what was answered to the rubric's questions, but for answers in words: two queries."""
    given = _answers(project, twice.reviews)
    told = {session: [_answering(one, given) for one in people] for session, people in twice.sessions.items()}
    return replace(twice, sessions=told)


def _answering(said: Said, given: Mapping[int, Mapping[Hashable, Given]]) -> Said:
    return said._replace(judgement=said.judgement._replace(answers=given.get(said.review, NO_ANSWERS)))


def _answers(project: Project, reviews: Collection[int]) -> dict[int, dict[Hashable, Given]]:
    """By review, and by what makes answers comparable, in the order of the questions."""
    questions = Question.objects.filter(rubric__project=project).exclude(kind=QuestionKind.TEXT)
    asked = {one.pk: (meaning_of(one), asked_of(one)) for one in questions.select_related("rubric")}
    rows = Answer.objects.filter(review__in=reviews, question__in=asked).order_by("question", "pk")
    found: defaultdict[int, dict[Hashable, Given]] = defaultdict(dict)
    known: dict[tuple[int, str], Given] = {}  # many answer alike, and each answer is put into words once
    for review, question, value in rows.values_list("review_id", "question_id", "value"):
        meaning, one = asked[question]
        if (question, str(value)) not in known:
            known[question, str(value)] = Given(one.text, tuple(labels_in(one, value)), place_of(one, value))
        found[review][meaning] = known[question, str(value)]
    return found


def _meanings(project: Project) -> dict[int, tuple[str, int]]:
    rubrics = Rubric.objects.filter(project=project).values_list("pk", "name", "outcome_since")
    return {pk: (name, since) for pk, name, since in rubrics}


def _failures(
    paired: Mapping[int, Mapping[int, tuple[int, str, int]]],
) -> dict[int, tuple[frozenset[str], int | None]]:
    """By review, the names of the types and the earliest root step of its failures."""
    failing = [pk for people in paired.values() for pk, outcome, _ in people.values() if outcome == Outcome.FAILURE]
    types: defaultdict[int, set[str]] = defaultdict(set)
    roots: defaultdict[int, list[int]] = defaultdict(list)
    for review, name, position in _told_in(failing).values_list("review_id", "failure_type__name", "position"):
        types[review] |= {name} if name else set()
        roots[review] += [position] if position is not None else []
    return {pk: (frozenset(types[pk]), min(roots[pk], default=None)) for pk in failing}


def _told_in(reviews: Collection[int]) -> QuerySet[Any, Any]:
    """The failures of standing reviews, overruled or not, each with the `position` of its root step."""
    root = Step.objects.filter(session=OuterRef("session"), key=OuterRef("root_step"))
    return Failure.objects.filter(review__in=reviews).annotate(position=Subquery(root.values("position")[:1]))
