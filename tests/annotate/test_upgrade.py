"""What became of queues that older versions filled, read, and mixed settled sessions into."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import Project, User
from annotate.models import FailureType, Outcome, Queue, QueueItem, Slot, SlotState, Stratum
from annotate.queries.estimates import read_sample
from tests.builders import (
    NOON,
    make_failure,
    make_failure_type,
    make_queue,
    make_review,
    make_session,
    make_slot,
)

upgrade = import_module("annotate.migrations.0008_what_was_drawn_before_counts_in_no_share")
turns = import_module("annotate.migrations.0009_slots_handed_out_in_turn")
measures = import_module("annotate.migrations.0015_only_blind_queues_measure")
coining = import_module("annotate.migrations.0016_failure_types_say_what_they_were_first_said_of")


def read_by_the_old_rule(project: Project, reader: User, name: str, *, below: float) -> None:
    """40 sessions of a queue, one in five of them drawn as it was once: whatever the session's draw. All failed."""
    queue = make_queue(project, name, drawn_below=below)
    for number in range(40):
        session = make_session(project, f"{name}-{number}", draw=number / 40)
        slot = make_slot(queue, session, reviewer=reader, state=SlotState.SUBMITTED)
        make_review(session, reader, Outcome.FAILURE, slot=slot)
        if number % 5 == 0:
            QueueItem.objects.filter(pk=slot.item_id).update(stratum=Stratum.RANDOM, selection_probability=0.2)


def test_what_was_drawn_by_the_old_rule_speaks_for_no_share(project: Project, lead: User) -> None:
    read_by_the_old_rule(project, lead, "Everything", below=0)
    upgrade.take_out_of_the_sample(apps, connection)
    assert list(QueueItem.objects.values_list("stratum", "selection_probability").distinct()) == [("priority", None)]
    assert read_sample(project).cell_of == {}


def test_what_was_drawn_by_the_rule_of_today_stays(project: Project, lead: User) -> None:
    read_by_the_old_rule(project, lead, "Everything", below=0.2)
    upgrade.take_out_of_the_sample(apps, connection)
    assert QueueItem.objects.filter(stratum=Stratum.RANDOM, selection_probability=0.2).count() == 8


def test_what_was_read_before_turns_were_noted_counts_as_it_did(project: Project, lead: User) -> None:
    queue = make_queue(project)
    done = {"reviewer": lead, "state": SlotState.SUBMITTED}
    read, ranked, *_ = (
        make_slot(queue, make_session(project, f"s{number}"), **fields)
        for number, fields in enumerate([done, done, done | {"assigned_to": lead}, done | {"is_extra": True}, {}])
    )
    QueueItem.objects.exclude(pk=ranked.item_id).update(stratum=Stratum.RANDOM)
    turns.count_what_was_read(apps, connection)
    assert list(Slot.objects.filter(in_turn=True)) == [read]


@pytest.fixture
def unchecked(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Queues as they could be before it was asked of those that measure to be blind."""
    [constraint] = (one for one in Queue._meta.constraints if one.name == "queue_measures_only_blind")
    # SQLite makes the table anew, with the constraints that the model has then.
    with monkeypatch.context() as patched, connection.schema_editor() as editor:
        patched.setattr(Queue._meta, "constraints", [one for one in Queue._meta.constraints if one is not constraint])
        editor.remove_constraint(Queue, constraint)
    yield
    Queue.objects.update(is_blind=True)
    with connection.schema_editor() as editor:
        editor.add_constraint(Queue, constraint)


def test_queues_that_are_not_blind_measure_nobody_any_more(project: Project, lead: User, unchecked: None) -> None:
    for name in ("Blind", "Open"):
        queue = make_queue(project, name, is_blind=name == "Blind", gold_share=0.1, repeat_share=0.05)
        gold = make_slot(queue, make_session(project, name), state=SlotState.LEASED, reviewer=lead, assigned_to=lead)
        QueueItem.objects.filter(pk=gold.item_id).update(stratum=Stratum.GOLD)
        make_slot(queue, make_session(project, f"{name} work"))
    measures.measure_no_more(apps, connection)
    told = Queue.objects.order_by("name").values_list("name", "is_blind", "gold_share", "repeat_share")
    assert list(told) == [("Blind", True, 0.1, 0.05), ("Open", False, 0, 0)]
    states = dict(Slot.objects.values_list("item__session__external_id", "state"))
    assert states == {"Blind": "leased", "Blind work": "free", "Open": "aside", "Open work": "free"}


def test_failure_types_are_of_the_session_that_was_judged_when_they_were_made(project: Project, lead: User) -> None:
    told, before, other = (make_session(project, name) for name in ("told", "before", "other"))
    for session, seconds in ((before, 2), (told, 1), (other, -1)):
        make_review(session, lead, submitted_at=NOON - timedelta(seconds=seconds))
    made = {"Coined": (lead, 0), "By hand": (lead, 60), "Nobody's": (None, 0), "Never used": (None, 0)}
    for name, (person, seconds) in made.items():
        kind = make_failure_type(project, name, created_by=person)
        FailureType.objects.filter(pk=kind.pk).update(created_at=NOON + timedelta(seconds=seconds))
    for session in (other, told):
        kind = FailureType.objects.get(name="Nobody's")
        make_failure(make_review(session, lead), failure_type=kind)
    coining.remember_sessions(apps, connection)
    found = FailureType.objects.values_list("name", "coined_on__external_id")
    assert dict(found) == {"Coined": "told", "By hand": None, "Nobody's": "other", "Never used": None}
