"""What reviews teach about signals: a new model when they moved its weights, beside how honest the last ones were.

A model is never changed. Its `report` says how the probabilities that reviewers' sessions had *before* their judgement
(`Review.expected_failure`) compare with what was found: nothing that was learned from a review predicts that review.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from accounts.models import Project
from annotate.models import Outcome, PriorityModel, Review, Stratum
from annotate.priority import PRIOR_VERSION, Model, features, fit
from annotate.priority.features import is_coordinate
from annotate.priority.reliability import report_on
from annotate.queries.evidence import Reader, Seen, as_ranked, labels, model_of, newest_model
from traces.models import AgentSession

log = logging.getLogger(__name__)
LEARNED_FROM = 5_000
REPORTED_ON = 2_000
# Undoing reaches back twenty judgements a person; among so many newest ones a change shows.
LOOKED_AT = 500
REMEMBERED_SECONDS = 3_600
# A weight that moves by less makes no difference that anybody could see.
MOVED = 0.1
# So many more reviews are worth a new report, even where the weights stand.
GROWN_BY = 1.1


def learn_from_reviews() -> int:
    """Fits anew the projects whose judgements changed since that was last looked at; how many have a new model."""
    learned = 0
    for project in Project.objects.filter(Exists(Review.objects.filter(project=OuterRef("pk")))).order_by("pk"):
        stamp = _stamp(project)
        if cache.get(_key(project)) == stamp:
            continue
        try:
            learned += learn(project) is not None
        except Exception:  # one project that cannot be learned from keeps no other waiting
            log.exception("Nothing could be learned from the reviews of project %s.", project.pk)
        cache.set(_key(project), stamp, REMEMBERED_SECONDS)
    return learned


def learn(project: Project) -> PriorityModel | None:
    """The project's next model; None where its reviews say what they said before."""
    before = newest_model(project)
    found = labels(project, LEARNED_FROM)
    seen = {one.session.pk: one for one in _seen(found)}
    rows = [features(one.signals, one.facts) for one in seen.values()]
    failed = [found[pk].failed for pk in seen]
    model = fit(rows, failed)
    if not _is_news(before, model, len(failed)):
        return None
    return _keep(project, before, model, failed, {**_report(project), "reviews": _evidence(rows)})


def _seen(session_ids: Iterable[int]) -> list[Seen]:
    return Reader().read(list(as_ranked(AgentSession.objects.filter(pk__in=list(session_ids))).order_by("pk")))


def _is_news(before: PriorityModel | None, model: Model, reviews: int) -> bool:
    """Whether a model differs from the one before, or from the prior where there is none, in what it says."""
    if before is not None and before.prior_version != PRIOR_VERSION:
        return True
    has_grown = reviews > 0 if before is None else reviews > before.reviews * GROWN_BY
    return has_grown or furthest_moved(model_of(before), model) > MOVED


def furthest_moved(before: Model, after: Model) -> float:
    """By how much the mean of the weight moved that moved most; coordinates of profiles say nothing one by one."""
    names = {name for name in {*before.weights, *after.weights} if not is_coordinate(name)}
    return max((abs(before.weight(name) - after.weight(name)) for name in names), default=0.0)


def _keep(
    project: Project, before: PriorityModel | None, model: Model, failed: Sequence[bool], report: dict[str, Any]
) -> PriorityModel | None:
    try:
        with transaction.atomic():
            return PriorityModel.objects.create(
                project=project,
                number=before.number + 1 if before else 1,
                prior_version=PRIOR_VERSION,
                weights={name: [round(mean, 6), round(sd, 6)] for name, (mean, sd) in model.weights.items()},
                reviews=len(failed),
                failures=sum(failed),
                report=report,
            )
    except IntegrityError:  # another worker learned the same in this instant
        return None


def _evidence(rows: Iterable[Mapping[str, float]]) -> dict[str, int]:
    """How many reviewed sessions had each feature."""
    return dict(Counter(name for row in rows for name in row))


def _report(project: Project) -> dict[str, Any]:
    """How probabilities compare with what was found, of all reviews and of those in random samples."""
    judged = Review.objects.filter(project=project, withdrawn_at=None, expected_failure__gt=0)
    newest = judged.exclude(outcome=Outcome.UNKNOWN).order_by("-submitted_at", "-pk")
    rows = list(newest.values_list("expected_failure", "outcome", "slot__item__stratum")[:REPORTED_ON])
    told = [(float(expected or 0), outcome == Outcome.FAILURE, stratum) for expected, outcome, stratum in rows]
    drawn = [one for one in told if one[2] == Stratum.RANDOM]
    return {
        name: report_on([expected for expected, _, _ in some], [failed for _, failed, _ in some])
        for name, some in (("all", told), ("random", drawn))
    }


def _stamp(project: Project) -> tuple[int | None, int, int, datetime | None]:
    """Differs whenever judgements were added or withdrawn, or the prior changed."""
    newest = Review.objects.filter(project=project).order_by("-submitted_at", "-pk").values_list("pk", "withdrawn_at")
    rows = list(newest[:LOOKED_AT])
    withdrawn = [moment for _, moment in rows if moment is not None]
    return (rows[0][0] if rows else None), PRIOR_VERSION, len(withdrawn), max(withdrawn, default=None)


def _key(project: Project) -> str:
    return f"annotate.learned.{project.pk}"
