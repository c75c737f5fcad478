"""The same done to many issues at once. Each for itself: one that cannot be done keeps no other from it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Project, User
from annotate.models import Severity
from common.errors import Refused
from issues.actions.editing import assign_owner, set_severity
from issues.actions.moving import move_issue
from issues.lifecycle import Act, State, target_of
from issues.models import Issue

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Skipped:
    """An issue to which it was not done, and why, in words."""

    number: int
    why: str


@dataclass
class Bulk:
    """To which issues, by number, something was done, and which were left out."""

    done: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def act_on_many(*, project: Project, numbers: Collection[int], act: Act, actor: User | None, **how: Any) -> Bulk:
    """Moves the issues from where each stands; `how` as `move_issue` takes it."""

    def move(issue: Issue) -> None:
        state = State(issue.state)
        target = target_of(act, state)
        if target is None:
            raise Refused(f"It is {state.label.lower()}.")
        move_issue(issue=issue, source=state, target=target, actor=actor, **how)

    return _each(project, numbers, move)


def own_many(
    *, project: Project, numbers: Collection[int], owner: User | None, actor: User | None, via: str = ""
) -> Bulk:
    """Gives the issues an owner, or none."""

    def own(issue: Issue) -> None:
        if issue.owner_id == (owner.pk if owner else None):
            raise Refused(f"{owner} owns it already." if owner else "Nobody owns it already.")
        assign_owner(issue=issue, owner=owner, actor=actor, via=via)

    return _each(project, numbers, own)


def rate_many(
    *, project: Project, numbers: Collection[int], severity: Severity, actor: User | None, via: str = ""
) -> Bulk:
    """Says how severe the issues are."""

    def rate(issue: Issue) -> None:
        if issue.severity_chosen and issue.severity == severity:
            raise Refused(f"It is {severity.label.lower()} already.")
        set_severity(issue=issue, severity=severity, actor=actor, via=via)

    return _each(project, numbers, rate)


def _each(project: Project, numbers: Collection[int], do: Callable[[Issue], None]) -> Bulk:
    wanted = sorted(set(numbers))
    if not wanted:
        raise Refused("Choose at least one issue.", field="numbers")
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(f"Choose at most {MOST_AT_ONCE} issues at once.", field="numbers")
    found = {
        row.number: row
        for row in Issue.objects.select_related("project", "owner").filter(project=project, number__in=wanted)
    }
    bulk = Bulk()
    for number in wanted:
        try:
            do(_living(found.get(number)))
            bulk.done.append(number)
        except Refused as refused:
            bulk.skipped.append(Skipped(number, refused.message))
    return bulk


def _living(issue: Issue | None) -> Issue:
    if issue is None:
        raise Refused("There is no such issue.")
    if issue.withdrawn_at is not None:
        raise Refused("It was taken back.")
    if issue.state == State.MERGED:
        raise Refused(f"It was merged into ISS-{issue.present.number}.")
    return issue
