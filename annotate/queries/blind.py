"""From whom others' judgements are withheld, because they may yet judge a session of a blind queue themselves."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership, Role
from annotate.models import Queue, Slot, SlotState


def withheld(membership: Membership, session_ids: Collection[int]) -> set[int]:
    """Those of the sessions whose judgements this member may not see before their own is in: one query."""
    return set(_places(membership).filter(item__session__in=session_ids).values_list("item__session_id", flat=True))


def withheld_sessions(membership: Membership) -> Q:
    """The same as a condition on sessions."""
    return Q(pk__in=_places(membership).values("item__session"))


def _places(membership: Membership) -> QuerySet[Slot]:
    """The places on sessions whose judgements this member may not see yet.

    They are in a blind queue, and the member has them open, was given them, or could be. A lead could be given any; so
    that somebody can run the queue, leads count only where they are named among who may take from it.
    """
    user = membership.user_id
    if not membership.may(Role.REVIEWER):
        return Slot.objects.none()
    takers = Queue.takers.through.objects.filter(queue=OuterRef("queue"))
    named = Exists(takers.filter(user=user))
    invited = named if membership.may(Role.LEAD) else named | ~Exists(takers)
    vacant = Q(state=SlotState.FREE) | Q(state=SlotState.LEASED, lease_until__lt=timezone.now())
    theirs = Q(state=SlotState.LEASED, reviewer=user) | Q(state=SlotState.FREE, assigned_to=user)
    could_be = vacant & Q(invited, assigned_to=None, queue__is_open=True)
    done = Slot.objects.filter(item=OuterRef("item"), reviewer=user).exclude(state=SlotState.LEASED)
    in_project = Q(queue__project=membership.project_id, queue__is_blind=True)
    return Slot.objects.filter(in_project, theirs | could_be, ~Exists(done)).order_by().distinct()
