"""Who writes several rows locks them in the order of their keys: on PostgreSQL two would else wait for each other."""

import time
from collections.abc import Callable
from threading import Thread

import pytest
from django.db import connection, transaction
from django.db.models import Model

from annotate.actions.places import lock_item, offer, set_aside
from annotate.models import Slot, SlotState
from tests.builders import make_project, make_queue, make_session, make_slot
from traces.models import AgentSession
from traces.storing import settle_again

Act = Callable[[], object]
PATIENCE_SECONDS = 10
IS_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def two_sessions() -> tuple[type[Model], list[int], Act]:
    project = make_project()
    keys = [make_session(project, name).pk for name in ("first", "second")]
    # PostgreSQL comes upon the first row last: its newest version lies behind the second.
    AgentSession.objects.filter(pk=keys[0]).update(title="Changed.")
    return AgentSession, keys, lambda: settle_again(keys)


def two_places(state: SlotState, act: Callable[..., object]) -> tuple[type[Model], list[int], Act]:
    queue = make_queue(make_project())
    session = make_session(queue.project)
    slots = [make_slot(queue, session, ordinal=ordinal, state=state) for ordinal in (1, 2)]
    Slot.objects.filter(pk=slots[0].pk).update(priority=0.5)

    @transaction.atomic
    def write() -> None:
        act(lock_item(slots[0].item_id))

    return Slot, [slot.pk for slot in slots], write


def await_waiting() -> None:
    """Until the other connection waits for a row."""
    until = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(IS_WAITING)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("It waits for nothing.")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.parametrize(
    "scene",
    [
        two_sessions,
        lambda: two_places(SlotState.FREE, set_aside),
        lambda: two_places(SlotState.ASIDE, offer),
    ],
    ids=["settle_again", "set_aside", "offer"],
)
def test_whoever_waits_for_the_first_row_holds_no_later_one(
    scene: Callable[[], tuple[type[Model], list[int], Act]],
) -> None:
    model, [first, second], act = scene()

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    other = Thread(target=run)
    with transaction.atomic():
        model._default_manager.select_for_update(no_key=True).get(pk=first)
        other.start()
        await_waiting()
        model._default_manager.select_for_update(nowait=True).get(pk=second)
    other.join(PATIENCE_SECONDS)
    assert not other.is_alive()
