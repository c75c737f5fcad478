"""Ends the ignoring of issues whose end has come."""

from django.utils import timezone

from accounts.models import Project
from issues.deciding import FOR_GOOD, ending_of, shift_state
from issues.lifecycle import Act, State
from issues.lifecycle.ignoring import EndKind, why_ended
from issues.queries.life import issues_in, meanwhile, taken_back


def follow_ignored(project: Project) -> None:
    """Opens again what is ignored only until something happens, and it has."""
    now = timezone.now()
    ending = [issue for issue in issues_in(project, State.IGNORED) if issue.ignore_end != EndKind.NEVER]
    undone = taken_back(project) if ending else None
    for issue in ending:
        why = why_ended(issue.end, meanwhile(issue, now))
        if why and undone is not None and not undone.has(issue, Act.UNIGNORE):
            shift_state(
                issue=issue,
                act=Act.UNIGNORE,
                source=State.IGNORED,
                since=issue.stood_since,
                actor=None,
                cause=f"It was ignored {issue.end.words}.",
                fields=ending_of(FOR_GOOD, ""),
                told={"why": why},
            )
