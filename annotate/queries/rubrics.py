"""Rubrics, their versions, and the labels that were given under an older meaning."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from operator import or_

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from accounts.models import Membership, Project
from annotate.models import Answer, Question, Queue, Review, Rubric
from annotate.queries.blind import EVERYTHING, Sight, withheld
from annotate.queries.examples import hide_examples
from annotate.rubric_versions import Change, Wording, changes, same_lines

# What the outcome of a review goes by, where questions go by their keys: no key of one is empty.
OUTCOME = ""
VERSIONS_SHOWN = 30


@dataclass(frozen=True)
class RubricRow:
    """The newest version of a rubric; `queues` ask it in some version, `reviews` were given under any."""

    rubric: Rubric
    questions: int
    queues: Sequence[Queue]
    reviews: int


@dataclass(frozen=True)
class VersionRow:
    """One version, with what it changed from the one before, and how many reviews that stand were given under it."""

    rubric: Rubric
    reviews: int
    changes: Sequence[Change]
    queues: Sequence[Queue] = ()


@dataclass(frozen=True)
class StaleLabel:
    """Labels given under an older meaning. `key` is the question's, or OUTCOME; `sessions` are ids, oldest first."""

    key: str
    text: str
    since: int
    sessions: Sequence[int] = field(default_factory=list)


def newest_rubrics(project: Project) -> QuerySet[Rubric]:
    """The newest version of each rubric, by name."""
    newer = Rubric.objects.filter(project=project, name=OuterRef("name"), version__gt=OuterRef("version"))
    return Rubric.objects.filter(~Exists(newer), project=project).order_by("name")


def newest_of(rubric: Rubric) -> Rubric:
    """The newest version of the same rubric."""
    return newest_rubrics(rubric.project).get(name=rubric.name)


def rubric_rows(project: Project) -> list[RubricRow]:
    """The project's rubrics by name. Three queries."""
    newest = list(newest_rubrics(project).select_related("created_by").annotate(asked=Count("questions")))
    queues = _queues_by_name(project)
    standing = Review.objects.filter(project=project, withdrawn_at=None, is_gold=False)
    reviews = dict(standing.values_list("rubric__name").annotate(given=Count("pk")).order_by())
    return [RubricRow(one, one.asked, queues[one.name], reviews.get(one.name, 0)) for one in newest]


def queues_on(rubric: Rubric) -> list[Queue]:
    """The queues that ask this rubric in any version, by name."""
    return _queues_by_name(rubric.project)[rubric.name]


def _queues_by_name(project: Project) -> Mapping[str, list[Queue]]:
    found: dict[str, list[Queue]] = defaultdict(list)
    for queue in Queue.objects.filter(project=project).select_related("rubric").order_by("-is_open", "name"):
        found[queue.rubric.name].append(queue)
    return found


def version_rows(rubric: Rubric, reader: Membership | None = None) -> list[VersionRow]:
    """The newest 30 versions of the same rubric, newest first, each with what it changed. Five queries.

    For a `reader` without what is withheld from them: examples, and of which settlement a version followed. Then up to
    two more.
    """
    same = Rubric.objects.filter(project=rubric.project_id, name=rubric.name).order_by("-version")
    shown = same.select_related("created_by", "because_of__session").prefetch_related("questions")
    versions = list(shown[: VERSIONS_SHOWN + 1])
    if reader is not None:
        hide_examples(versions, reader)
        _hide_causes(versions, reader)
    standing = Review.objects.filter(rubric__in=[one.pk for one in versions], withdrawn_at=None, is_gold=False)
    reviews = dict(standing.values_list("rubric").annotate(given=Count("pk")).order_by())
    queues = queues_on(rubric)
    new = {one.pk: changes_of(before, one) for one, before in pairwise(versions)}
    return [
        VersionRow(one, reviews.get(one.pk, 0), new.get(one.pk, []), [each for each in queues if each.rubric == one])
        for one in versions[:VERSIONS_SHOWN]
    ]


def _hide_causes(versions: Sequence[Rubric], reader: Membership) -> None:
    """That a session was settled tells nobody who is still to judge it alone."""
    settled = {one.because_of.session_id for one in versions if one.because_of}
    away = withheld(reader, settled) if settled else set()
    for one in versions:
        if one.because_of and one.because_of.session_id in away:
            one.because_of = None


def changes_of(before: Rubric, after: Rubric) -> list[Change]:
    """What a version changed from the one before it. Both come with their questions."""
    told = changes(wordings(before), wordings(after), after.version)
    is_meaning = after.outcome_since == after.version
    old, new = same_lines(before.guidance), same_lines(after.guidance)
    if old != new:
        words = "What counts as a success and a failure"
        return [Change(words, is_meaning=is_meaning, before=old, after=new), *told]
    return [Change("The outcome means something else from now on", is_meaning=True), *told] if is_meaning else told


def wordings(rubric: Rubric) -> list[Wording]:
    """The questions of a version, in their order."""
    return [_wording(question) for question in rubric.questions.all()]


def _wording(question: Question) -> Wording:
    return Wording(
        key=question.key,
        kind=question.kind,
        text=question.text,
        guidance=same_lines(question.guidance),
        options=question.options or None,
        is_required=question.is_required,
        since=question.since,
    )


def keys_ever(rubric: Rubric) -> set[str]:
    """The keys of all questions that any version of the rubric had."""
    questions = Question.objects.filter(rubric__project=rubric.project_id, rubric__name=rubric.name)
    return set(questions.values_list("key", flat=True).distinct())


def stale_labels(rubric: Rubric, sight: Sight = EVERYTHING) -> list[StaleLabel]:
    """What was said under an older meaning than that of this version, the outcome first. At most two queries.

    A session counts for as long as nobody has judged it under the present meaning.
    """
    found = {OUTCOME: _stale_outcomes(rubric, sight), **_stale_answers(rubric, sight)}
    asked = _asked(rubric)
    return [StaleLabel(key, *asked[key], sessions) for key, sessions in found.items() if sessions]


def stale_label(rubric: Rubric, key: str, sight: Sight = EVERYTHING) -> StaleLabel | None:
    """The same of one question, or of the outcome, even if nothing is left; None where this version has no such one."""
    asked = _asked(rubric)
    if key not in asked:
        return None
    left = [label for label in stale_labels(rubric, sight) if label.key == key]
    return left[0] if left else StaleLabel(key, *asked[key])


def _asked(rubric: Rubric) -> dict[str, tuple[str, int]]:
    """What is asked in words, and since when it means what it does, by key."""
    questions = {question.key: (question.text, question.since) for question in rubric.questions.all()}
    return {OUTCOME: ("The outcome", rubric.outcome_since), **questions}


def _stale_outcomes(rubric: Rubric, sight: Sight) -> list[int]:
    if rubric.outcome_since <= 1:
        return []
    under = Review.objects.filter(sight.of(), project=rubric.project_id, rubric__name=rubric.name, withdrawn_at=None)
    newest = under.values_list("session").annotate(newest=Max("rubric__version")).order_by("session")
    return [session for session, _ in newest.filter(newest__lt=rubric.outcome_since)]


def _stale_answers(rubric: Rubric, sight: Sight) -> dict[str, list[int]]:
    """By the question's key, in the order of the questions: the sessions."""
    moved = {question.key: question.since for question in rubric.questions.all() if question.since > 1}
    if not moved:
        return {}
    given = Answer.objects.filter(
        sight.of("review__session"),
        review__project=rubric.project_id,
        review__withdrawn_at=None,
        question__rubric__name=rubric.name,
        question__key__in=moved,
    )
    newest = given.values_list("question__key", "review__session").annotate(newest=Max("question__rubric__version"))
    older = reduce(or_, (Q(question__key=key, newest__lt=since) for key, since in moved.items()))
    found: dict[str, list[int]] = {key: [] for key in moved}
    for key, session, _ in newest.filter(older).order_by("review__session"):
        found[key].append(session)
    return found
