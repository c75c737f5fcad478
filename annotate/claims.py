"""Who reviews what next. Taking a slot is one statement, so that no two people are ever given the same one.

PostgreSQL locks the row that the inner SELECT finds and skips rows that others are locking. SQLite has one writer at a
time, and `transaction_mode` IMMEDIATE takes that place at BEGIN: nobody can come between the SELECT and the UPDATE.
"""

import uuid
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from annotate.models import Queue, Slot, SlotState

LEASE = timedelta(minutes=15)
ATTEMPTS = 5

# A slot that is free, or whose lease ran out, of a session on which this person has no slot yet. The first condition
# is word for word that of the index `slot_claim_order`, which SQLite uses only then.
_TAKEABLE = """
    s.state IN ('free', 'leased') AND (s.state = 'free' OR s.lease_until < %(now)s)
    AND NOT EXISTS (
        SELECT 1 FROM annotate_slot mine
        WHERE mine.item_id = s.item_id AND mine.reviewer_id = %(user)s AND mine.id <> s.id
    )
"""
_TAKE = """
    UPDATE annotate_slot SET
        opened_at = CASE WHEN reviewer_id = %(user)s AND opened_at IS NOT NULL THEN opened_at ELSE %(now)s END,
        state = 'leased', reviewer_id = %(user)s, lease_token = %(token)s, lease_until = %(until)s
    WHERE id = (SELECT s.id FROM annotate_slot s WHERE /*which*/ ORDER BY /*order*/ LIMIT 1 /*lock*/)
    RETURNING id
"""
_NEXT = (
    _TAKE.replace("/*which*/", "s.queue_id = %(queue)s AND " + _TAKEABLE)
    # A session that somebody has begun comes first, so that overlaps get finished; ties fall the same way for everyone.
    .replace("/*order*/", "s.begun DESC, s.priority DESC, s.id")
)
_OWN = _TAKE.replace("/*which*/", "s.queue_id = %(queue)s AND s.state = 'leased' AND s.reviewer_id = %(user)s").replace(
    "/*order*/", "s.opened_at DESC, s.id"
)
_THIS = _TAKE.replace(
    "/*which*/", "s.id = %(slot)s AND ((s.state = 'leased' AND s.reviewer_id = %(user)s) OR (" + _TAKEABLE + "))"
).replace("/*order*/", "s.id")


def take_next(*, queue: Queue, user: User) -> Slot | None:
    """Leases to `user` what they should review next in `queue`: what they have begun, else the best that is free.

    None when nothing is left for them. Of two slots of one session nobody is ever given both.
    """
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                taken = _run(_OWN, queue=queue.pk, user=user.pk) or _run(_NEXT, queue=queue.pk, user=user.pk)
                return _opened(taken) if taken else None
        except IntegrityError:
            # The same person's other tab took another slot of this session in the same instant; the constraint held.
            continue
    return None


def take_this(*, slot_id: int, user: User) -> Slot | None:
    """Leases this very slot to `user`; None when someone else holds it, or it is done."""
    try:
        with transaction.atomic():
            taken = _run(_THIS, slot=slot_id, user=user.pk)
            return _opened(taken) if taken else None
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
        return bool(held.update(state=SlotState.SKIPPED, skip_reason="extra", lease_token=None, lease_until=None))
    return bool(held.update(state=SlotState.FREE, reviewer=None, lease_token=None, lease_until=None, opened_at=None))


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


def _opened(slot_id: int) -> Slot:
    slot = Slot.objects.select_related("queue__rubric", "item__session__project").get(pk=slot_id)
    if slot.queue.reviewers_per_session > 1:
        Slot.objects.filter(item=slot.item_id, begun=False).exclude(pk=slot_id).update(begun=True)
    return slot
