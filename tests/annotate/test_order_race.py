"""Five reviewers at once are served the stated order, and ranking the queue meanwhile loses and doubles nothing."""

from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Project, Role
from annotate.filling import fill_queue
from annotate.models import Queue, Slot
from tests.builders import make_member, make_project, make_queue, make_session
from tests.races import race
from traces.models import Signal

REVIEWERS = 5
SESSIONS = 60

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def filled(project: Project) -> Queue:
    queue = make_queue(project, random_share=0.2)
    for n in range(SESSIONS):
        session = make_session(project, f"s{n}", settled_revision=1, draw=(n * 0.381966) % 1)
        if n % 3 == 0:
            Signal.objects.create(session=session, kind="tool_loop", strength=(n + 1) / SESSIONS, sentence="Round.")
    fill_queue(queue, limit=1000)
    return queue


def taken(folder: Path, queue: Queue, variant: str, who: str = "reviewer") -> list[tuple[int, int, int]]:
    """When each slot was asked for and given, and which it was. Readers take while the queue is ranked."""
    people = [make_member(queue.project, Role.REVIEWER, f"r{n}@example.com") for n in range(REVIEWERS)]
    arguments = [[who, variant, str(queue.pk), str(person.pk)] for person in people]
    ranker = [["ranker", variant, str(queue.pk), "0"]] if who == "reader" else []
    lines = "\n".join(race("tests.annotate.order_race", [*arguments, *ranker], folder)).split("\n")
    return [(int(asked), int(given), int(slot)) for asked, given, slot in (line.split() for line in lines if line)]


def is_as_stated(given: list[tuple[int, int, int]], stated: list[int]) -> bool:
    """Whether each was given once, and whoever asked after another had been given theirs got a later one."""
    place = {slot: number for number, slot in enumerate(stated)}
    in_order = (place[slot] < place[later] for _, done, slot in given for asked, _, later in given if asked > done)
    return Counter(slot for _, _, slot in given) == Counter(stated) and all(in_order)


def stated_order(queue: Queue) -> list[int]:
    return list(Slot.objects.filter(queue=queue).order_by("-priority", "pk").values_list("pk", flat=True))


def test_five_reviewers_at_once_are_served_the_stated_order(tmp_path: Path) -> None:
    queue = filled(make_project("race"))
    stated = stated_order(queue)

    assert is_as_stated(taken(tmp_path, queue, "LOCKED"), stated)


def test_without_the_lock_the_order_is_another(tmp_path: Path) -> None:
    queue = filled(make_project("race"))
    stated = stated_order(queue)

    assert not is_as_stated(taken(tmp_path, queue, "BROKEN"), stated)


def test_ranking_while_five_take_loses_and_doubles_nothing(tmp_path: Path) -> None:
    queue = filled(make_project("race"))
    given = taken(tmp_path, queue, "LOCKED", "reader")

    assert Counter(slot for _, _, slot in given) == Counter(stated_order(queue))


def test_without_the_lock_sessions_are_given_twice_while_the_queue_is_ranked(tmp_path: Path) -> None:
    given = taken(tmp_path, filled(make_project("race")), "BROKEN", "reader")

    assert max(Counter(slot for _, _, slot in given).values()) > 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_whoever_does_not_wait_for_the_new_order_is_told_that_nothing_is_left(tmp_path: Path) -> None:
    given = taken(tmp_path, filled(make_project("race")), "HASTY", "reader")

    assert len(given) < SESSIONS
