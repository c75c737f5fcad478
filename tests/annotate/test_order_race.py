"""Five reviewers at once are served the stated order, and ranking the queue meanwhile loses and doubles nothing."""

from collections import Counter
from pathlib import Path

import pytest

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


def taken(folder: Path, queue: Queue, *, with_ranker: bool) -> list[tuple[int, int, int]]:
    """When each slot was asked for and given, and which it was."""
    people = [make_member(queue.project, Role.REVIEWER, f"r{n}@example.com") for n in range(REVIEWERS)]
    arguments = [["reviewer", str(queue.pk), str(person.pk)] for person in people]
    ranker = [["ranker", str(queue.pk), "0"]] if with_ranker else []
    lines = "\n".join(race("tests.annotate.order_race", [*arguments, *ranker], folder)).split("\n")
    return [(int(asked), int(given), int(slot)) for asked, given, slot in (line.split() for line in lines if line)]


def test_five_reviewers_at_once_are_served_the_stated_order(tmp_path: Path) -> None:
    queue = filled(make_project("race"))
    stated = list(Slot.objects.filter(queue=queue).order_by("-priority", "pk").values_list("pk", flat=True))
    place = {slot: number for number, slot in enumerate(stated)}
    given = taken(tmp_path, queue, with_ranker=False)

    assert Counter(slot for _, _, slot in given) == Counter(stated)
    # Whoever asked after another had been given theirs got a later one.
    for _, done, slot in given:
        assert all(place[slot] < place[later] for asked, _, later in given if asked > done)


def test_ranking_while_five_take_loses_and_doubles_nothing(tmp_path: Path) -> None:
    queue = filled(make_project("race"))
    given = taken(tmp_path, queue, with_ranker=True)

    assert Counter(slot for _, _, slot in given) == Counter(Slot.objects.values_list("pk", flat=True))
