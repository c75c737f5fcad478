"""Numbers of merged issues: each leads, without going round, to an issue of the project that lives."""

from collections.abc import Iterator

from accounts.models import Project
from issues.consistency.finding import Finding, in_slices
from issues.lifecycle import State
from issues.models import Issue


def lost_redirects(project: Project) -> Iterator[Finding]:
    """Merged issues whose number leads nowhere. Which issue it should lead to, only a person can say."""
    for issue in in_slices(Issue.objects.filter(project=project).exclude(merged_into=None, state__in=_NOT_MERGED)):
        if why := _lost(issue):
            yield Finding(f"ISS-{issue.number} {why}")


_NOT_MERGED = [state for state in State if state != State.MERGED]


def _lost(issue: Issue) -> str:
    """What is wrong with where the issue's number leads; empty: nothing."""
    if issue.merged_into is None:
        return "is called merged, but its number leads nowhere."
    if issue.state != State.MERGED:
        return f"leads to ISS-{issue.merged_into.number}, but is called {State(issue.state).label.lower()}."
    path = _path(issue)
    end = path[-1]
    if end.merged_into is not None:
        return f"leads round in a circle: {' to '.join(f'ISS-{one.number}' for one in (*path, end.merged_into))}."
    if any(one.project_id != issue.project_id for one in path):
        return "leads to an issue of another project."
    return f"leads to ISS-{end.number}, which was taken back." if end.withdrawn_at is not None else ""


def living_end(issue: Issue) -> Issue | None:
    """The issue that a merged one's number leads to, or None where it is lost."""
    return None if _lost(issue) else _path(issue)[-1]


def _path(issue: Issue) -> list[Issue]:
    """The issues on the way, itself included, up to the last one before it would begin again."""
    path, seen = [issue], {issue.pk}
    while (following := path[-1].merged_into) is not None and following.pk not in seen:
        path.append(following)
        seen.add(following.pk)
    return path
