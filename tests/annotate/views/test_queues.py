"""The list of queues and the form of a new one, as a browser without script meets them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Project, Role, User
from annotate.filling import fill_queues
from annotate.models import Queue, SlotState
from annotate.queries.progress import Arrivals, arrivals
from tests.annotate.views.pages import add_slot, url
from tests.builders import client_of, make_member, make_queue, make_review, make_session


def row_of(client: Client, queue: Queue) -> str:
    """The queue's line as text, and whether it asks again."""
    html = client.get(url("queue_row", queue.project, queue.pk)).content.decode()
    return " ".join(strip_tags(html).split()) + (
        f" | {html.split('hx-trigger=')[1].split('>')[0]}" if "hx-" in html else ""
    )


def test_queue_list_counts_what_waits(client: Client, project: Project, queue: Queue, ada: User) -> None:
    for number in range(3):
        add_slot(queue, f"s{number}")
    add_slot(queue, "done", state=SlotState.SUBMITTED)
    session = make_session(project, "reviewed")
    make_review(session, ada)

    page = client.get(url("queue_list", project))

    row = page.context["rows"][0]
    assert (row.waiting, row.done, row.minutes) == (3, 1, None)
    assert "<strong>3</strong> waiting · 1 done" in page.content.decode()
    assert "You have reviewed 1; 1 was a failure." in " ".join(page.content.decode().split()).replace("(1 today)", "")


@pytest.mark.parametrize(
    ("timed", "seconds", "minutes"), [(4, 300, None), (5, 300, 50), (5, 1, 2), (5, 90_000, 150)], ids=str
)
def test_queue_list_estimates_from_how_long_reviews_took(
    client: Client, project: Project, queue: Queue, ada: User, timed: int, seconds: int, minutes: int | None
) -> None:
    for number in range(10):
        add_slot(queue, f"s{number}")
    now = timezone.now()
    for number in range(timed):
        session = make_session(project, f"r{number}")
        make_review(session, ada, opened_at=now - timedelta(seconds=seconds), submitted_at=now)

    assert client.get(url("queue_list", project)).context["rows"][0].minutes == minutes


def test_queue_row_says_what_is_on_its_way(client: Client, project: Project, queue: Queue) -> None:
    assert row_of(client, queue) == 'Everything Nothing to review yet | "every 15s"'

    for name in ("a", "b"):
        make_session(project, name)
    assert row_of(client, queue) == (
        "Everything Nothing to review yet 2 sessions have arrived and are ready for review once they have been quiet "
        'for 5 minutes. | "every 15s"'
    )

    make_session(project, "c", closed=True)
    make_session(project, "d", settled_revision=1)
    assert "Filling … 2 sessions to come 2 sessions have arrived" in row_of(client, queue)
    assert '"every 2s"' in row_of(client, queue)

    fill_queues(10)
    assert row_of(client, queue) == "Everything 1 waiting 0 of 1 Start ⏎"


def test_queue_row_promises_no_more_than_comes_in(client: Client, project: Project) -> None:
    for number in range(5):
        make_session(project, f"s{number}", settled_revision=1)
    small = make_queue(project, "Few", size_cap=3)
    by_hand, closed = make_queue(project, "Hand", fills_itself=False), make_queue(project, "Shut", is_open=False)

    assert "Filling … 3 sessions to come" in row_of(client, small)
    assert [arrivals(queue) for queue in (small, by_hand, closed)] == [Arrivals(3, 0), Arrivals(0, 0), Arrivals(0, 0)]
    assert row_of(client, by_hand) == "Hand Nothing to review yet"


def test_queue_row_offers_enter_only_where_nothing_else_waits(client: Client, project: Project, queue: Queue) -> None:
    add_slot(queue)
    add_slot(make_queue(project, "another"), "other")

    assert row_of(client, queue) == "Everything 1 waiting 0 of 1 Start"


def test_queue_list_asks_as_much_with_one_queue_as_with_many(
    client: Client, project: Project, queue: Queue, django_assert_num_queries: Any
) -> None:
    add_slot(queue)
    client.get(url("queue_list", project))
    with CaptureQueriesContext(connection) as few:
        client.get(url("queue_list", project))
    for number in range(20):
        add_slot(make_queue(project, f"q{number}"), f"q{number}")
    with django_assert_num_queries(len(few)):
        client.get(url("queue_list", project))


def test_queue_list_gives_a_lead_the_first_queue(lead_client: Client, project: Project) -> None:
    page = lead_client.get(url("queue_list", project))

    assert [row.queue.name for row in page.context["rows"]] == ["All sessions"]


def test_queue_state_closes_and_opens(lead_client: Client, client: Client, project: Project, queue: Queue) -> None:
    add_slot(queue)
    lead_client.post(url("queue_state", project, queue.pk))

    assert "closed" in client.get(url("review_next", project, queue.pk)).content.decode()
    lead_client.post(url("queue_state", project, queue.pk))
    assert client.get(url("review_next", project, queue.pk)).status_code == 302


def test_a_viewer_sees_the_queues_and_starts_nothing(project: Project, queue: Queue) -> None:
    slot = add_slot(queue)
    viewer = client_of(make_member(project, Role.VIEWER))

    assert "Start" not in viewer.get(url("queue_list", project)).content.decode()
    assert viewer.get(url("review_page", project, slot.pk)).status_code == 404
    assert viewer.get(url("review_next", project, queue.pk)).status_code == 404
