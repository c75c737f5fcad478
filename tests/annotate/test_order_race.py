"""Five reviewers at once are served the stated order, and ranking the queue meanwhile loses and doubles nothing."""

from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Project, Role
from annotate.filling import fill_queue
from annotate.models import Queue, Slot
from tests.builders import make_member, make_project, make_queue, make_session
from tests.races import goes_wrong, race
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


def taken(variant: str, folder: Path, who: str = "reader") -> tuple[list[tuple[int, int, int]], list[int]]:
    """When each slot was asked for and given, and which it was; and all in the order that was stated before.

    Readers take while the queue is ranked, reviewers while it is not.
    """
    queue = filled(make_project("race"))
    stated = list(Slot.objects.filter(queue=queue).order_by("-priority", "pk").values_list("pk", flat=True))
    people = [make_member(queue.project, Role.REVIEWER, f"r{n}@example.com") for n in range(REVIEWERS)]
    arguments = [[who, variant, str(queue.pk), str(person.pk)] for person in people]
    ranker = [["ranker", variant, str(queue.pk), "0"]] if who == "reader" else []
    lines = "\n".join(race("tests.annotate.order_race", [*arguments, *ranker], folder)).split("\n")
    asked_given_slot = (line.split() for line in lines if line)
    return [(int(asked), int(given), int(slot)) for asked, given, slot in asked_given_slot], stated


def is_as_stated(given: list[tuple[int, int, int]], stated: list[int]) -> bool:
    """Whether each was given once, and whoever asked after another had been given theirs got a later one."""
    place = {slot: number for number, slot in enumerate(stated)}
    in_order = (place[slot] < place[later] for _, done, slot in given for asked, _, later in given if asked > done)
    return Counter(slot for _, _, slot in given) == Counter(stated) and all(in_order)


def test_five_reviewers_at_once_are_served_the_stated_order(tmp_path: Path) -> None:
    assert is_as_stated(*taken("LOCKED", tmp_path, "reviewer"))


def test_without_the_lock_the_order_is_another(tmp_path: Path) -> None:
    assert goes_wrong(lambda folder: not is_as_stated(*taken("BROKEN", folder, "reviewer")), tmp_path)


def test_ranking_while_five_take_loses_and_doubles_nothing(tmp_path: Path) -> None:
    given, stated = taken("LOCKED", tmp_path)

    assert Counter(slot for _, _, slot in given) == Counter(stated)


def test_without_the_lock_sessions_are_given_twice_while_the_queue_is_ranked(tmp_path: Path) -> None:
    def are_doubled(folder: Path) -> bool:
        given, _ = taken("BROKEN", folder)
        return max(Counter(slot for _, _, slot in given).values()) > 1

    assert goes_wrong(are_doubled, tmp_path)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_whoever_does_not_wait_for_the_new_order_is_told_that_nothing_is_left(tmp_path: Path) -> None:
    assert goes_wrong(lambda folder: len(taken("HASTY", folder)[0]) < SESSIONS, tmp_path)
