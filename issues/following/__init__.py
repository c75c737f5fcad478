"""Follows what becomes of issues. Evidence moves them as the table allows; what people undid it does not do again."""

from accounts.models import Project
from issues.following.escalating import follow_escalation
from issues.following.fixes import follow_fixes
from issues.following.ignoring import follow_ignored
from issues.following.releases import meet_releases
from issues.following.severities import follow_severities

__all__ = ["follow"]


def follow(project: Project) -> None:
    """One look at all that may have changed. Safe to do twice, and by two at once: of two one moves an issue."""
    meet_releases(project)
    follow_escalation(project)
    follow_fixes(project)
    follow_ignored(project)
    follow_severities(project)
