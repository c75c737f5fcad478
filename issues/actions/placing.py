"""Failures put into issues, moved between them and taken out of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Project, User
from common.errors import Refused
from issues.actions._locking import lock_living
from issues.actions._ringing import place_soon
from issues.deciding import find_sent, make_decision, teach, transfer
from issues.models import Decision, DecisionKind, Issue, IssueMembership, Source, lock_project
from issues.queries.links import anchor_of, places_of, standing_links

Pair = tuple[int, int]
NOBODY_MOVES = "Meanwhile all of these failures have been placed elsewhere or withdrawn."


def place_or_refuse(decision: Decision, issue: Issue, failure_ids: Collection[int], **how: Any) -> list[int]:
    """Puts the free ones of the failures into a living issue; returns them. Refused where none of them is free."""
    placed = IssueMembership.objects.place(issue, failure_ids, actor=decision.actor, decision=decision, **how)
    if not placed:
        raise Refused(NOBODY_MOVES, field="failures")
    return placed


@transaction.atomic
def attach(
    *,
    issue: Issue,
    failure_ids: Collection[int],
    actor: User | None,
    cause: str = "",
    overrule: bool = False,
    client_id: UUID | None = None,
) -> Decision:
    """Puts failures that are in no issue into this one. Those that are in one by now stay where they are.

    Raises Refused where none of them is free, and naming who said what where that forbids it.
    """
    lock_project(issue.project_id)
    if sent := find_sent(issue.project, DecisionKind.ATTACH, client_id):
        return sent
    issue = lock_living(issue.project, [issue])[issue.pk]
    said = f"failures into ISS-{issue.number}"
    decision = make_decision(
        issue.project, DecisionKind.ATTACH, actor=actor, cause=cause, client_id=client_id, said=said
    )
    placed = place_or_refuse(decision, issue, failure_ids, source=Source.PERSON)
    teach(decision, moved=placed, overrule=overrule)
    place_soon(issue.project_id)
    return decision


@transaction.atomic
def move_failures(
    *,
    failure_ids: Collection[int],
    target: Issue,
    actor: User | None,
    cause: str = "",
    overrule: bool = False,
    client_id: UUID | None = None,
) -> Decision:
    """Puts failures into this issue, from wherever they are: several issues, or none.

    Teaches that each is different from the issue that it leaves, and belongs to this one. Raises Refused as `attach`.
    """
    lock_project(target.project_id)
    if sent := find_sent(target.project, DecisionKind.MOVE, client_id):
        return sent
    target = lock_living(target.project, [target])[target.pk]
    said = f"failures into ISS-{target.number}"
    decision = make_decision(
        target.project, DecisionKind.MOVE, actor=actor, cause=cause, client_id=client_id, said=said
    )
    anchor = anchor_of(target)
    before = members_left(target.project, failure_ids, but=target)
    moved = transfer(decision, failure_ids, target, source=Source.PERSON)
    placed = IssueMembership.objects.place(target, failure_ids, source=Source.PERSON, actor=actor, decision=decision)
    if not (moved or placed):
        raise Refused(NOBODY_MOVES, field="failures")
    together = [(failure, anchor) for failure in moved if anchor is not None]
    teach(decision, together=together, apart=apart_from_left(before), moved=[*moved, *placed], overrule=overrule)
    place_soon(target.project_id)
    return decision


@transaction.atomic
def detach_failures(
    *,
    issue: Issue,
    failure_ids: Collection[int],
    actor: User | None,
    cause: str = "",
    client_id: UUID | None = None,
) -> Decision:
    """Takes failures out of their issue. They wait in the pool; no machine puts them back.

    What people said before of the very failures ends where it says otherwise.
    """
    lock_project(issue.project_id)
    if sent := find_sent(issue.project, DecisionKind.DETACH, client_id):
        return sent
    members = IssueMembership.objects.filter(issue=issue, failure__in=failure_ids, until=None)
    ids = list(members.values_list("failure_id", flat=True))
    if not ids:
        raise Refused("They have already left the issue.", field="failures")
    said = f"failures out of ISS-{issue.number}"
    decision = make_decision(
        issue.project, DecisionKind.DETACH, actor=actor, cause=cause, client_id=client_id, said=said
    )
    moved = transfer(decision, ids, None, reason="Removed by hand.")
    teach(decision, apart=[*apart_from_left({issue: moved}), *_bound(issue, moved)], moved=moved, overrule=True)
    place_soon(issue.project_id)
    return decision


def _bound(issue: Issue, gone: Collection[int]) -> list[Pair]:
    """Each failure that left with those in the issue of whom it was said that they belong together."""
    links = [link for link in standing_links(issue.project_id, gone) if link.is_together]
    places = places_of(links)
    return [link.pair for link in links if issue.pk in {places.get(failure) for failure in link.pair}]


def members_left(project: Project, failure_ids: Collection[int], *, but: Issue | None = None) -> dict[Issue, list[int]]:
    """By issue that they are in, those of the failures that are about to leave it; `but` is where they go."""
    rows = IssueMembership.objects.filter(failure__in=failure_ids, until=None, issue__project=project)
    found: defaultdict[Issue, list[int]] = defaultdict(list)
    for row in rows.select_related("issue__project").order_by("issue", "failure"):
        if row.issue != but:
            found[row.issue].append(row.failure_id)
    return dict(found)


def apart_from_left(left: Mapping[Issue, Sequence[int]]) -> list[Pair]:
    """Each failure that left an issue with the member who speaks for those that stay, if any do."""
    pairs: list[Pair] = []
    for issue, gone in left.items():
        anchor = anchor_of(issue, but=gone)
        pairs += [(failure, anchor) for failure in gone if anchor is not None]
    return pairs
