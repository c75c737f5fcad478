"""How far reviewers agree: on the outcome, on each question, on the kind of failure and on where it went wrong."""

import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.models import Project, User
from annotate.agreement import Agreement, Pair, Scale, Share, agreement, pairs_of, pairs_that, share_of, together
from annotate.differences import NEAR
from annotate.models import Answer, Outcome, Question, QuestionKind
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.twice import Chosen, Twice, read_twice

SCALES = {
    QuestionKind.PASS_FAIL: Scale.NOMINAL,
    QuestionKind.CHOICE: Scale.NOMINAL,
    QuestionKind.SCALE: Scale.ORDINAL,
    QuestionKind.CHOICES: Scale.SETS,
}
BASIS = {
    Scale.NOMINAL: "same or not",
    Scale.ORDINAL: "by how far apart on the scale",
    Scale.SETS: "by how much of what was named is shared",
}
MOST_PAIRS = 50
_Given = tuple[int, int, Any]  # an answer: of which session, by whom, and what


@dataclass(frozen=True)
class Measure:
    """How far reviewers agree on one thing. `agreement` has no alpha where places are compared, not labels."""

    key: str
    label: str
    basis: str
    agreement: Agreement
    has_alpha: bool = True

    @property
    def is_lopsided(self) -> bool:
        """Much plain agreement, little beyond chance: nearly all was called the same."""
        share, alpha = self.agreement.share.share, self.agreement.alpha
        return share is not None and alpha is not None and share >= 0.8 and alpha < 0.4  # noqa: PLR2004  # as the note says


@dataclass(frozen=True)
class PairRow:
    """Two people, how they agree on outcomes, and what each said where: rows by the first, columns by the second."""

    first: User
    second: User
    pair: Pair
    table: list[list[int]]


@dataclass(frozen=True)
class PersonRow:
    """One person: how many sessions they judged with others, and how often they called them the same."""

    person: User
    sessions: int
    share: Share


@dataclass(frozen=True)
class Numbers:
    """What the page shows. `table`: how often two people called a session what, all pairs together."""

    sessions: int
    reviews: int
    is_cut: bool
    measures: list[Measure]
    table: list[list[int]]
    pairs: list[PairRow]
    people: list[PersonRow]
    more_pairs: int


def agreement_in(
    project: Project, chosen: Chosen | None = None, sight: Sight = EVERYTHING, *, person: User | None = None
) -> Numbers:
    """Six queries, however much was judged. With `person`: of the sessions that they judged, and their pairs alone."""
    twice = read_twice(project, chosen, sight)
    twice = twice if person is None else twice.of(person.pk)
    outcomes = outcomes_in(twice)
    pairs = pairs_of(outcomes)
    shown = {ids: pair for ids, pair in pairs.items() if person is None or person.pk in ids}
    users = User.objects.in_bulk({pk for ids in pairs for pk in ids})
    rows = sorted(
        (PairRow(users[one], users[other], pair, _table(pair.said)) for (one, other), pair in shown.items()),
        key=lambda row: (-row.pair.both, str(row.first), str(row.second)),
    )
    return Numbers(
        sessions=len(twice.sessions),
        reviews=len(twice.reviews),
        is_cut=twice.is_cut,
        measures=[*_of_outcomes(outcomes), *_of_questions(project, twice), *_of_failures(twice)],
        table=_table(together(shown.values())),
        pairs=rows[:MOST_PAIRS],
        people=_people(outcomes, users),
        more_pairs=max(0, len(rows) - MOST_PAIRS),
    )


def _table(said: Mapping[tuple[Hashable, Hashable], int]) -> list[list[int]]:
    return [[said.get((one, other), 0) for other in Outcome.values] for one in Outcome.values]


def outcomes_in(twice: Twice) -> list[dict[int, str]]:
    """By session, reviewer and outcome, of those who judged under one definition of it."""
    return [
        comparable((said.meaning, said.reviewer, said.judgement.outcome) for said in told)
        for told in twice.sessions.values()
    ]


def comparable(rows: Iterable[tuple[Hashable, int, Any]]) -> dict[int, Any]:
    """Of (definition, reviewer, value) those of the definition that most of them judged under, as value by reviewer."""
    by_meaning: defaultdict[Hashable, dict[int, Any]] = defaultdict(dict)
    for meaning, reviewer, value in rows:
        by_meaning[meaning].setdefault(reviewer, value)
    return max(by_meaning.values(), key=len, default={})


def _of_outcomes(outcomes: Sequence[Mapping[int, str]]) -> list[Measure]:
    found = agreement(list(unit.values()) for unit in outcomes)
    return [Measure("outcome", "Outcome", BASIS[Scale.NOMINAL], found)]


def _of_questions(project: Project, twice: Twice) -> list[Measure]:
    """Two queries at most. Of each question the answers given under the definition that it has now."""
    questions = Question.objects.filter(rubric__project=project, kind__in=SCALES).select_related("rubric").in_bulk()
    if not questions:
        return []
    session_of = {said.review: (session, said.reviewer) for session, told in twice.sessions.items() for said in told}
    answers = Answer.objects.filter(review__in=session_of, question__kind__in=SCALES)
    # As text: of tens of thousands of answers only tens are distinct, and each is read once.
    told = answers.order_by().annotate(text=Cast("value", TextField())).values_list("review", "question", "text")
    read = cache(_as_value)
    given: defaultdict[int, list[_Given]] = defaultdict(list)
    for review, question, text in told:
        given[question].append((*session_of[review], read(text)))
    versions: defaultdict[tuple[str, str], list[Question]] = defaultdict(list)
    for pk in given:
        versions[questions[pk].rubric.name, questions[pk].key].append(questions[pk])
    return [_of_question(several, given) for several in sorted(versions.values(), key=_place)]


def _place(versions: Sequence[Question]) -> tuple[str, int, int]:
    """Where reviewers meet it: rubric by rubric, in the order of its newest version."""
    newest = _newest(versions)
    return newest.rubric.name, newest.position, newest.pk


def _newest(versions: Sequence[Question]) -> Question:
    return max(versions, key=lambda one: one.rubric.version)


def _as_value(text: str) -> Any:
    value = json.loads(text)
    return frozenset(value) if isinstance(value, list) else value


def _of_question(versions: Sequence[Question], given: Mapping[int, Sequence[_Given]]) -> Measure:
    """Of one question in its versions, and the answers by the version's id."""
    newest = _newest(versions)
    units: defaultdict[int, dict[int, Any]] = defaultdict(dict)
    for one in versions:
        if one.kind == newest.kind and one.rubric.version >= newest.since:
            for session, reviewer, value in given[one.pk]:
                units[session][reviewer] = value
    scale = SCALES[QuestionKind(newest.kind)]
    found = agreement((list(unit.values()) for unit in units.values()), scale)
    return Measure(f"{newest.rubric.name}/{newest.key}", newest.text, BASIS[scale], found)


def _of_failures(twice: Twice) -> list[Measure]:
    """Of sessions that several called a failure: which kind, and at which step it began."""
    failed = [[said for said in told if said.judgement.outcome == Outcome.FAILURE] for told in twice.sessions.values()]
    types = agreement(([one.judgement.types for one in told if one.judgement.types] for told in failed), Scale.SETS)
    roots = [[one.judgement.root for one in told if one.judgement.root is not None] for told in failed]
    return [
        Measure("failure_type", "Failure type", BASIS[Scale.SETS], types),
        _of_places("root_step", "Where it first went wrong: the very step", roots, 0),
        _of_places("root_step_near", f"Where it first went wrong: within {NEAR} steps", roots, NEAR),
    ]


def _of_places(key: str, label: str, roots: Sequence[Sequence[int]], near: int) -> Measure:
    share = share_of(pairs_that(lambda one, other: abs(one - other) <= near, roots))
    units = sum(len(unit) > 1 for unit in roots)
    return Measure(key, label, "the earliest step that each named", Agreement(units, share), has_alpha=False)


def _people(outcomes: Sequence[Mapping[int, str]], users: Mapping[int, User]) -> list[PersonRow]:
    """Each person's agreement with all who judged the same, who judged most first."""
    units: defaultdict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
    for unit in outcomes:
        if len(unit) <= 1:
            continue
        same = Counter(unit.values())
        for person, outcome in unit.items():
            units[person][same[outcome] - 1, len(unit) - 1] += 1
    rows = [PersonRow(users[pk], counted.total(), share_of(counted.items())) for pk, counted in units.items()]
    return sorted(rows, key=lambda row: (-row.sessions, str(row.person)))
