"""What share of all sessions an issue is estimated to be in, and what reading on would still show."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Q

from accounts.models import Project
from annotate.coverage import Saturation
from annotate.estimation import Share
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.estimates import Sample, grouped, read_sample, shares_of
from annotate.queries.saturation import saturation_of
from issues.queries.withholding import standing


def issue_shares(project: Project, issues: Iterable[Any], sight: Sight = EVERYTHING) -> dict[int, Share]:
    """By issue's id, of issues with `sessions` (see `counted_issues`): seven queries at most, however many issues."""
    counted = {issue.pk: issue.sessions for issue in issues}
    if not counted:
        return {}
    sample = read_sample(project, sight=sight)
    members = standing(sight).filter(issue__in=counted)
    drawn = sample.frame.sessions.filter(sample.frame.drawn).values("pk")
    hits = grouped(members.filter(failure__session__in=drawn).values_list("issue_id", "failure__session_id").distinct())
    return shares_of(sample, {pk: hits.get(pk, ()) for pk in counted}, _confirmed(sample, counted))


def with_estimates(project: Project, issues: list[Any]) -> list[Any]:
    """The issues, each with its share as `estimate`."""
    shares = issue_shares(project, issues)
    for issue in issues:
        issue.estimate = shares[issue.pk]
    return issues


def _confirmed(sample: Sample, counted: Mapping[int, int]) -> Mapping[int, int]:
    """By issue, its confirmed sessions that lie in the frame: all of them where a queue draws from everything."""
    if sample.frame.is_whole:
        return counted
    members = standing(sample.sight).filter(issue__in=counted)
    inside = members.filter(failure__session__in=sample.frame.sessions.values("pk")).values("issue_id")
    return dict(inside.annotate(sessions=Count("failure__session", distinct=True)).values_list("issue_id", "sessions"))


def issue_saturation(project: Project, within: Q | None = None, sight: Sight = EVERYTHING) -> Saturation:
    """New issues as reading went on, within a condition on sessions: two queries. In no issue is of no kind."""
    members = standing(sight).filter(issue__project=project)
    return saturation_of(project, "issue", members.values_list("failure__review_id", "issue_id"), within, sight)
