"""Adding sessions by hand: once ever, in slices."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions import adding
from annotate.actions.adding import Added, add_sessions, preview
from annotate.actions.items import remove_item
from annotate.models import Queue, QueueItem, Slot, Stratum
from common.errors import Refused
from tests.builders import make_project, make_session


def keys(project: Project, count: int) -> list[int]:
    return [make_session(project, f"s{number}").pk for number in range(count)]


def test_add_sessions_takes_each_once_ever(project: Project, queue: Queue, lead: User) -> None:
    chosen = keys(project, 5)
    assert add_sessions(queue=queue, session_ids=chosen[:3]) == Added(3, 0, 0)
    remove_item(item=QueueItem.objects.get(session=chosen[0]), remover=lead)

    assert preview(queue, chosen) == Added(2, 2, 1)
    assert add_sessions(queue=queue, session_ids=chosen) == Added(2, 2, 1)
    assert add_sessions(queue=queue, session_ids=chosen) == Added(0, 4, 1)
    assert QueueItem.objects.count() == Slot.objects.count() == 5


def test_add_sessions_makes_every_place_and_says_when_it_is_due(project: Project, queue: Queue) -> None:
    Queue.objects.update(reviewers_per_session=3, due_hours=2)
    add_sessions(queue=queue, session_ids=keys(project, 1))

    item = QueueItem.objects.get()
    assert (item.stratum, item.reasons, item.signals_revision) == (Stratum.HAND, ["added by hand"], 0)
    assert item.due_at is not None
    assert timedelta(0) <= timezone.now() + timedelta(hours=2) - item.due_at < timedelta(seconds=30)
    assert sorted(Slot.objects.values_list("ordinal", flat=True)) == [1, 2, 3]


def test_add_sessions_takes_none_of_another_project(queue: Queue) -> None:
    assert add_sessions(queue=queue, session_ids=keys(make_project("other"), 2)) == Added()


def test_add_sessions_goes_on_in_slices(project: Project, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "SLICE", 2)

    assert add_sessions(queue=queue, session_ids=keys(project, 5)) == Added(5, 0, 0)


def test_add_sessions_asks_as_much_for_10_as_for_40(
    project: Project, queue: Queue, django_assert_num_queries: Any
) -> None:
    chosen = keys(project, 50)
    with CaptureQueriesContext(connection) as few:
        add_sessions(queue=queue, session_ids=chosen[:10])
    with django_assert_num_queries(len(few)):
        add_sessions(queue=queue, session_ids=chosen[10:])


def test_add_sessions_refuses_too_many_at_once(queue: Queue) -> None:
    with pytest.raises(Refused):
        add_sessions(queue=queue, session_ids=range(adding.MOST + 1))


@pytest.mark.parametrize(
    ("added", "words"),
    [
        (Added(1, 0, 0), "1 session added."),
        (Added(2, 1, 0), "2 sessions added (1 already in it)."),
        (Added(0, 3, 2), "0 sessions added (3 already in it, 2 removed from it before, and left out)."),
    ],
)
def test_added_tells_in_words(added: Added, words: str) -> None:
    assert added.in_words == words
