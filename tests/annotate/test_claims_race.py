"""Eight processes empty one queue on a real database. Each slot must be given exactly once."""

from collections import Counter
from pathlib import Path

import pytest

from accounts.models import Role
from annotate.models import Slot
from tests.builders import make_member, make_project, make_queue, make_session, make_slot
from tests.races import goes_wrong, race

PROCESSES = 8
SLOTS = 200

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def given_out(variant: str, folder: Path) -> Counter[int]:
    """How often each slot was handed out when all processes take from one queue at once."""
    project = make_project("race")
    queue = make_queue(project)
    people = [make_member(project, Role.REVIEWER, f"r{number}@example.com") for number in range(PROCESSES)]
    for number in range(SLOTS):
        make_slot(queue, make_session(project, f"s{number}"), priority=number % 7 / 10)
    outputs = race("tests.annotate.race", [[variant, str(queue.pk), str(person.pk)] for person in people], folder)
    return Counter(int(line) for output in outputs for line in output.split())


def test_eight_processes_are_given_each_slot_exactly_once(tmp_path: Path) -> None:
    given = given_out("ONE", tmp_path)

    assert given == Counter(Slot.objects.values_list("pk", flat=True))
    assert len(given) == SLOTS


def test_without_the_lock_slots_are_given_twice(tmp_path: Path) -> None:
    assert goes_wrong(lambda folder: max(given_out("BROKEN", folder).values()) > 1, tmp_path)
