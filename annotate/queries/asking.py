"""The questions of a rubric, and what reviews answered to them."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from annotate.answers import Asked, Value, in_words
from annotate.models import Answer, Question, Review, Rubric
from common.keys import is_key


def asked_in(rubric: Rubric) -> list[tuple[Question, Asked]]:
    """The rubric's questions in order, each with what answers depend on: one query, or none where they are loaded."""
    return [(question, asked_of(question)) for question in rubric.questions.all()]


def asked_of(question: Question) -> Asked:
    """The question as a plain value."""
    return Asked(question.key, question.kind, question.text, question.options, question.is_required)


class Meaning(NamedTuple):
    """What makes answers comparable: the question, by its rubric's name and its key, and since when it means what."""

    rubric: str
    key: str
    since: int


def meaning_of(question: Question) -> Meaning:
    """The question comes with its rubric."""
    return Meaning(question.rubric.name, question.key, question.since)


def rubric_shown(current: Rubric, number: str) -> Rubric:
    """The rubric that a page showed, by its id; the current one where that is none of the project.

    A queue may have been given a newer version, or another rubric, while somebody had a session open, or while their
    review waited to be sent: they answered what they saw.
    """
    if not is_key(number):
        return current
    return Rubric.objects.filter(project=current.project_id, pk=int(number)).first() or current


class Answered(NamedTuple):
    """A question, and its answer: in words, and as it is kept."""

    question: Question
    words: str
    value: Value


def answers_to(reviews: Collection[Review]) -> dict[int, list[Answered]]:
    """What these reviews answered, by review, in the order of the questions, which have their rubrics: one query."""
    found: defaultdict[int, list[Answered]] = defaultdict(list)
    rows = Answer.objects.filter(review__in=reviews).select_related("question__rubric")
    for answer in rows.order_by("question__position", "question"):
        words = in_words(asked_of(answer.question), answer.value)
        found[answer.review_id].append(Answered(answer.question, words, answer.value))
    return dict(found)
