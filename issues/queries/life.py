"""Evidence of what became of issues: what came after a fix, while one is ignored, and what people took back."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet

from accounts.models import Project
from annotate.models import Outcome, Review
from annotate.queries.blind import EVERYTHING, Sight
from issues.lifecycle import OVER, Act, State
from issues.lifecycle.fixes import VERIFIED_AFTER, Progress
from issues.lifecycle.ignoring import Meanwhile
from issues.lifecycle.releases import in_order
from issues.models import Decision, DecisionKind, Issue, IssueMembership, LifeRule, Release, Source
from issues.queries.counts import SEEN
from issues.queries.withholding import standing
from traces.models import SHOWN_AT, AgentSession


def ordered_releases(project: Project) -> list[Release]:
    """The project's releases, the oldest first: one query."""
    rows = {row.name: row for row in Release.objects.filter(project=project)}
    return [rows[known.name] for known in in_order(row.known() for row in rows.values())]


def release_places(project: Project) -> dict[str, int]:
    """By its name, where a release stands among the project's; the oldest is 0."""
    return {release.name: place for place, release in enumerate(ordered_releases(project))}


def verified_after(project: Project) -> int:
    """How many reviewed sessions without it verify a fix in this project."""
    told = LifeRule.objects.filter(project=project).values_list("verified_after", flat=True).first()
    return VERIFIED_AFTER if told is None else told


@dataclass(frozen=True)
class Confirmed:
    """A failure that was put into an issue after this was said to be fixed, with its session's release and time."""

    failure: int
    session: int
    release: str
    seen: datetime


def confirmed_since_fixed(project: Project) -> dict[int, list[Confirmed]]:
    """By issue, what was confirmed of it since somebody said that it is fixed, and was not known then: one query."""
    before = IssueMembership.objects.filter(
        issue=OuterRef("issue"), failure=OuterRef("failure"), since__lte=OuterRef("issue__fixed_at")
    )
    fixed = standing().filter(issue__project=project, issue__state__in=OVER, since__gt=F("issue__fixed_at"))
    # Who was left out was known as something else.
    rows = fixed.exclude(Exists(before.exclude(source=Source.REFUSED))).annotate(seen=SEEN)
    found: defaultdict[int, list[Confirmed]] = defaultdict(list)
    told = rows.values_list("issue_id", "failure_id", "failure__session_id", "failure__session__release", "seen")
    for issue, *fields in told.order_by("seen", "failure_id"):
        found[issue].append(Confirmed(*fields))
    return dict(found)


def progress_of(issue: Issue, places: Mapping[str, int], needed: int, sight: Sight = EVERYTHING) -> Progress:
    """How many reviewed sessions of its workflows came after its fix without it: one query; none without a fix."""
    if issue.fix is None:
        return Progress(0, needed)
    members = standing(sight).filter(issue=issue)
    sessions = reviewed_sessions(issue.project, sight).filter(workflow__in=members.values("failure__session__workflow"))
    without = sessions.exclude(pk__in=members.values("failure__session"))
    if not issue.fix.release:
        return Progress(without.alias(seen=SHOWN_AT).filter(seen__gt=issue.fix.at).count(), needed)
    counted = without.order_by().values_list("release").annotate(count=Count("pk"))
    after = [count for release, count in counted if issue.fix.covers(release=release, seen=issue.fix.at, places=places)]
    return Progress(sum(after), needed)


def reviewed_sessions(project: Project, sight: Sight = EVERYTHING) -> QuerySet[AgentSession]:
    """The sessions of which somebody said whether they went well."""
    judged = Review.objects.filter(session=OuterRef("pk"), withdrawn_at=None).exclude(outcome=Outcome.UNKNOWN)
    return AgentSession.objects.filter(Exists(judged), sight.of("pk"), project=project)


def last_confirmed(issue: Issue) -> datetime | None:
    """When its newest confirmed session was."""
    newest: datetime | None = standing().filter(issue=issue).aggregate(newest=Max(SEEN))["newest"]
    return newest


def meanwhile(issue: Issue, now: datetime) -> Meanwhile:
    """What was told of an issue since it is ignored; users within its period."""
    rows = standing().filter(issue=issue, failure__created_at__gt=issue.stood_since)
    start = now - timedelta(days=issue.ignore_days or 0)
    users = rows.alias(seen=SEEN).filter(seen__gte=start).exclude(failure__session__user_ref="")
    return Meanwhile(
        now=now,
        sessions=rows.aggregate(found=Count("failure__session", distinct=True))["found"],
        users=users.aggregate(found=Count("failure__session__user_ref", distinct=True))["found"],
        is_escalating=issue.escalating_since is not None,
    )


@dataclass(frozen=True)
class TakenBack:
    """What evidence did to issues and people undid: the same evidence does not do it again."""

    acts: frozenset[tuple[int, str, str]]
    failures: frozenset[tuple[int, int]]

    def has(self, issue: Issue, act: Act) -> bool:
        """Whether the act was undone, done to the issue since it came into the state in which it is now."""
        return (issue.pk, act.value, issue.stood_since.isoformat()) in self.acts


def taken_back(project: Project) -> TakenBack:
    """One query."""
    undone = Decision.objects.filter(project=project, kind=DecisionKind.STATE, actor=None, undone_by__isnull=False)
    acts, failures = set(), set()
    for detail in undone.values_list("detail", flat=True):
        for change in detail.get("changes", ()):
            acts.add((change["issue"], str(detail.get("act")), str(change["before"].get("stood_since"))))
            failures |= {(change["issue"], failure) for failure in detail.get("failures", ())}
    return TakenBack(frozenset(acts), frozenset(failures))


def usual_severities(project: Project) -> dict[int, Counter[str]]:
    """By issue whose severity nobody chose: how many of its failures are of which."""
    rows = standing().filter(issue__project=project, issue__severity_chosen=False, issue__withdrawn_at=None)
    counted = rows.order_by().values_list("issue_id", "failure__severity").annotate(count=Count("pk"))
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for issue, severity, count in counted:
        found[issue][severity] += count
    return dict(found)


def issues_in(project: Project, *states: State) -> list[Issue]:
    """The project's kept issues in these states, by number."""
    kept = Issue.objects.kept().filter(project=project, state__in=states)
    return list(kept.select_related("project").order_by("number"))


def release_of(issue: Any) -> Release | None:
    """The row of the release in which the issue was fixed, if one was named."""
    named = Release.objects.filter(project=issue.project_id, name=issue.fixed_in_release)
    return named.first() if issue.fixed_in_release else None
