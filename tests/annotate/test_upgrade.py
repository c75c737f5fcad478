"""What became of queues that were filled before sessions had a draw, and read before turns were noted."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from accounts.models import Project, User
from annotate.models import Outcome, QueueItem, Slot, SlotState, Stratum
from annotate.queries.estimates import read_sample
from tests.builders import make_queue, make_review, make_session, make_slot

upgrade = import_module("annotate.migrations.0008_what_was_drawn_before_counts_in_no_share")
turns = import_module("annotate.migrations.0009_slots_handed_out_in_turn")


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
