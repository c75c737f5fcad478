"""Failure types by the names that people give them."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from annotate.models import FailureType, FailureTypeChange, FailureTypeEvent
from traces.models import AgentSession


def spaced(name: str) -> str:
    """A name as it is kept: without space around it, and one between its words."""
    return " ".join(name.split())


@transaction.atomic
def types_named(
    *, session: AgentSession, names: Iterable[str], creator: User, since: datetime | None = None
) -> dict[str, FailureType]:
    """The project's failure types by these names, as they were given; blank names have none.

    Unknown ones are made, and keep that they were first said of this session.
    Whatever the case. The name of a merged type leads to where it went, and a name that a lead took away after `since`
    (when the one who uses it opened their page) to the type that had it. The types are locked until the transaction
    ends: whoever merges one of them waits, and then sees the failures that get it now.
    """
    given = {name: spaced(name) for name in names}
    # The first spelling of a new one is kept.
    wanted = {told.lower(): told for told in reversed(given.values()) if told}
    # All who make types make them in one order, and lock them in one: nobody waits in a circle.
    known = {key: _known(session, wanted[key], creator, since).present for key in sorted(wanted)}
    locked = lock_types({kind.pk for kind in known.values()})
    return {name: locked[known[told.lower()].pk] for name, told in given.items() if told}


def lock_types(ids: Collection[int]) -> dict[int, FailureType]:
    """By id, the type itself, or the one that it was merged into a moment ago; locked."""
    # Not their keys: a failure that refers to one of them need not wait.
    rows = FailureType.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    locked = {row.pk: row for row in rows}
    beyond = {row.merged_into_id for row in locked.values() if row.merged_into_id}
    ends = lock_types(beyond) if beyond else {}
    return {pk: ends[row.merged_into_id] if row.merged_into_id else row for pk, row in locked.items()}


def _known(session: AgentSession, name: str, creator: User, since: datetime | None) -> FailureType:
    project = session.project_id
    found = FailureType.objects.filter(project=project, name__iexact=name).first() or _renamed(project, name, since)
    if found is not None:
        return found
    made, is_new = FailureType.objects.get_or_create(
        project_id=project, name__iexact=name, defaults={"name": name, "created_by": creator, "coined_on": session}
    )
    if is_new:
        FailureTypeEvent.objects.create(
            failure_type=made, kind=FailureTypeChange.CREATED, actor=creator, after=made.name
        )
    return made


def _renamed(project: int, name: str, since: datetime | None) -> FailureType | None:
    if since is None:
        return None
    renamings = FailureTypeEvent.objects.filter(
        failure_type__project=project, kind=FailureTypeChange.RENAMED, before__iexact=name, at__gte=since
    )
    newest = renamings.select_related("failure_type").first()
    return newest.failure_type if newest else None
