"""What people do to a queue while a pass over it is being decided: between its reading and its writing."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Project
from annotate.actions.adding import add_sessions
from annotate.actions.queues import QueueSettings, edit_queue
from annotate.filling import fill_queue, passes
from annotate.filling.writing import Decided, write
from annotate.models import Queue, Stratum
from tests.annotate.test_drawing import arrive
from tests.builders import make_queue


def fill_while(queue: Queue, happens: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> int:
    def write_after(decided: Decided) -> int | None:
        happens()
        return write(decided)

    with monkeypatch.context() as patched:
        patched.setattr(passes, "write", write_after)
        return fill_queue(Queue.objects.select_related("project").get(pk=queue.pk), limit=1000)


def test_sessions_that_were_added_by_hand_meanwhile_stay_as_they_are(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = make_queue(project, random_share=0)
    by_hand = [session.pk for session in arrive(project, 6)[:2]]
    done = fill_while(queue, lambda: add_sessions(queue=queue, session_ids=by_hand), monkeypatch)

    assert done == 4
    assert set(queue.items.filter(stratum=Stratum.HAND).values_list("session_id", flat=True)) == set(by_hand)
    assert queue.items.filter(stratum=Stratum.PRIORITY).count() == 4


def test_a_queue_that_got_another_filter_meanwhile_takes_nothing_of_the_old_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was never ranked before and is to be ranked anew after: that alone tells the two apart by nothing."""
    queue = make_queue(project, random_share=0.5)
    arrive(project, 4)
    [fits] = arrive(project, 1, first=10, workflow="billing")
    settings, filters = QueueSettings(name=queue.name, random_share=0.5), {"workflow": ["billing"]}
    done = fill_while(queue, lambda: edit_queue(queue=queue, settings=settings, filters=filters), monkeypatch)

    queue.refresh_from_db()
    assert (done, queue.items.count(), queue.drawn_below) == (0, 0, 0)
    fill_queue(Queue.objects.select_related("project").get(pk=queue.pk), limit=1000)
    assert list(queue.items.values_list("session_id", flat=True)) == [fits.pk]
