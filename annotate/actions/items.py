"""What leads do with one session of a queue: give it to somebody, take it out, decide what was skipped too often."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotate.access import reviewers_of
from annotate.actions.places import lock_item, new_slot, offer, retire_spare, set_aside
from annotate.claims import free
from annotate.models import QueueItem, Slot, SlotState
from common.errors import Refused

TAKEN = "Everybody who is to judge this session has it or is done with it. Hand one back first."


@transaction.atomic
def assign_item(*, item: QueueItem, person: User) -> Slot:
    """Keeps a place of the session for this person alone, who is given it before all else; the place it is.

    It goes to them even if they are none of the queue's takers. Refused for who may not review here, for who had it
    already, and where no place is left.
    """
    item = lock_item(item.pk)
    if not reviewers_of(item.session.project).filter(pk=person.pk).exists():
        raise Refused(f"{person} does not review in this project.", field="person")
    if Slot.objects.filter(item=item, reviewer=person).exists():
        raise Refused(f"{person} has this session already, or had it.", field="person")
    if Slot.objects.filter(item=item, assigned_to=person).exists():
        raise Refused(f"{person} has been given this session already.", field="person")
    return _keep_for(item, person)


def _keep_for(item: QueueItem, person: User) -> Slot:
    spare = Slot.objects.filter(item=item, is_extra=False, assigned_to=None, state=SlotState.FREE)
    for pk in spare.order_by("ordinal").values_list("pk", flat=True):
        # Asked again in the statement itself: somebody may claim it in this instant.
        if spare.filter(pk=pk).update(assigned_to=person):
            return Slot.objects.get(pk=pk)
    raise Refused(TAKEN, field="person")


@transaction.atomic
def unassign_slot(*, slot: Slot) -> None:
    """Gives the place to whoever comes. Refused once its person has begun."""
    _lock_work(slot)
    if not Slot.objects.filter(pk=slot.pk, state__in=(SlotState.FREE, SlotState.ASIDE)).update(assigned_to=None):
        raise Refused("They have begun. Hand it back first.")


@transaction.atomic
def hand_back_slot(*, slot: Slot) -> None:
    """Takes an open session from its reader, so that others can have it. What they wrote stays their draft."""
    _lock_work(slot)
    held = Slot.objects.filter(pk=slot.pk, state=SlotState.LEASED)
    if not free(held):
        raise Refused("Nobody has it open any more.")
    Slot.objects.filter(pk=slot.pk).update(assigned_to=None)


def _lock_work(slot: Slot) -> None:
    if lock_item(slot.item_id).is_measuring:
        raise Refused("This session is not read for its own sake, and nobody else is given it.")


@transaction.atomic
def remove_item(*, item: QueueItem, remover: User) -> None:
    """Takes a session out of the queue for good; its judgements stay. Who has it open can still submit."""
    item = lock_item(item.pk)
    if item.removed_at is not None:
        return
    item.removed_at, item.removed_by, item.before_lead_at = timezone.now(), remover, None
    item.save(update_fields=["removed_at", "removed_by", "before_lead_at"])
    set_aside(item)


@transaction.atomic
def offer_item(*, item: QueueItem) -> None:
    """Puts back what was removed, and gives out again what was set aside or waits for the lead."""
    item = lock_item(item.pk)
    item.removed_at = item.removed_by = item.before_lead_at = None
    item.save(update_fields=["removed_at", "removed_by", "before_lead_at"])
    offer(item)


@transaction.atomic
def take_over_item(*, item: QueueItem, lead: User) -> Slot:
    """The lead judges what was skipped too often: a place kept for them. Others are given it no more.

    Refused where they have judged it or skipped it themselves: then undo that.
    """
    item = lock_item(item.pk)
    mine = Slot.objects.filter(item=item, reviewer=lead).first()
    if mine is not None and mine.state != SlotState.LEASED:
        raise Refused("You have decided this session yourself. Undo that to look at it again.")
    item.before_lead_at = None
    item.save(update_fields=["before_lead_at"])
    if mine is not None:
        return mine
    kept = Slot.objects.filter(item=item, assigned_to=lead, is_extra=False).first()
    if kept is None:
        # One of the places that are set aside counts as theirs; where none is, theirs is one more.
        kept = new_slot(item, assigned_to=lead, is_extra=not retire_spare(item))
    Slot.objects.filter(pk=kept.pk).update(state=SlotState.FREE)
    return kept
