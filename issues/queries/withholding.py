"""What a reader may not see yet of issues and proposals: what others said of sessions that they are to judge alone."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotate.queries.blind import EVERYTHING, Sight
from issues.models import Issue, IssueEvent, IssueMembership, MembershipQuerySet, Proposal, Source

SESSION = "failure__session"


def standing(sight: Sight = EVERYTHING) -> MembershipQuerySet:
    """The rows that hold now and count, of failures that the reader may see."""
    return IssueMembership.objects.standing().filter(sight.of(SESSION))


def seen_issues(issues: QuerySet[Issue], sight: Sight) -> QuerySet[Issue]:
    """Those of the issues that are not made of withheld failures alone: a title tells as much as a note."""
    if sight.hidden is None:
        return issues
    rows = IssueMembership.objects.filter(issue=OuterRef("pk")).exclude(source=Source.REFUSED)
    return issues.filter(Exists(rows.filter(sight.of(SESSION))) | ~Exists(rows))


def seen_proposals(sight: Sight, proposal: str = "pk") -> Q:
    """On rows: the proposal that this field leads to holds nothing withheld, nor concerns an issue that is.

    Its title is made of all their words.
    """
    if sight.hidden is None:
        return Q()
    told = Proposal.failures.through.objects.filter(sight.hides(SESSION)).values("proposal")
    unseen = Issue.objects.exclude(pk__in=seen_issues(Issue.objects.all(), sight).values("pk")).values("pk")
    about = Proposal.objects.filter(Q(subject__in=unseen) | Q(other__in=unseen)).values("pk")
    return ~Q(**{f"{proposal}__in": told}) & ~Q(**{f"{proposal}__in": about})


def seen_events(issue: Issue, sight: Sight = EVERYTHING) -> QuerySet[IssueEvent] | list[IssueEvent]:
    """The issue's events, the newest first, with only those failures that the reader may see: two queries at most."""
    events = issue.events.select_related("actor", "decision__actor")
    if sight.hidden is None:
        return events
    rows = IssueMembership.objects.filter(sight.hides(SESSION), issue=issue)
    return list(_without(events, set(rows.values_list("failure_id", flat=True))))


def _without(events: Iterable[IssueEvent], hidden: set[int]) -> Iterable[IssueEvent]:
    for event in events:
        told = event.detail.get("failures")
        if told is not None and not hidden.isdisjoint(told):
            # The session that a regression names may be that of a withheld failure.
            detail = {name: value for name, value in event.detail.items() if name not in {"session", "seen_in"}}
            event.detail = {**detail, "failures": [pk for pk in told if pk not in hidden]}
        if told is None or event.detail["failures"]:
            yield event
