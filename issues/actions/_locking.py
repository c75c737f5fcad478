"""Issues that may be acted on, locked."""

from collections.abc import Collection

from accounts.models import Project
from common.errors import Refused
from issues.deciding import lock_issues
from issues.lifecycle import State
from issues.models import Issue


def lock_living(project: Project, issues: Collection[Issue]) -> dict[int, Issue]:
    """These issues as they stand now, by key, until the transaction ends. The project is locked before.

    Raises Refused for one of another project, one that was merged and one whose making was undone.
    """
    locked = lock_issues(project, [issue.pk for issue in issues])
    for issue in issues:
        if issue.pk not in locked:
            raise Refused("There is no such issue in this project.", field="issue")
        _check_living(locked[issue.pk])
    return locked


def _check_living(issue: Issue) -> None:
    if issue.state == State.MERGED:
        words = f"ISS-{issue.number} was merged into another issue: go on with ISS-{issue.present.number}."
        raise Refused(words, field="issue")
    if issue.withdrawn_at is not None:
        raise Refused(f"ISS-{issue.number} was taken back. Choose another issue.", field="issue")
