"""Issues made one. The number of each that goes leads to the one that stays; `undo` takes them apart again."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from accounts.models import User
from common.errors import Refused
from issues.actions._locking import lock_living
from issues.actions._ringing import place_soon
from issues.deciding import change_issue, find_sent, make_decision, note, teach, transfer
from issues.lifecycle import State
from issues.models import Decision, DecisionKind, EventKind, Issue, IssueMembership, lock_project
from issues.queries.links import anchor_of


@transaction.atomic
def merge_issues(
    *,
    into: Issue,
    others: Collection[Issue],
    actor: User | None,
    overrule: bool = False,
    cause: str = "",
    client_id: UUID | None = None,
) -> Decision:
    """Gives all failures of the other issues to this one, judged as they were; an owner comes along where none is.

    Teaches that the failures which speak for the issues belong together. Raises Refused for issues that were merged
    or taken back, and naming who said that they are different.
    """
    project = into.project
    lock_project(project.pk)
    if sent := find_sent(project, DecisionKind.MERGE, client_id):
        return sent
    locked = lock_living(project, [into, *others])
    target = locked.pop(into.pk)
    if not locked:
        raise Refused("Choose at least one other issue to merge.", field="issue")
    said = _said(target, locked.values())
    decision = make_decision(project, DecisionKind.MERGE, actor=actor, cause=cause, client_id=client_id, said=said)
    spoken = anchor_of(target)
    together: list[tuple[int, int]] = []
    moved: list[int] = []
    for source in locked.values():
        anchor = anchor_of(source)
        moved += _merge(decision, source, target)
        if spoken is not None and anchor is not None:
            together.append((spoken, anchor))
        spoken = anchor if spoken is None else spoken
    teach(decision, together=together, moved=moved, overrule=overrule)
    place_soon(project.pk)
    return decision


def _said(target: Issue, others: Collection[Issue]) -> str:
    numbers = [f"ISS-{issue.number}" for issue in sorted(others, key=lambda issue: issue.number)]
    return f"merge of {' and '.join(numbers)} into ISS-{target.number}"


def _merge(decision: Decision, source: Issue, target: Issue) -> list[int]:
    """Moves what is in one issue, overruled failures too, and makes its number lead to the other; returns who moved."""
    states = {"from_state": source.state, "to_state": State.MERGED.value}
    change_issue(decision, source, state=State.MERGED.value, merged_into_id=target.pk)
    if target.owner_id is None and source.owner_id is not None:
        change_issue(decision, target, owner_id=source.owner_id)
        note(decision, target, EventKind.ASSIGNED, before="", after=str(source.owner))
    members = IssueMembership.objects.filter(issue=source, until=None).values_list("failure_id", flat=True)
    moved = transfer(decision, list(members), target, told=None)
    note(decision, source, EventKind.MERGED, to=target.number, failures=moved, **states)
    note(decision, target, EventKind.TOOK_IN, failures=moved, **{"from": [source.number]})
    return moved
