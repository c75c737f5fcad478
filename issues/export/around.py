"""What is said around failures: by all reviewers of their sessions, by leads, and by who placed them in issues."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import eq
from typing import Any

from django.db.models import F

from annotate.agreement import pairs_that
from annotate.models import Answer, Failure, Review
from annotate.queries.agreement import comparable
from issues.models import IssueMembership
from issues.queries.changes import last_changes

Row = dict[str, Any]


@dataclass(frozen=True)
class Around:
    """What is said around some failures, by session unless told otherwise.

    `places`: where failures are, by failure. `numbers`: of all issues that the session's failures are in. `reviews`:
    what its reviewers stand by, the oldest first. `golds`: the settlement that stands. `adopted`: failures that one
    built on. `answers`: by review. `changed_at`: when anything of it was changed last.
    """

    places: Mapping[int, IssueMembership]
    numbers: Mapping[int, Collection[int]]
    reviews: Mapping[int, Sequence[Review]]
    golds: Mapping[int, Review]
    adopted: Collection[int]
    answers: Mapping[int, Row]
    changed_at: Mapping[int, datetime]


def read_around(failures: Sequence[Failure]) -> Around:
    """Eight queries, however many failures."""
    sessions = {failure.session_id for failure in failures}
    places, numbers = _places(sessions)
    reviews, golds = _reviews(sessions)
    answered = {failure.review_id for failure in failures} | {gold.pk for gold in golds.values()}
    return Around(
        places=places,
        numbers=numbers,
        reviews=reviews,
        golds=golds,
        adopted=_adopted(failures),
        answers=_answers(answered),
        changed_at=last_changes(sessions),
    )


def _places(sessions: Collection[int]) -> tuple[dict[int, IssueMembership], dict[int, set[int]]]:
    standing = IssueMembership.objects.standing().filter(failure__session__in=sessions)
    places: dict[int, IssueMembership] = {}
    numbers: defaultdict[int, set[int]] = defaultdict(set)
    rows: Any = standing.select_related("issue").annotate(session=F("failure__session"))
    for place in rows:
        places[place.failure_id] = place
        numbers[place.session].add(place.issue.number)
    return places, numbers


def _reviews(sessions: Collection[int]) -> tuple[dict[int, list[Review]], dict[int, Review]]:
    standing = Review.objects.filter(session__in=sessions, withdrawn_at=None).select_related("reviewer", "rubric")
    reviews: defaultdict[int, list[Review]] = defaultdict(list)
    golds: dict[int, Review] = {}
    for review in standing.order_by("submitted_at", "pk"):
        if review.is_gold:
            golds[review.session_id] = review
        else:
            reviews[review.session_id].append(review)
    return reviews, golds


def _adopted(failures: Sequence[Failure]) -> set[int]:
    standing = Review.adopts.through.objects.filter(failure__in=failures, review__withdrawn_at=None)
    return set(standing.values_list("failure_id", flat=True))


def _answers(reviews: Collection[int]) -> dict[int, Row]:
    """By review, what it answered to the rubric's questions, by their keys."""
    found: dict[int, Row] = {}
    given = Answer.objects.filter(review__in=reviews).order_by("question__position")
    for review, key, value in given.values_list("review_id", "question__key", "value"):
        found.setdefault(review, {})[key] = value
    return found


def agreement_of(reviews: Sequence[Review]) -> Row | None:
    """How far the reviewers of one session (the oldest first) agree on its outcome; None where no two can be compared.

    Those who judged under the definition of the outcome that most of them had; who judged twice counts with the newest.
    """
    newest_first = reversed(reviews)
    said = comparable(
        ((review.rubric.name, review.rubric.outcome_since), review.reviewer_id, review.outcome)
        for review in newest_first
    )
    [((agreed, pairs), _)] = pairs_that(eq, [list(said.values())])
    return {"reviewers": len(said), "pairs": pairs, "agreed": agreed} if pairs else None
