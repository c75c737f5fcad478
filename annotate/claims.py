"""Who reviews what next. Taking a slot is one statement, so that no two people are ever given the same one.

PostgreSQL locks the row that the inner SELECT finds and skips rows that others are locking. SQLite has one writer at a
time, and `transaction_mode` IMMEDIATE takes that place at BEGIN: nobody can come between the SELECT and the UPDATE.
"""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from annotate.models import Queue, QueueItem, Slot, SlotState

LEASE = timedelta(minutes=15)
ATTEMPTS = 5
# A session of a queue that is offered to nobody: the same in the statement below.
OFF_OFFER = Q(removed_at__isnull=False) | Q(before_lead_at__isnull=False)
# The columns of a slot that nobody has: whoever gets it next begins anew, and need not be handed it in its turn.
NOBODYS: dict[str, Any] = {
    "reviewer": None,
    "lease_token": None,
    "lease_until": None,
    "opened_at": None,
    "in_turn": False,
}

# A slot that is free, or whose lease ran out, of a session that is on offer, on which this person has no slot yet, and
# which is not kept for somebody else. The first condition is word for word that of the index `slot_claim_order`, which
# SQLite uses only then.
_TAKEABLE = """
    s.state IN ('free', 'leased') AND (s.state = 'free' OR s.lease_until < %(now)s)
    AND (s.assigned_to_id = %(user)s OR (s.assigned_to_id IS NULL AND (
        NOT EXISTS (SELECT 1 FROM annotate_queue_takers named WHERE named.queue_id = /*queue*/)
        OR EXISTS (SELECT 1 FROM annotate_queue_takers me WHERE me.queue_id = /*queue*/ AND me.user_id = %(user)s)
    )))
    AND NOT EXISTS (
        SELECT 1 FROM annotate_slot mine
        WHERE mine.item_id = s.item_id AND mine.reviewer_id = %(user)s AND mine.id <> s.id
    )
    AND NOT EXISTS (
        SELECT 1 FROM annotate_queueitem off
        WHERE off.id = s.item_id AND (off.removed_at IS NOT NULL OR off.before_lead_at IS NOT NULL)
    )
"""
_TAKE = """
    UPDATE annotate_slot SET
        in_turn = CASE WHEN reviewer_id = %(user)s THEN in_turn ELSE /*turn*/ END,
        state = 'leased', reviewer_id = %(user)s, lease_until = %(until)s, /*as*/
    WHERE id = (SELECT s.id FROM annotate_slot s WHERE /*besides*/ /*which*/ ORDER BY /*order*/ LIMIT 1 /*lock*/)
    RETURNING id
"""
_AS_OPENED = """
    opened_at = CASE WHEN reviewer_id = %(user)s AND opened_at IS NOT NULL THEN opened_at ELSE %(now)s END,
    lease_token = %(token)s
"""
# Kept ready: not opened yet. Two tabs keep the same one ready, under one lease.
_AS_READY = """
    opened_at = CASE WHEN reviewer_id = %(user)s THEN opened_at ELSE NULL END,
    lease_token = CASE WHEN reviewer_id = %(user)s AND lease_token IS NOT NULL THEN lease_token ELSE %(token)s END
"""
# Of a drawn session that the queue hands out as the next: so far down its random sample counts as read (decision 0009).
# What was given by name had no turn. What another has begun comes before its turn, unless theirs was in it.
_IS_ITS_TURN = """(
    assigned_to_id IS NULL
    AND EXISTS (
        SELECT 1 FROM annotate_queueitem drawn WHERE drawn.id = annotate_slot.item_id AND drawn.stratum = 'random'
    )
    AND (NOT begun OR EXISTS (
        SELECT 1 FROM annotate_slot other
        WHERE other.item_id = annotate_slot.item_id AND other.in_turn AND other.id <> annotate_slot.id
    ))
)"""


def _take(which: str, order: str, *, turn: str = "FALSE", queue: str = "%(queue)s") -> str:
    """The statement that leases the first slot of those, named `s`.

    `turn`: whether one that was not the person's before is read in its turn. `queue`: the queue whose takers count.
    """
    whole = _TAKE.replace("/*which*/", which).replace("/*order*/", order)
    return whole.replace("/*turn*/", turn).replace("/*queue*/", queue)


# What one has begun; then what was given to oneself; then the best that is free. A session that somebody has begun
# comes first, so that overlaps get finished; ties fall the same way for everyone.
_OWN = _take(
    "s.queue_id = %(queue)s AND s.state = 'leased' AND s.reviewer_id = %(user)s AND "
    "(s.assigned_to_id IS NULL OR s.assigned_to_id = %(user)s)",
    "s.opened_at IS NULL, s.opened_at DESC, s.id",
)
# The plus keeps SQLite from looking through the whole queue for the few that are given to one person.
_ASSIGNED = _take("s.assigned_to_id = %(user)s AND +s.queue_id = %(queue)s AND " + _TAKEABLE, "s.priority DESC, s.id")
_NEXT = _take("s.queue_id = %(queue)s AND " + _TAKEABLE, "s.begun DESC, s.priority DESC, s.id", turn=_IS_ITS_TURN)
_THIS = _take(
    "s.id = %(slot)s AND ((s.state = 'leased' AND s.reviewer_id = %(user)s) OR (" + _TAKEABLE + "))",
    "s.id",
    queue="s.queue_id",
)


_ANY = "SELECT 1 FROM annotate_slot s WHERE s.queue_id = %(queue)s AND " + _TAKEABLE + " LIMIT 1"  # noqa: S608  # constants
_IN_ORDER = (_OWN, _ASSIGNED, _NEXT)


def _opening(statement: str) -> str:
    return statement.replace("/*as*/", _AS_OPENED).replace("/*besides*/", "")


def _keeping_ready(statement: str) -> str:
    """Of another slot than %(besides)s, which stays unopened."""
    return statement.replace("/*as*/", _AS_READY).replace("/*besides*/", "s.id <> %(besides)s AND")


def take_next(*, queue: Queue, user: User) -> Slot | None:
    """Leases to `user` what they should review next in `queue`.

    That is what they have begun, else what was given to them, else the best that is free and that they may take. None
    when nothing is left for them. Of two slots of one session nobody is ever given both.
    """
    return _first_of(map(_opening, _IN_ORDER), queue, user=user.pk)


def take_following(*, queue: Queue, user: User, besides: Slot) -> Slot | None:
    """Leases to `user` what would come after `besides`, which they have open, and keeps it ready: `opened_at` is None.

    The order is that of `take_next`, so what they have besides already is resumed: one is ready, and never two. The
    queue has handed it out, and it is renewed, given back and submitted like any other lease; `open_ready` opens it.
    """
    return _first_of(map(_keeping_ready, _IN_ORDER), queue, user=user.pk, besides=besides.pk)


def _first_of(statements: Iterable[str], queue: Queue, **values: int) -> Slot | None:
    in_order = list(statements)
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                _await_order(queue)
                for statement in in_order:
                    if taken := _run(statement, queue=queue.pk, **values):
                        return _taken(taken)
                return None
        except IntegrityError:
            # The same person's other tab took another slot of this session in the same instant; the constraint held.
            continue
    return None


@transaction.atomic
def open_ready(*, slot_id: int, user: User) -> Slot | None:
    """Opens what was kept ready, under the lease that it has; takes it anew if that was lost. None when it is gone."""
    now = timezone.now()
    own = Slot.objects.filter(pk=slot_id, reviewer=user, state=SlotState.LEASED)
    if own.update(opened_at=Coalesce("opened_at", Value(now)), lease_until=now + LEASE):
        return _taken(slot_id)
    return take_this(slot_id=slot_id, user=user)


def _await_order(queue: Queue) -> None:
    """Waits while the queue is being ranked again: SKIP LOCKED would pass over just what has a new place.

    Many take at once: the lock is shared by them, and only ranking holds it alone. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM annotate_queue WHERE id = %s FOR SHARE", [queue.pk])


def is_anything_free(*, queue: Queue, user: User) -> bool:
    """Whether the queue has anything for the person that nobody has begun or that was left."""
    return _run(_ANY.replace("/*queue*/", "%(queue)s"), queue=queue.pk, user=user.pk) is not None


def take_this(*, slot_id: int, user: User) -> Slot | None:
    """Leases this very slot to `user`; None when someone else holds it, or it is done.

    Whoever opens a session by its address has chosen it: only where the queue had handed it to them, it was its turn.
    """
    try:
        with transaction.atomic():
            taken = _run(_opening(_THIS), slot=slot_id, user=user.pk)
            return _taken(taken) if taken else None
    except IntegrityError:
        return None


def renew(*, slot_id: int, user: User, token: uuid.UUID) -> bool:
    """Holds one's own lease for another while; one that ran out untaken comes back. False when somebody else has it."""
    until = timezone.now() + LEASE
    return bool(_held(slot_id, user, token).update(lease_until=until))


def give_back(*, slot_id: int, user: User, token: uuid.UUID) -> bool:
    """Frees a slot that its holder leaves unsubmitted. A lease that has been renewed elsewhere since then stands."""
    held = _held(slot_id, user, token)
    if held.filter(is_extra=True).exists():
        # Still its person's, if they come back; never offered to anybody.
        return bool(held.update(state=SlotState.ASIDE, lease_token=None, lease_until=None))
    return bool(free(held))


def give_back_ready(*, queue: Queue, user: User) -> None:
    """Frees what is kept ready for a person: what comes next for them is to be asked again."""
    free(Slot.objects.filter(queue=queue, reviewer=user, state=SlotState.LEASED, opened_at=None, is_extra=False))


def free(slots: QuerySet[Slot]) -> int:
    """Makes slots anybody's again; those of a session that is on offer no more are set aside. How many it were."""
    off = QueueItem.objects.filter(pk=OuterRef("item")).filter(OFF_OFFER)
    state = Case(When(Exists(off), then=Value(SlotState.ASIDE)), default=Value(SlotState.FREE))
    return slots.update(state=state, **NOBODYS)


def _held(slot_id: int, user: User, token: uuid.UUID) -> QuerySet[Slot]:
    """The slot, if it is leased under this token and to this person: a token that leaked opens nothing."""
    return Slot.objects.filter(pk=slot_id, reviewer=user, lease_token=token, state=SlotState.LEASED)


def _run(sql: str, **values: int) -> int | None:
    """The id of the slot that the statement leased, or None."""
    now = timezone.now()
    token, moment = Slot._meta.get_field("lease_token"), Slot._meta.get_field("lease_until")  # noqa: SLF001  # public API
    parameters = {
        **values,
        "now": moment.get_db_prep_value(now, connection),
        "until": moment.get_db_prep_value(now + LEASE, connection),
        "token": token.get_db_prep_value(uuid.uuid4(), connection),
    }
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("/*lock*/", lock), parameters)
        row = cursor.fetchone()
    return row[0] if row else None


def _taken(slot_id: int) -> Slot:
    slot = Slot.objects.select_related("queue").get(pk=slot_id)
    # What is only kept ready has not been begun.
    if slot.queue.reviewers_per_session > 1 and slot.opened_at is not None:
        # Whoever claims one of them in this instant holds it, and would wait for this one in turn.
        others = Slot.objects.select_for_update(skip_locked=True).filter(item=slot.item_id, begun=False)
        keys = list(others.exclude(pk=slot_id).values_list("pk", flat=True))
        Slot.objects.filter(pk__in=keys).update(begun=True)
    return slot
