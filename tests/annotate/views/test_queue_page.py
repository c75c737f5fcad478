"""One queue's page and what a lead does there with its sessions."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Project, Role, User
from annotate.models import Queue, QueueItem, Slot, SlotState
from tests.annotate.views.pages import add_slot, judgement, url
from tests.builders import make_member, make_queue


def words(client: Client, queue: Queue, **query: str) -> str:
    return " ".join(strip_tags(client.get(url("queue_page", queue.project, queue.pk), query).content.decode()).split())


def lease(slot: Slot) -> dict[str, str]:
    slot.refresh_from_db()
    return {"lease_token": str(slot.lease_token)}


def test_queue_page_tells_its_settings_in_words(client: Client, project: Project, ada: User) -> None:
    queue = make_queue(
        project,
        filters={"workflow": ["refunds", "billing"], "has_errors": True},
        is_blind=True,
        reviewers_per_session=2,
        due_hours=1,
    )
    queue.takers.set([ada])

    told = words(client, queue)

    assert "Takes sessions with workflow refunds or billing, with an error." in told
    assert "2 reviewers judge each session, and see nothing of each other before." in told
    assert "Only ada@example.com may take from it." in told
    assert "Due 1 hour after coming in." in told
    assert "It is being filled" in told


def test_queue_page_lists_what_waits_in_the_order_in_which_it_comes(
    client: Client, project: Project, queue: Queue
) -> None:
    for name, priority in (("low", 0.1), ("high", 0.9), ("middle", 0.5)):
        add_slot(queue, name, priority=priority)
    add_slot(queue, "done", state=SlotState.SUBMITTED)

    rows = client.get(url("queue_page", project, queue.pk)).context["items"]

    assert [row.item.session.external_id for row in rows] == ["high", "middle", "low"]


def test_queue_page_says_who_has_and_who_judged(
    client: Client, lead_client: Client, project: Project, queue: Queue, ada: User
) -> None:
    slot = add_slot(queue)
    QueueItem.objects.update(due_at=timezone.now() - timedelta(hours=1))
    client.get(url("review_page", project, slot.pk))
    assert "ada@example.com has it open" in words(lead_client, queue)
    assert "overdue" in words(lead_client, queue)

    client.post(url("review_submit", project, slot.pk), judgement())
    assert "ada@example.com judged it" in words(lead_client, queue, show="done")
    assert "overdue" not in words(lead_client, queue, show="done").replace("Overdue", "")


def test_queue_page_asks_as_much_with_one_session_as_with_many(
    lead_client: Client, project: Project, queue: Queue, django_assert_num_queries: Any
) -> None:
    page = url("queue_page", project, queue.pk)
    add_slot(queue)
    lead_client.get(page)
    with CaptureQueriesContext(connection) as few:
        lead_client.get(page)
    people = [make_member(project, Role.REVIEWER, f"p{number}@example.com") for number in range(10)]
    for number in range(30):
        add_slot(queue, f"n{number}", state=SlotState.LEASED, reviewer=people[number % 10])
    with django_assert_num_queries(len(few)):
        lead_client.get(page)
    with django_assert_num_queries(len(few)):
        lead_client.get(page, {"page": "2"})


@pytest.mark.parametrize("query", [{"show": "x"}, {"page": "x"}, {"page": "-1"}, {"show": "done", "page": "99"}])
def test_queue_page_survives_nonsense(client: Client, project: Project, queue: Queue, query: dict[str, str]) -> None:
    add_slot(queue)

    assert client.get(url("queue_page", project, queue.pk), query).status_code == 200


def test_a_lead_gives_a_session_to_one_person(
    client: Client, lead_client: Client, project: Project, queue: Queue, ada: User
) -> None:
    add_slot(queue, "best", priority=0.9)
    given = add_slot(queue, "given", priority=0.1)
    lead_client.post(url("item_assign", project, queue.pk, given.item_id), {"person": ada.pk})

    assert "Given to ada@example.com" in words(lead_client, queue)
    assert "1 given to you" in " ".join(strip_tags(client.get(url("queue_list", project)).content.decode()).split())
    assert client.get(url("review_next", project, queue.pk)).headers["Location"] == url(
        "review_page", project, given.pk
    )


def test_a_lead_gives_nothing_to_who_does_not_review_here(lead_client: Client, project: Project, queue: Queue) -> None:
    slot = add_slot(queue)
    viewer = make_member(project, Role.VIEWER)
    for person in (viewer.pk, 0, "x"):
        lead_client.post(url("item_assign", project, queue.pk, slot.item_id), {"person": person})

    slot.refresh_from_db()
    assert slot.assigned_to is None


def test_a_lead_takes_back_what_was_given(lead_client: Client, project: Project, queue: Queue, ada: User) -> None:
    slot = add_slot(queue, assigned_to=ada)
    lead_client.post(url("slot_unassign", project, slot.pk))

    slot.refresh_from_db()
    assert slot.assigned_to is None


def test_a_lead_hands_back_what_somebody_has_open(
    client: Client, lead_client: Client, project: Project, queue: Queue
) -> None:
    slot = add_slot(queue)
    client.get(url("review_page", project, slot.pk))
    held = lease(slot)
    lead_client.post(url("slot_hand_back", project, slot.pk))

    slot.refresh_from_db()
    assert (slot.state, slot.reviewer) == (SlotState.FREE, None)
    assert client.post(url("review_renew", project, slot.pk), held).json() == {"held": False}


def test_a_removed_session_stays_out_until_it_is_put_back(
    client: Client, lead_client: Client, project: Project, queue: Queue
) -> None:
    slot = add_slot(queue)
    answer = lead_client.post(url("item_remove", project, queue.pk, slot.item_id) + "?show=waiting&page=2")

    assert answer.headers["Location"] == url("queue_page", project, queue.pk) + "?show=waiting&page=2"
    assert "All done" in client.get(url("review_next", project, queue.pk)).content.decode()
    assert "Removed by lead@acme.example.com" in words(lead_client, queue, show="removed")

    lead_client.post(url("item_offer", project, queue.pk, slot.item_id))
    assert client.get(url("review_next", project, queue.pk)).status_code == 302


def test_a_lead_judges_what_was_skipped_too_often(
    client: Client, lead_client: Client, project: Project, queue: Queue
) -> None:
    Queue.objects.update(skips_to_lead=1)
    slot = add_slot(queue)
    client.get(url("review_page", project, slot.pk))
    client.post(url("review_skip", project, slot.pk), {"reason": "not_my_field", **lease(slot)})
    assert "ada@example.com skipped it: not my field" in words(lead_client, queue, show="lead")

    answer = lead_client.post(url("item_take_over", project, queue.pk, slot.item_id))
    page = lead_client.get(answer.headers["Location"])
    assert page.status_code == 200
    lead_client.post(
        url("review_submit", project, page.context["slot"].pk),
        judgement(lease_token=str(page.context["slot"].lease_token)),
    )
    assert "lead@acme.example.com judged it" in words(lead_client, queue, show="done")


def test_reviewers_see_the_queue_and_change_nothing(client: Client, project: Project, queue: Queue) -> None:
    slot = add_slot(queue)

    assert client.get(url("queue_page", project, queue.pk)).status_code == 200
    for name in ("item_remove", "item_offer", "item_take_over", "item_assign"):
        assert client.post(url(name, project, queue.pk, slot.item_id)).status_code == 404
    for name in ("slot_unassign", "slot_hand_back"):
        assert client.post(url(name, project, slot.pk)).status_code == 404


def test_queue_page_says_that_it_is_being_filled_and_how_much_waits(client: Client, project: Project) -> None:
    queue = make_queue(project, reviewers_per_session=2)
    told = words(client, queue)
    assert "It is being filled" in told
    assert "About" not in told
    add_slot(queue, "s-1")
    Queue.objects.filter(pk=queue.pk).update(ranked_at=timezone.now())
    assert "Waiting 1 judgement" in words(client, queue)
    Slot.objects.all().delete()
    QueueItem.objects.all().delete()
    assert "Nothing waits" in words(client, queue)


@pytest.mark.parametrize(
    ("fields", "taken", "empty"),
    [
        ({}, "Takes every session.", "It is being filled"),
        ({"is_open": False}, "Takes every session.", "The queue is closed: nothing comes in"),
        ({"fills_itself": False, "filters": {"workflow": "refunds"}}, "Takes what people add.", "Choose sessions"),
    ],
    ids=["fills itself", "closed", "by hand"],
)
def test_queue_page_promises_only_what_comes_in(
    client: Client, project: Project, fields: dict[str, Any], taken: str, empty: str
) -> None:
    told = words(client, make_queue(project, **fields))

    assert taken in told
    assert empty in told
