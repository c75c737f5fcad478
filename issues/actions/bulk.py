"""The same done to many issues at once. Each for itself: one that cannot be done keeps no other from it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from accounts.models import Project, User
from annotate.models import Severity
from common.errors import Refused
from issues.actions.editing import assign_owner, set_severity
from issues.actions.moving import move_issue
from issues.actions.undoing import undo
from issues.lifecycle import Act, State, target_of
from issues.models import Decision, DecisionKind, Issue
from issues.queries.decisions import changes_of

MOST_AT_ONCE = 500
# State, owner and severity can be changed at once, each by a decision.
MOST_DECISIONS = 3 * MOST_AT_ONCE
OF_ONE_ISSUE = {DecisionKind.STATE, DecisionKind.EDIT}


@dataclass(frozen=True)
class Skipped:
    """An issue to which it was not done, and why, in words."""

    number: int
    why: str


@dataclass
class Bulk:
    """To which issues, by number, something was done, and which were left out. `decisions`: what undoes it, by id."""

    done: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    decisions: list[int] = field(default_factory=list)

    def do(self, number: int, act: Callable[[], Decision]) -> None:
        """Does something to the issue of this number, and keeps what became of it."""
        try:
            self.decisions.append(act().pk)
            self.done.append(number)
        except Refused as refused:
            self.skipped.append(Skipped(number, refused.message))


def joined(parts: Iterable[Bulk]) -> Bulk:
    """Several things done to the same issues, told as one; an issue to which any of them was done counts as done."""
    every = list(parts)
    return Bulk(
        done=sorted({number for part in every for number in part.done}),
        skipped=list(dict.fromkeys(one for part in every for one in part.skipped)),
        decisions=[made for part in every for made in part.decisions],
    )


def act_on_many(*, project: Project, numbers: Collection[int], act: Act, actor: User | None, **how: Any) -> Bulk:
    """Moves the issues from where each stands; `how` as `move_issue` takes it."""

    def move(issue: Issue) -> Decision:
        state = State(issue.state)
        target = target_of(act, state)
        if target is None:
            raise Refused(f"It is {state.label.lower()}.")
        return move_issue(issue=issue, source=state, target=target, actor=actor, **how)

    return _each(project, numbers, move)


def own_many(
    *, project: Project, numbers: Collection[int], owner: User | None, actor: User | None, via: str = ""
) -> Bulk:
    """Gives the issues an owner, or none."""
    already = f"{owner} owns it already." if owner else "Nobody owns it already."

    def own(issue: Issue) -> Decision:
        return _made(assign_owner(issue=issue, owner=owner, actor=actor, via=via), already)

    return _each(project, numbers, own)


def rate_many(
    *, project: Project, numbers: Collection[int], severity: Severity, actor: User | None, via: str = ""
) -> Bulk:
    """Says how severe the issues are."""
    already = f"It is {severity.label.lower()} already."

    def rate(issue: Issue) -> Decision:
        return _made(set_severity(issue=issue, severity=severity, actor=actor, via=via), already)

    return _each(project, numbers, rate)


def undo_many(*, project: Project, decisions: Collection[int], actor: User | None) -> Bulk:
    """Undoes decisions on single issues, the newest first, each for itself; of undos, does again what they undid."""
    rows = Decision.objects.select_related("project").filter(project=project, pk__in=list(decisions)[:MOST_DECISIONS])
    found = [row for row in rows.order_by("-pk") if row.root in OF_ONE_ISSUE]
    changed = {row.pk: changes_of(row)[0]["issue"] for row in found}
    numbers = dict(Issue.objects.filter(project=project, pk__in=changed.values()).values_list("pk", "number"))
    bulk = Bulk()
    for row in found:
        bulk.do(numbers[changed[row.pk]], partial(undo, decision=row, actor=actor))
    return joined([bulk])


def _made(decision: Decision | None, already: str) -> Decision:
    if decision is None:
        raise Refused(already)
    return decision


def _each(project: Project, numbers: Collection[int], do: Callable[[Issue], Decision]) -> Bulk:
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
        bulk.do(number, partial(_to_living, found.get(number), do))
    return bulk


def _to_living(issue: Issue | None, do: Callable[[Issue], Decision]) -> Decision:
    if issue is None:
        raise Refused("There is no such issue.")
    if issue.withdrawn_at is not None:
        raise Refused("It was taken back.")
    if issue.state == State.MERGED:
        raise Refused(f"It was merged into ISS-{issue.present.number}.")
    return do(issue)
