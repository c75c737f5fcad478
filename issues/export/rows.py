"""Labelled failures as plain rows: everything that a data scientist needs without a second call."""

from collections.abc import Mapping, Sequence

from annotate.models import Failure, Review
from issues.export.around import Around, Row, agreement_of, read_around
from issues.models import IssueMembership
from issues.queries import Told, with_steps
from issues.sampling import part_of
from traces.models import AgentSession, Step

# By session: how many it stands for in estimates. Those that were chosen, not drawn, are not in it.
Weights = Mapping[int, float]
DIGITS = 6
SHOWN = ("project", "session", "failure_type", "review__reviewer", "review__rubric", "review__slot__item")


def to_rows(failures: Sequence[Failure], weights: Weights) -> list[Row]:
    """The failures (with SHOWN selected) as rows; nine more queries for all."""
    around = read_around(failures)
    return [
        _of_failure(told) | _around(told.failure, around) | {"weight": weights.get(told.failure.session_id)}
        for told in with_steps(failures)
    ]


def _of_failure(told: Told) -> Row:
    """What was said of the failure itself, and how its session came to be judged."""
    failure = told.failure
    item = failure.review.slot.item if failure.review.slot else None
    return {
        "id": failure.pk,
        "note": failure.note,
        "expected": failure.expected,
        "quotes": failure.quotes,
        "assertions": failure.assertions,
        "failure_type": failure.failure_type.name if failure.failure_type else None,
        "severity": failure.severity,
        "withdrawn": failure.withdrawn_at is not None,
        "overruled": failure.overruled_by_id is not None,
        "created_at": failure.created_at,
        "session": _session(failure.session),
        "root_step": _step(failure.root_step, told.root),
        "surfaced_step": _step(failure.surfaced_step, told.surfaced),
        "selection_probability": _rounded(item.selection_probability) if item else None,
        "stratum": item.stratum if item else None,
    }


def _around(failure: Failure, around: Around) -> Row:
    """What else was said of its session, and where it belongs."""
    session = failure.session
    reviews, gold = around.reviews.get(session.pk, []), around.golds.get(session.pk)
    return {
        "updated_at": around.changed_at[session.pk],
        "review": _review(failure.review, around.answers),
        "adopted": failure.pk in around.adopted,
        "settlement": _settlement(gold, around.answers) if gold else None,
        "verdicts": [_verdict(review) for review in reviews],
        "agreement": agreement_of(reviews),
        "split": part_of(failure.project.slug, session.pk, around.numbers.get(session.pk, ())),
        **_place(around.places.get(failure.pk)),
    }


def _session(session: AgentSession) -> Row:
    return {
        "id": session.pk,
        "external_id": session.external_id,
        "workflow": session.workflow,
        "release": session.release,
        "environment": session.environment,
        "model": session.model,
        "started_at": session.started_at,
    }


def _review(review: Review, answers: Mapping[int, Row]) -> Row:
    return {
        "id": review.pk,
        "outcome": review.outcome,
        "reviewer": review.reviewer.email,
        "submitted_at": review.submitted_at,
        "is_gold": review.is_gold,
        **_grounds(review, answers),
    }


def _settlement(gold: Review, answers: Mapping[int, Row]) -> Row:
    return {
        "review": gold.pk,
        "outcome": gold.outcome,
        "settled_by": gold.reviewer.email,
        "settled_at": gold.submitted_at,
        **_grounds(gold, answers),
    }


def _grounds(review: Review, answers: Mapping[int, Row]) -> Row:
    """Why it was judged so, and by which rubric."""
    return {
        "reason": review.reason,
        "rubric": review.rubric.name,
        "rubric_version": review.rubric.version,
        "answers": answers.get(review.pk, {}),
    }


def _verdict(review: Review) -> Row:
    return {
        "review": review.pk,
        "reviewer": review.reviewer.email,
        "outcome": review.outcome,
        "submitted_at": review.submitted_at,
        "rubric": review.rubric.name,
        "rubric_version": review.rubric.version,
    }


def _place(place: IssueMembership | None) -> Row:
    """The issue, and who or what put the failure there."""
    if place is None:
        return {"issue": None, "membership": None}
    issue = place.issue
    return {
        "issue": {"number": issue.number, "title": issue.title, "state": issue.state},
        "membership": {"source": place.source, "score": place.score, "since": place.since},
    }


def _step(key: str, step: Step | None) -> Row | None:
    """A named step; only its key where its session no longer has it."""
    if not key:
        return None
    if step is None:
        return {"key": key, "position": None, "kind": None, "name": None}
    return {"key": key, "position": step.position, "kind": step.kind, "name": step.name}


def _rounded(chance: float | None) -> float | None:
    """To what a draw is worth: how it was divided leaves a tail of digits that say nothing."""
    return None if chance is None else round(chance, DIGITS)
