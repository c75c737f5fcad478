"""From whom others' judgements are withheld, because they may yet judge a session of a blind queue themselves.

Whoever reads judgements for a person asks for that person's `Sight` and narrows what is read by it; see
docs/decisions/0012. To them a withheld session counts as not yet reviewed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, Role
from annotate.models import Queue, Slot, SlotState


@dataclass(frozen=True)
class Sight:
    """What a reader may see of what people said: all of it, but for the sessions of `hidden` (their ids)."""

    hidden: QuerySet[Slot, Any] | None = None

    @property
    def is_partial(self) -> bool:
        """Whether anything may be hidden."""
        return self.hidden is not None

    def of(self, session: str = "session") -> Q:
        """A condition on rows: what was said of the session that this field leads to may be seen."""
        return Q() if self.hidden is None else ~self.hides(session)

    def hides(self, session: str = "session") -> Q:
        """The opposite condition."""
        return Q(pk__in=[]) if self.hidden is None else Q(**{f"{session}__in": self.hidden})


# For programs with a key, and for work that nobody looks at.
EVERYTHING = Sight()


def sight_of(membership: Membership) -> Sight:
    """What this member may see: one query where no queue is blind, two where one is."""
    # Asked first: PostgreSQL would look at every place of the project before it saw that none of its queues is blind.
    if not (
        membership.may(Role.REVIEWER) and Queue.objects.filter(project=membership.project_id, is_blind=True).exists()
    ):
        return EVERYTHING
    hidden = _places(membership)
    return Sight(hidden.values("item__session")) if hidden.exists() else EVERYTHING


def withheld(membership: Membership, session_ids: Collection[int]) -> set[int]:
    """Those of the sessions whose judgements this member may not see before their own is in: one query."""
    return set(_places(membership).filter(item__session__in=session_ids).values_list("item__session_id", flat=True))


def hides_each(membership: Membership, session: str) -> Exists:
    """The same as a condition that is asked of each row, without a query before: for few rows."""
    return Exists(_places(membership).filter(item__session=OuterRef(session)))


def withheld_sessions(membership: Membership) -> Q:
    """The same as a condition on sessions."""
    return sight_of(membership).hides("pk")


def _places(membership: Membership) -> QuerySet[Slot]:
    """The places on sessions whose judgements this member may not see yet.

    They are in a blind queue, and the member has them open, was given them, or could be: also one that another has open
    may come back. A skip can be undone, and is no judgement. A lead could be given any; so that somebody can run the
    queue, leads count only where they are named among who may take from it.
    """
    user = membership.user_id
    if not membership.may(Role.REVIEWER):
        return Slot.objects.none()
    takers = Queue.takers.through.objects.filter(queue=OuterRef("queue"))
    named = Exists(takers.filter(user=user))
    invited = named if membership.may(Role.LEAD) else named | ~Exists(takers)
    theirs = Q(state=SlotState.LEASED, reviewer=user) | Q(state=SlotState.FREE, assigned_to=user)
    skipped = Q(state=SlotState.SKIPPED, reviewer=user, queue__is_open=True)
    could_be = Q(invited, state__in=(SlotState.FREE, SlotState.LEASED), assigned_to=None, queue__is_open=True)
    done = Slot.objects.filter(item=OuterRef("item"), reviewer=user, state=SlotState.SUBMITTED)
    in_project = Q(queue__project=membership.project_id, queue__is_blind=True)
    return Slot.objects.filter(in_project, theirs | skipped | could_be, ~Exists(done)).order_by()
