"""What people found: failure types and issues with their share of sessions, and whether reading on still teaches."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import Project
from annotate.coverage import Saturation
from annotate.estimation import Share
from annotate.queries.estimates import Sample, failure_type_shares, grouped, read_sample, shares_of
from annotate.queries.saturation import saturation
from issues.models import Issue, IssueMembership
from issues.queries.shares import issue_saturation
from monitor.queries.outcome import Estimated, scale
from monitor.queries.traffic import condition
from monitor.records import Choice

MOST = 8


@dataclass(frozen=True)
class FoundRow:
    """A failure type or an issue: where its name leads, and where its number does."""

    name: str
    mark: str
    share: Share
    url: str
    query: str


@dataclass(frozen=True)
class Found:
    """The most found first; intervals share the scale from 0 to `most`."""

    types: list[FoundRow]
    issues: list[FoundRow]
    most: float
    frame: str
    by_type: Saturation
    by_issue: Saturation

    @property
    def is_empty(self) -> bool:
        return not self.types and not self.issues


def found(project: Project, choice: Choice) -> Found:
    """The same number of queries, however much was found."""
    within = condition(choice)
    sample = read_sample(project, within)
    types = [
        FoundRow(row.failure_type.name, "", row.share, "", choice.leads_to(failure_type=row.failure_type.name))
        for row in failure_type_shares(project, within, sample=sample)[:MOST]
    ]
    issues = _issues(project, choice, sample)
    shares: list[Estimated] = [row.share for row in [*types, *issues]]
    return Found(
        types=types,
        issues=issues,
        most=scale(shares),
        frame=sample.frame_in_words,
        by_type=saturation(project, within),
        by_issue=issue_saturation(project, within),
    )


def _issues(project: Project, choice: Choice, sample: Sample) -> list[FoundRow]:
    standing = IssueMembership.objects.standing().filter(issue__project=project)
    pairs = standing.filter(failure__session__in=sample.frame.sessions).values_list("issue_id", "failure__session_id")
    shares: Mapping[int, Share] = shares_of(sample, grouped(pairs.distinct()))
    known = Issue.objects.in_bulk(sorted(shares, key=lambda pk: (-shares[pk].found, pk))[:MOST])
    return [
        FoundRow(
            issue.title,
            f"ISS-{issue.number}",
            shares[pk],
            reverse("issue_page", args=[project.slug, issue.number]),
            choice.leads_to(issue=issue.number),
        )
        for pk, issue in known.items()
    ]
