"""Reads of issues. Every count is derived from standing memberships: open, of failures that nobody withdrew."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import Project
from annotate.models import Failure, Review
from annotate.queries.asking import Answered, answers_to
from annotate.queries.blind import EVERYTHING, Sight
from annotate.told import Assertion
from clustering.models import EmbedderFault
from clustering.queries import find_fault, is_embedded
from issues.lifecycle import State
from issues.models import FEWEST_MEMBERS, Issue, IssueMembership, Proposal, ProposalEvent, ProposalState
from issues.queries.withholding import seen_issues, seen_proposals, standing
from traces.models import SHOWN_AT, AgentSession, Step, StepKind

STANDING = Q(memberships__until=None, memberships__failure__withdrawn_at=None)
BOARD_DAYS, TREND_DAYS = 14, 30
READ_FOR_RELEASES = 2000
# A session without a time of its own counts on the day it arrived.
SEEN = Coalesce("failure__session__started_at", "failure__session__created_at")
BOARD_SEEN = Coalesce("memberships__failure__session__started_at", "memberships__failure__session__created_at")


def unplaced_failures(project: Project, sight: Sight = EVERYTHING) -> QuerySet[Failure]:
    """The project's failures that are not withdrawn and in no issue, embedded or not."""
    placed = IssueMembership.objects.filter(failure=OuterRef("pk"), until=None)
    return Failure.objects.filter(~Exists(placed), sight.of(), project=project, withdrawn_at=None)


def counted_issues(project: Project, sight: Sight = EVERYTHING) -> QuerySet[Issue]:
    """The project's issues with `sessions`, `users`, `failures` (confirmed, distinct), `first_seen` and `last_seen`.

    Only those that the reader may see, counted as far as they may.
    """
    session = "memberships__failure__session"
    told = STANDING & sight.of(session)
    named = told & ~Q(memberships__failure__session__user_ref="")
    return (
        seen_issues(Issue.objects.filter(project=project), sight)
        .select_related("owner")
        .annotate(
            sessions=Count(session, filter=told, distinct=True),
            users=Count(f"{session}__user_ref", filter=named, distinct=True),
            failures=Count("memberships", filter=told),  # a failure has one open membership
            first_seen=Min(BOARD_SEEN, filter=told),
            last_seen=Max(BOARD_SEEN, filter=told),
        )
    )


@dataclass
class BoardRow:
    """An issue as the board shows it. `days`: (day, sessions) for the board's days, zero-filled."""

    issue: Any
    days: list[tuple[str, int]]
    workflows: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The sparkline for those who do not see it."""
        total = sum(count for _, count in self.days)
        if not self.days:
            return "no sessions"
        noun = "session" if total == 1 else "sessions"
        return f"{total} confirmed {noun} from {self.days[0][0]} to {self.days[-1][0]}"


def board_rows(project: Project, issues: Iterable[Issue], sight: Sight = EVERYTHING) -> list[BoardRow]:
    """What the board shows beside the counts; the same few queries for one issue and for fifty."""
    issues = list(issues)
    rows = standing(sight).filter(issue__in=issues)
    days = last_days(project, BOARD_DAYS, sight)
    per_day: defaultdict[int, dict[date, int]] = defaultdict(dict)
    for issue_id, day, count in _by_day(rows, days):
        per_day[issue_id][day] = count
    workflows: defaultdict[int, list[str]] = defaultdict(list)
    found = rows.values("issue_id", workflow=F("failure__session__workflow"))
    for row in found.annotate(count=Count("failure__session", distinct=True)).order_by("-count", "workflow"):
        workflows[row["issue_id"]].append(row["workflow"] or "no workflow")
    return [
        BoardRow(issue, [(_short(day), per_day[issue.pk].get(day, 0)) for day in days], workflows[issue.pk])
        for issue in issues
    ]


def last_days(project: Project, count: int, sight: Sight = EVERYTHING) -> list[date]:
    """The `count` days up to the last one with a confirmed session in the project; none where there is none."""
    confirmed = IssueMembership.objects.standing().filter(failure__session=OuterRef("pk"), issue__project=project)
    newest = AgentSession.objects.filter(Exists(confirmed), sight.of("pk"), project=project).order_by(
        SHOWN_AT.desc(), "-id"
    )
    # The first that the index of the session list meets; a maximum would read every membership.
    last: datetime | None = newest.values_list(SHOWN_AT, flat=True).first()
    return [] if last is None else [last.date() - timedelta(days=back) for back in range(count - 1, -1, -1)]


def sessions_by_day(issue: Issue, sight: Sight = EVERYTHING) -> list[tuple[str, int]]:
    """(day, distinct confirmed sessions) up to the project's last day with data, zero-filled."""
    days = last_days(issue.project, TREND_DAYS, sight)
    found = {day: count for _, day, count in _by_day(standing(sight).filter(issue=issue), days)}
    return [(_short(day), found.get(day, 0)) for day in days]


def _by_day(rows: QuerySet[IssueMembership], days: Sequence[date]) -> list[tuple[int, date, int]]:
    """(issue, day, distinct sessions) from the first of these days on."""
    if not days:
        return []
    recent = rows.alias(seen=SEEN).filter(seen__gte=datetime.combine(days[0], time.min, UTC))
    by_day = recent.annotate(day=TruncDate(SEEN)).values("issue_id", "day")
    counted = by_day.annotate(count=Count("failure__session", distinct=True)).order_by("day")
    return [(row["issue_id"], row["day"], row["count"]) for row in counted]


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


@dataclass(frozen=True)
class Part:
    """One value of a breakdown: how many of the issue's sessions have it, and the same as a share 0..1."""

    label: str
    sessions: int
    share: float


def breakdown(issue: Issue, by: str, most: int = 6, sight: Sight = EVERYTHING) -> list[Part]:
    """The issue's distinct sessions by `workflow`, `release` or `tool` (of the root step), most first."""
    members = standing(sight).filter(issue=issue)
    rows = members.annotate(part=_part(by)).values("part")
    counted = list(rows.annotate(count=Count("failure__session", distinct=True)).order_by("-count", "part"))
    total = members.aggregate(total=Count("failure__session", distinct=True))["total"] or 1
    nothing = "not a tool call" if by == "tool" else f"no {by}"
    return [Part(row["part"] or nothing, row["count"], row["count"] / total) for row in counted[:most]]


def _part(by: str) -> F | Subquery:
    if by == "tool":
        root = Step.objects.filter(session=OuterRef("failure__session"), key=OuterRef("failure__root_step"))
        return Subquery(root.filter(kind=StepKind.TOOL).values("name")[:1])
    return F({"workflow": "failure__session__workflow", "release": "failure__session__release"}[by])


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
    shown = ("failure__session", "failure__review__reviewer", "failure__failure_type", "placed_by")
    return standing(sight).filter(issue=issue).select_related(*shown).order_by("-since", "-pk")


@dataclass
class Candidate:
    """A proposal as the inbox shows it: those of its failures that are still free, and its history."""

    proposal: Proposal
    members: list[Told]
    events: list[ProposalEvent]


def open_proposals(project: Project, sight: Sight = EVERYTHING) -> list[Candidate]:
    """The inbox, the largest first; the same few queries for one proposal and for fifty."""
    waiting = Proposal.objects.filter(seen_proposals(sight), project=project, state=ProposalState.OPEN)
    rows = _candidates(project, waiting)
    return sorted((row for row in rows if row.members), key=lambda row: (-len(row.members), row.proposal.pk))


def declined_proposals(project: Project, most: int, sight: Sight = EVERYTHING) -> list[Candidate]:
    """What was declined and could be opened again, the newest decline first; the same few queries for all."""
    declined = Proposal.objects.filter(seen_proposals(sight), project=project, state=ProposalState.DECLINED)
    rows = _candidates(project, declined.order_by("-decided_at", "-pk")[:most])
    return [row for row in rows if len(row.members) >= FEWEST_MEMBERS]


def _candidates(project: Project, proposals: QuerySet[Proposal]) -> list[Candidate]:
    chosen = list(proposals)
    pairs = Proposal.failures.through.objects.filter(proposal__in=chosen).values_list("proposal_id", "failure_id")
    members: defaultdict[int, list[int]] = defaultdict(list)
    for proposal_id, failure_id in pairs:
        members[proposal_id].append(failure_id)
    events: defaultdict[int, list[ProposalEvent]] = defaultdict(list)
    for event in ProposalEvent.objects.filter(proposal__in=chosen).select_related("actor"):
        events[event.proposal_id].append(event)
    free = unplaced_failures(project).filter(proposals__in=chosen).distinct()
    told = {row.failure.pk: row for row in with_steps(list(free.select_related("session", "failure_type")))}
    return [
        Candidate(proposal, [told[pk] for pk in sorted(members[proposal.pk]) if pk in told], events[proposal.pk])
        for proposal in chosen
    ]


@dataclass(frozen=True)
class Pool:
    """What waits: failures in no issue, those of them without a vector yet, and why the model is silent, if it is."""

    unplaced: int
    unread: int
    proposed: int
    fault: EmbedderFault | None


def read_pool(project: Project, sight: Sight = EVERYTHING) -> Pool:
    """How far grouping has come in this project."""
    proposals = Proposal.failures.through.objects.filter(
        seen_proposals(sight, "proposal"), failure=OuterRef("pk"), proposal__state=ProposalState.OPEN
    )
    counted = unplaced_failures(project, sight).aggregate(
        unplaced=Count("pk"),
        unread=Count("pk", filter=~is_embedded()),
        proposed=Count("pk", filter=Exists(proposals)),
    )
    return Pool(**counted, fault=find_fault())


def attachable_issues(project: Project, sight: Sight = EVERYTHING) -> QuerySet[Issue]:
    """Issues that failures can be attached to, newest first."""
    living = Issue.objects.filter(project=project).exclude(state=State.MERGED)
    return seen_issues(living, sight).order_by("-number")


def seen_workflows(project: Project) -> list[str]:
    """The workflows of the project's sessions, by name: one pass over an index, where asking issues reads them all."""
    named = AgentSession.objects.filter(project=project).exclude(workflow="")
    return list(named.order_by("workflow").values_list("workflow", flat=True).distinct())


def seen_releases(project: Project) -> list[str]:
    """The releases of the newest sessions, the newest first. All sessions would be a pass over the whole table."""
    newest = AgentSession.objects.filter(project=project).order_by(SHOWN_AT.desc(), "-id")
    found = newest.values_list("release", flat=True)[:READ_FOR_RELEASES]
    return [release for release in dict.fromkeys(found) if release]


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
