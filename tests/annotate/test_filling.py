"""Sessions find their way into queues: once ever, ranked, and again when they changed."""

from typing import Any
from unittest.mock import patch

import pytest
from django.db.models import F, Q

from accounts.models import Project
from annotate.filling import DEFAULT_QUEUE, ensure_default_queues, fill_queues
from annotate.models import Queue, QueueItem, Rubric, Slot, SlotState, Stratum
from annotate.priority import RANDOM_SAMPLE
from annotate.queries.filters import FILTERS, Filter
from annotate.tasks import sweep
from tests.builders import make_project, make_queue, make_session
from traces.models import AgentSession, Signal


def settled(project: Project, name: str, **fields: Any) -> AgentSession:
    return make_session(project, name, settled_revision=1, **fields)


def add_signal(session: AgentSession, kind: str = "hidden_tool_error", strength: float = 1.0) -> None:
    Signal.objects.create(session=session, kind=kind, strength=strength, sentence=f"{kind} in {session}.")
    AgentSession.objects.filter(pk=session.pk).update(signal_count=F("signal_count") + 1)


def test_fill_queues_takes_settled_sessions_once_ever(project: Project) -> None:
    queue = make_queue(project, random_share=0)
    settled(project, "a")
    make_session(project, "unsettled")

    assert [fill_queues(10), fill_queues(10)] == [1, 0]
    item = QueueItem.objects.get(queue=queue)
    assert (item.session.external_id, item.stratum, item.selection_probability) == ("a", Stratum.PRIORITY, None)


def test_fill_queues_stays_inside_the_project(project: Project) -> None:
    make_queue(project)
    settled(make_project("other"), "theirs")

    assert fill_queues(10) == 0


def test_fill_queues_makes_a_slot_per_reviewer(project: Project) -> None:
    make_queue(project, reviewers_per_session=3)
    settled(project, "a")
    fill_queues(10)

    assert list(Slot.objects.order_by("ordinal").values_list("ordinal", "state")) == [
        (1, SlotState.FREE),
        (2, SlotState.FREE),
        (3, SlotState.FREE),
    ]


def test_fill_queues_stops_at_the_cap_and_goes_on_when_there_is_room(project: Project) -> None:
    make_queue(project, size_cap=2)
    for number in range(3):
        settled(project, f"s{number}")

    assert [fill_queues(10), fill_queues(10)] == [2, 0]
    Slot.objects.filter(pk=Slot.objects.order_by("pk")[0].pk).update(state=SlotState.SUBMITTED)
    fill_queues(10)
    assert Slot.objects.filter(state=SlotState.FREE).count() == 2


def test_fill_queues_respects_its_limit(project: Project) -> None:
    make_queue(project)
    for number in range(5):
        settled(project, f"s{number}")

    assert [fill_queues(2), fill_queues(2), fill_queues(2)] == [2, 2, 1]


def test_fill_queues_passes_by_a_closed_queue(project: Project) -> None:
    make_queue(project, is_open=False)
    settled(project, "a")

    assert fill_queues(10) == 0


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, {"plain", "failed", "old"}),
        ({"workflow": "billing"}, {"failed"}),
        ({"release": "0.9"}, {"old"}),
        ({"environment": "staging"}, {"old"}),
        ({"has_errors": True}, {"failed"}),
        ({"signal": "tool_loop"}, {"plain"}),
        ({"started_from": "2026-11-02"}, {"plain", "failed"}),
        ({"started_to": "2026-11-01"}, {"old"}),
        ({"project__name": "x", "workflow": ""}, {"plain", "failed", "old"}),
    ],
)
def test_fill_queues_follows_the_filters(project: Project, filters: dict[str, Any], expected: set[str]) -> None:
    make_queue(project, filters=filters)
    add_signal(settled(project, "plain"), "tool_loop")
    settled(project, "failed", workflow="billing", error_count=1)
    old = settled(project, "old", release="0.9", environment="staging")
    AgentSession.objects.filter(pk=old.pk).update(started_at="2026-10-30T12:00:00Z")
    fill_queues(10)

    assert set(QueueItem.objects.values_list("session__external_id", flat=True)) == expected


def test_fill_queues_ranks_by_signals_and_says_why(project: Project) -> None:
    make_queue(project, random_share=0)
    settled(project, "quiet")
    add_signal(settled(project, "loud"))
    fill_queues(10)

    items = list(QueueItem.objects.order_by("-priority"))
    assert [item.session.external_id for item in items] == ["loud", "quiet"]
    assert items[0].reasons == ["hidden_tool_error in loud"]
    assert [slot.priority for slot in Slot.objects.order_by("-priority")] == [item.priority for item in items]


def test_fill_queues_marks_the_random_share(project: Project) -> None:
    make_queue(project, random_share=1)
    settled(project, "a")
    fill_queues(10)

    item = QueueItem.objects.get()
    assert (item.stratum, item.selection_probability, item.reasons[-1]) == (Stratum.RANDOM, 1.0, RANDOM_SAMPLE)


def test_fill_queues_ranks_a_session_again_when_it_was_settled_again(project: Project) -> None:
    make_queue(project, random_share=0)
    session = settled(project, "a")
    fill_queues(10)
    before = QueueItem.objects.get().priority
    add_signal(session)
    AgentSession.objects.filter(pk=session.pk).update(revision=2, settled_revision=2, signals_revision=2)

    assert [fill_queues(10), fill_queues(10)] == [1, 0]
    item = QueueItem.objects.get()
    assert item.priority > before
    assert (item.signals_revision, item.reasons) == (2, ["hidden_tool_error in a"])
    assert Slot.objects.get().priority == item.priority


def test_fill_queues_leaves_a_taken_slot_where_it_is(project: Project) -> None:
    make_queue(project, random_share=0)
    session = settled(project, "a")
    fill_queues(10)
    Slot.objects.update(state=SlotState.SUBMITTED)
    AgentSession.objects.filter(pk=session.pk).update(settled_revision=2, signals_revision=2)

    assert fill_queues(10) == 0


def test_a_removed_session_stays_out(project: Project) -> None:
    queue = make_queue(project)
    QueueItem.objects.create(queue=queue, session=settled(project, "a"), removed_at="2026-11-02T12:00:00Z")

    assert fill_queues(10) == 0


def test_every_project_gets_one_default_queue(project: Project) -> None:
    make_project("second")

    assert [ensure_default_queues(), ensure_default_queues()] == [2, 0]
    assert list(Queue.objects.values_list("name", flat=True)) == [DEFAULT_QUEUE] * 2
    assert Rubric.objects.count() == 2


def test_sweep_fills_the_default_queue(project: Project) -> None:
    settled(project, "a")
    sweep()
    sweep()

    assert Slot.objects.filter(queue__name=DEFAULT_QUEUE, state=SlotState.FREE).count() == 1


def test_a_queue_that_cannot_be_filled_keeps_no_other_waiting(project: Project) -> None:
    make_queue(project, "broken", filters={"workflow": "x"})
    whole = make_queue(project, "whole")
    settled(project, "a")
    broken = Filter("Broken", lambda _project, _value: Q(nothing_of_that_name=1), str)
    with patch.dict(FILTERS, {"workflow": broken}):
        assert fill_queues(10) == 1

    assert QueueItem.objects.get().queue == whole
