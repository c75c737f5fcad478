"""Reads of one issue's members and of what people judged, with the steps that failures name."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from annotate.models import Failure, Review
from annotate.queries.asking import Answered, answers_to
from annotate.queries.blind import EVERYTHING, Sight
from annotate.told import Assertion
from issues.models import Issue, IssueMembership
from issues.queries.withholding import standing
from traces.models import AgentSession, Step, StepKind

OF_SESSION = {name: f"failure__session__{name}" for name in ("workflow", "release", "model")}
NOTHING = {"tool": "not a tool call", "step": "a step that is gone"}


@dataclass(frozen=True)
class Part:
    """One value of a breakdown: how many of the issue's sessions have it, and the same as a share 0..1.

    `query`: what lists these sessions; "" where no filter tells them.
    """

    label: str
    sessions: int
    share: float
    query: str = ""


def breakdown(issue: Issue, by: str, most: int = 6, sight: Sight = EVERYTHING) -> list[Part]:
    """The issue's distinct sessions by `workflow`, `release`, `model`, `tool` or `step` (of the root step), most first.

    `step` is the kind of step; a session with failures at two kinds counts for both.
    """
    members = standing(sight).filter(issue=issue)
    rows = members.annotate(part=_part(by)).values("part")
    counted = list(rows.annotate(count=Count("failure__session", distinct=True)).order_by("-count", "part"))
    total = members.aggregate(total=Count("failure__session", distinct=True))["total"] or 1
    return [
        Part(_label(by, row["part"]), row["count"], row["count"] / total, _query(issue, by, row["part"]))
        for row in counted[:most]
    ]


def _part(by: str) -> F | Subquery:
    if by in OF_SESSION:
        return F(OF_SESSION[by])
    root = Step.objects.filter(session=OuterRef("failure__session"), key=OuterRef("failure__root_step"))
    if by == "tool":
        return Subquery(root.filter(kind=StepKind.TOOL).values("name")[:1])
    return Subquery(root.values("kind")[:1])


def _label(by: str, part: str | None) -> str:
    if not part:
        return NOTHING.get(by, f"no {by}")
    return str(StepKind(part).label) if by == "step" else part


def _query(issue: Issue, by: str, part: str | None) -> str:
    if by not in OF_SESSION:
        return ""
    return urlencode({"issue": issue.number, **({by: part} if part else {"known": f"no_{by}"})})


@dataclass(frozen=True)
class Quoted:
    """A passage that shows a failure, with its step where the session still has it."""

    text: str
    step: Step | None


@dataclass(frozen=True)
class Told:
    """A failure with the steps it names, where its session still has them."""

    failure: Failure
    root: Step | None
    surfaced: Step | None
    membership: IssueMembership | None = None
    quotes: tuple[Quoted, ...] = ()

    @property
    def assertions(self) -> list[Assertion]:
        """What a test of it asks."""
        return [Assertion(**one) for one in self.failure.assertions]


def with_steps(failures: Sequence[Failure], memberships: Sequence[IssueMembership] = ()) -> list[Told]:
    """The failures with the steps that they name; one query for all."""
    keys = {key for failure in failures for key in _named(failure) if key}
    found = Step.objects.filter(session__in={failure.session_id for failure in failures}, key__in=keys)
    light = found.only("id", "session_id", "key", "position", "kind", "role", "name")
    steps = {(step.session_id, step.key): step for step in light}
    places = {membership.failure_id: membership for membership in memberships}
    return [
        Told(
            failure,
            steps.get((failure.session_id, failure.root_step)),
            steps.get((failure.session_id, failure.surfaced_step)),
            places.get(failure.pk),
            tuple(Quoted(one["text"], steps.get((failure.session_id, one["step"]))) for one in failure.quotes),
        )
        for failure in failures
    ]


def _named(failure: Failure) -> list[str]:
    return [failure.root_step, failure.surfaced_step, *(quote["step"] for quote in failure.quotes)]


def standing_members(issue: Issue, sight: Sight = EVERYTHING) -> QuerySet[IssueMembership]:
    """The issue's standing memberships with all that their rows show, newest first."""
    shown = ("failure__session", "failure__review__reviewer", "failure__failure_type", "placed_by", "opened_by", "rule")
    return standing(sight).filter(issue=issue).select_related(*shown).order_by("-since", "-pk")


@dataclass(frozen=True)
class Judgement:
    """A standing review: what it answered, and the failures that it told of, each with its issue, if it is in one."""

    review: Review
    failures: list[Told]
    answers: list[Answered]


def judgements_of(session: AgentSession) -> list[Judgement]:
    """What a lead settled about a session, then what people said, in the order they said it.

    With what was overruled. The same few queries for one review and for ten.
    """
    standing = Review.objects.filter(session=session, withdrawn_at=None).select_related("reviewer")
    reviews = list(standing.order_by("-is_gold", "submitted_at", "pk"))
    told_and_kept = Q(withdrawn_at=None) | Q(overruled_by__isnull=False)
    failures = list(
        Failure.objects.filter(told_and_kept, session=session, review__withdrawn_at=None)
        .select_related("failure_type")
        .order_by("pk")
    )
    places = IssueMembership.objects.standing().filter(failure__in=failures).select_related("issue")
    told: defaultdict[int, list[Told]] = defaultdict(list)
    for row in with_steps(failures, list(places)):
        told[row.failure.review_id].append(row)
    answers = answers_to(reviews)
    return [Judgement(review, told[review.pk], answers.get(review.pk, [])) for review in reviews]
