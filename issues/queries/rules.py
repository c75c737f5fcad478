"""Reads of the rule by which failures join issues."""

from accounts.models import Project
from issues.models import MatchingRule


def newest_rule(project: Project) -> MatchingRule | None:
    """What people's placements said when they were read last; None before they were."""
    return MatchingRule.objects.filter(project=project).order_by("-version").first()
