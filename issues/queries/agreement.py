"""Whether those who judge the same session tell of the same issue."""

from collections import defaultdict

from accounts.models import Project, User
from annotate.agreement import Scale, agreement
from annotate.queries.agreement import BASIS, Measure
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.twice import Chosen, read_twice
from issues.models import IssueMembership


def agreement_on_issues(
    project: Project, chosen: Chosen | None = None, sight: Sight = EVERYTHING, *, person: User | None = None
) -> Measure:
    """Four queries. Of each review the issues that its failures are in, overruled or not; those in none say nothing."""
    twice = read_twice(project, chosen, sight)
    twice = twice if person is None else twice.of(person.pk)
    places = IssueMembership.objects.filter(until=None, failure__review__in=twice.reviews)
    issues: defaultdict[int, set[int]] = defaultdict(set)
    for review, issue in places.values_list("failure__review_id", "issue_id"):
        issues[review].add(issue)
    told = (
        [frozenset(issues[said.review]) for said in each if said.review in issues] for each in twice.sessions.values()
    )
    return Measure("issue", "Issue", BASIS[Scale.SETS], agreement(told, Scale.SETS))
