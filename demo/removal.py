"""Deletes a whole project, judgements and decisions included. Nothing but the demo may be deleted like this."""

from collections.abc import Sequence

from accounts.models import Project, User
from issues.lifecycle import State
from issues.models import Issue, IssueMembership


def delete_project(project: Project) -> None:
    """Deletes the project's rows. What only RESTRICT keeps goes first; the rest follows the project."""
    IssueMembership.objects.filter(issue__project=project).delete()
    Issue.objects.filter(project=project).update(merged_into=None, state=State.OPEN)
    project.delete()


def delete_reviewers(emails: Sequence[str]) -> None:
    """Deletes the made-up people, whose judgements are gone."""
    User.objects.filter(email__in=emails, memberships=None).delete()
