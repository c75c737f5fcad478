"""The questions that a lead settles: what each reviewer answered, and what most of them did."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from annotate.answers import Asked, Value, Wrong, prevailing, read_answer
from annotate.models import Question, QuestionKind, Review
from annotate.queries.asking import Answered, answers_to, asked_in, meaning_of
from annotate.queries.gold import rubric_to_settle


@dataclass(frozen=True)
class Voice:
    """One answer in words, and who gave it."""

    words: str
    people: Sequence[User]


@dataclass(frozen=True)
class ToSettle:
    """A question of the settlement's rubric. `most`: what most reviewers answered, None where nobody leads."""

    question: Question
    asked: Asked
    voices: Sequence[Voice]
    most: Value | None

    @property
    def differs(self) -> bool:
        return len(self.voices) > 1


def questions_to_settle(reviews: Sequence[Review], answers: Mapping[int, Collection[Answered]]) -> list[ToSettle]:
    """The questions of the newest version that these reviews were given under: one query, none without a review.

    An answer under an older version is heard as long as the question means the same. Of two reviews by one person the
    newer one speaks.
    """
    if not reviews:
        return []
    rubric = rubric_to_settle(reviews)
    return [_to_settle(question, asked, _heard(question, reviews, answers)) for question, asked in asked_in(rubric)]


def _heard(
    question: Question, reviews: Sequence[Review], answers: Mapping[int, Collection[Answered]]
) -> dict[User, Answered]:
    meaning = meaning_of(question)
    return {
        review.reviewer: one
        for review in reviews
        for one in answers.get(review.pk, ())
        if meaning_of(one.question) == meaning
    }


def _to_settle(question: Question, asked: Asked, heard: Mapping[User, Answered]) -> ToSettle:
    people: defaultdict[str, list[User]] = defaultdict(list)
    for person, one in heard.items():
        people[one.words].append(person)
    voices = [Voice(words, who) for words, who in sorted(people.items(), key=lambda pair: (-len(pair[1]), pair[0]))]
    # One person's words are not another's: a lead writes their own.
    kept = [] if asked.kind == QuestionKind.TEXT else [one.value for one in heard.values() if _fits(asked, one.value)]
    return ToSettle(question, asked, voices, prevailing(kept))


def _fits(asked: Asked, value: Value) -> bool:
    """Whether the question can still be answered so."""
    try:
        return read_answer(asked, value) == value
    except Wrong:
        return False


def settled_before(gold: Review, questions: Iterable[ToSettle]) -> dict[str, Value]:
    """What a settlement answered, by the key of those of these questions that still mean the same: one query."""
    meanings = {meaning_of(one.question) for one in questions}
    given = answers_to([gold]).get(gold.pk, [])
    return {one.question.key: one.value for one in given if meaning_of(one.question) in meanings}
