"""The pages of review, as a browser without script meets them."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Project, Role, User
from annotate.filling import fill_queues
from annotate.models import Draft, Failure, Queue, QueueItem, Review, Slot, SlotState
from tests.builders import make_member, make_project, make_queue, make_review, make_session, make_slot, make_talk

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def ada(project: Project) -> User:
    return make_member(project, Role.REVIEWER, "ada@example.com")


@pytest.fixture
def client(ada: User) -> Client:
    client = Client()
    client.force_login(ada, backend=BACKEND)
    return client


@pytest.fixture
def queue(project: Project) -> Queue:
    return make_queue(project)


def add_slot(queue: Queue, name: str = "s-1", **fields: Any) -> Slot:
    session = make_session(queue.project, name)
    make_talk(session)
    return make_slot(queue, session, **fields)


def url(name: str, project: Project, *args: int) -> str:
    return reverse(name, args=[project.slug, *args])


def judgement(**fields: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "outcome": "failure",
        "failures-TOTAL_FORMS": "1",
        "failures-INITIAL_FORMS": "0",
        "failures-0-root_step": "k2",
        "failures-0-note": "It lied.",
        "failures-0-severity": "high",
        **fields,
    }


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


def row_of(client: Client, queue: Queue) -> str:
    """The queue's line as text, and whether it asks again."""
    html = client.get(url("queue_row", queue.project, queue.pk)).content.decode()
    return " ".join(strip_tags(html).split()) + (
        f" | {html.split('hx-trigger=')[1].split('>')[0]}" if "hx-" in html else ""
    )


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


def test_queue_new_makes_a_queue_of_the_closed_list_of_filters(lead_client: Client, project: Project) -> None:
    make_session(project, workflow="billing")
    given = {
        "name": "Billing",
        "workflow": "billing",
        "started_from": "2026-11-01",
        "has_errors": "on",
        "reviewers_per_session": "2",
        "random_percent": "30",
        "project__name": "x",
    }
    answer = lead_client.post(url("queue_new", project), given)

    assert answer.status_code == 302
    made = Queue.objects.get(name="Billing")
    assert made.filters == {"workflow": "billing", "started_from": "2026-11-01", "has_errors": True}
    assert (made.reviewers_per_session, made.random_share) == (2, 0.3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("workflow", "no such"),
        ("reviewers_per_session", "9"),
        ("random_percent", "101"),
        ("started_to", "2020-01-01"),
        ("started_from", "yesterday"),
    ],
)
def test_queue_new_says_what_is_wrong_and_keeps_what_was_typed(
    lead_client: Client, project: Project, field: str, value: str
) -> None:
    given = {"name": "Kept", "started_from": "2026-01-01", "reviewers_per_session": "1", "random_percent": "20"}
    page = lead_client.post(url("queue_new", project), {**given, field: value})

    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert [name for name, each in page.context["form"].fields.items() if "autofocus" in each.widget.attrs] == [field]
    assert page.context["form"]["name"].value() == ("" if field == "name" else "Kept")
    assert Queue.objects.count() == 0


def test_queue_count_counts_live(lead_client: Client, project: Project) -> None:
    make_session(project, "a", workflow="billing")
    make_session(project, "b")

    assert (
        "<strong>1</strong> session matches"
        in lead_client.get(url("queue_count", project), {"workflow": "billing"}).content.decode()
    )
    assert lead_client.get(url("queue_count", project), {"started_from": "x"}).status_code == 200
    last_day = lead_client.get(url("queue_count", project), {"started_to": "9999-12-31"})
    assert "<strong>2</strong> sessions match" in last_day.content.decode()


def test_queue_state_closes_and_opens(lead_client: Client, client: Client, project: Project, queue: Queue) -> None:
    add_slot(queue)
    lead_client.post(url("queue_state", project, queue.pk))

    assert "closed" in client.get(url("review_next", project, queue.pk)).content.decode()
    lead_client.post(url("queue_state", project, queue.pk))
    assert client.get(url("review_next", project, queue.pk)).status_code == 302


def test_review_next_leads_to_the_same_session_until_it_is_judged(
    client: Client, project: Project, queue: Queue
) -> None:
    best = add_slot(queue, "best", priority=0.9)
    add_slot(queue, "other", priority=0.1)

    assert {client.get(url("review_next", project, queue.pk)).headers["Location"] for _ in range(2)} == {
        url("review_page", project, best.pk)
    }


def test_review_next_is_kind_at_the_end(client: Client, project: Project, queue: Queue) -> None:
    page = client.get(url("review_next", project, queue.pk))

    assert (page.status_code, "All done" in page.content.decode()) == (200, True)


def test_review_page_shows_the_reasons_the_steps_and_the_place(client: Client, project: Project, queue: Queue) -> None:
    slot = add_slot(queue)
    add_slot(queue, "done", state=SlotState.SUBMITTED)
    QueueItem.objects.filter(pk=slot.item_id).update(reasons=["a tool failed", "cost 4× the median"])

    page = client.get(url("review_page", project, slot.pk))

    text = page.content.decode()
    assert (page.context["position"], page.context["total"]) == (2, 2)
    assert all(words in text for words in ("a tool failed", "cost 4× the median", "Your refund is on its way"))
    assert [step.key for step in page.context["outline"]] == ["k1", "k2", "k3"]


def test_review_page_asks_as_much_for_a_long_session(
    client: Client, project: Project, queue: Queue, django_assert_num_queries: Any
) -> None:
    short, long = add_slot(queue, "short"), add_slot(queue, "long")
    steps = list(long.item.session.steps.all())
    for number in range(60):
        step = steps[number % 3]
        step.pk, step.key, step.position = None, f"x{number}", 10 + number
        step.save()
    client.get(url("review_page", project, short.pk))
    with CaptureQueriesContext(connection) as few:
        client.get(url("review_page", project, short.pk))
    with django_assert_num_queries(len(few)):
        client.get(url("review_page", project, long.pk))


def test_review_page_of_anothers_session_leads_on(client: Client, project: Project, queue: Queue) -> None:
    slot = add_slot(queue)
    bob = make_member(project, Role.REVIEWER, "bob@example.com")
    other = Client()
    other.force_login(bob, backend=BACKEND)
    other.get(url("review_page", project, slot.pk))

    answer = client.get(url("review_page", project, slot.pk))

    assert (answer.status_code, answer.headers["Location"]) == (302, url("review_next", project, queue.pk))


def test_review_page_of_a_judged_session_shows_the_judgement_and_takes_no_other(
    client: Client, project: Project, queue: Queue
) -> None:
    slot = add_slot(queue)
    client.post(url("review_submit", project, slot.pk), judgement())

    page = client.get(url("review_page", project, slot.pk))
    again = client.post(
        url("review_submit", project, slot.pk), judgement(outcome="success"), headers={"Accept": "application/json"}
    )

    assert "You have judged this session: failure." in page.content.decode()
    assert '<fieldset class="all-of-it" disabled>' in page.content.decode()
    assert page.context["failures"][0]["note"].value() == "It lied."
    assert "no-store" in page.headers["Cache-Control"]
    assert again.status_code == 422
    assert Review.objects.get().outcome == "failure"


def test_review_undo_this_gives_the_judged_session_back(client: Client, project: Project, queue: Queue) -> None:
    first, second = add_slot(queue, "a"), add_slot(queue, "b")
    for slot in (first, second):
        client.post(url("review_submit", project, slot.pk), judgement())

    for _ in range(2):
        answer = client.post(url("review_undo_this", project, first.pk))
        assert answer.headers["Location"] == url("review_page", project, first.pk)

    assert list(Review.objects.filter(withdrawn_at=None).values_list("slot", flat=True)) == [second.pk]
    assert client.get(url("review_page", project, first.pk)).context["judged"] is None


def test_review_submit_leads_to_the_next_session_already_claimed(
    client: Client, project: Project, queue: Queue, ada: User
) -> None:
    first, second = add_slot(queue, "a", priority=0.9), add_slot(queue, "b", priority=0.1)
    client.get(url("review_page", project, first.pk))

    answer = client.post(url("review_submit", project, first.pk), judgement(), headers={"Accept": "application/json"})

    assert answer.json() == {"next": url("review_page", project, second.pk)}
    second.refresh_from_db()
    assert (second.state, second.reviewer) == (SlotState.LEASED, ada)
    assert Failure.objects.get().note == "It lied."


def test_review_submit_works_without_script(client: Client, project: Project, queue: Queue) -> None:
    slot = add_slot(queue)

    answer = client.post(url("review_submit", project, slot.pk), judgement())

    assert answer.headers["Location"] == url("review_next", project, queue.pk)
    assert Review.objects.get().outcome == "failure"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"outcome": ""}, "outcome"),
        ({"failures-0-root_step": ""}, "failures-0-root_step"),
        ({"failures-0-root_step": "k99"}, "failures-0-root_step"),
        ({"failures-0-note": ""}, "failures-0-note"),
        ({"failures-0-note": "x" * 5001}, "failures-0-note"),
        ({"failures-0-severity": "dire"}, "failures-0-severity"),
        ({"failures-0-failure_type": "x" * 81}, "failures-0-failure_type"),
        ({"client_id": "nonsense"}, "client_id"),
    ],
)
def test_review_submit_says_what_is_missing_and_keeps_what_was_typed(
    client: Client, project: Project, queue: Queue, fields: dict[str, str], wrong: str
) -> None:
    slot = add_slot(queue)
    given = judgement(**{"failures-0-expected": "Be honest.", **fields})

    errors = client.post(url("review_submit", project, slot.pk), given, headers={"Accept": "application/json"})
    page = client.post(url("review_submit", project, slot.pk), given)

    assert (errors.status_code, [error["field"] for error in errors.json()["errors"]]) == (422, [wrong])
    assert page.status_code == 422
    assert page.context["failures"][0]["expected"].value() == "Be honest."
    assert Review.objects.count() == 0


@pytest.mark.parametrize("total", ["", "-1", "99999", "x"])
def test_review_submit_survives_a_broken_count_of_failures(
    client: Client, project: Project, queue: Queue, total: str
) -> None:
    slot = add_slot(queue)
    answer = client.post(
        url("review_submit", project, slot.pk),
        judgement(**{"failures-TOTAL_FORMS": total}),
        headers={"Accept": "application/json"},
    )

    assert answer.status_code == 422
    assert answer.json()["errors"] != []


def test_a_draft_is_saved_and_put_back(client: Client, project: Project, queue: Queue) -> None:
    slot = add_slot(queue)
    content = {"outcome": "failure", "failures": [{"root_step": "k2", "note": "half a sen"}]}
    answer = client.post(url("review_draft", project, slot.pk), {"version": "3", "content": json.dumps(content)})

    page = client.get(url("review_page", project, slot.pk))

    assert answer.json() == {"version": 3}
    assert page.context["version"] == 3
    assert page.context["judgement"]["outcome"].value() == "failure"
    assert page.context["failures"][0]["note"].value() == "half a sen"


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        '"x"',
        "{",
        "[" * 100_000,
        '{"failures": 3}',
        '{"failures": [1, {"note": {"a": 1}}]}',
        r'{"failures": [{"note": "nul \u0000 half \ud800"}], "outcome": "\u0000"}',
    ],
)
def test_a_strange_draft_breaks_nothing(client: Client, project: Project, queue: Queue, content: str) -> None:
    slot = add_slot(queue)

    answer = client.post(url("review_draft", project, slot.pk), {"version": "1", "content": content})

    assert answer.status_code in {200, 422}
    assert client.get(url("review_page", project, slot.pk)).status_code == 200


def test_the_lease_is_renewed_and_given_back(client: Client, project: Project, queue: Queue) -> None:
    slot = add_slot(queue)
    client.get(url("review_page", project, slot.pk))
    slot.refresh_from_db()
    lease = {"lease_token": str(slot.lease_token)}

    assert client.post(url("review_renew", project, slot.pk), lease).json() == {"held": True}
    assert client.post(url("review_leave", project, slot.pk), lease).status_code == 204
    assert client.post(url("review_renew", project, slot.pk), lease).json() == {"held": False}
    assert client.post(url("review_renew", project, slot.pk), {"lease_token": "x"}).json() == {"held": False}


def test_review_skip_and_undo(client: Client, project: Project, queue: Queue) -> None:
    first, second = add_slot(queue, "a", priority=0.9), add_slot(queue, "b", priority=0.1)
    client.get(url("review_next", project, queue.pk))

    skipped = client.post(url("review_skip", project, first.pk), {"reason": "other"})
    client.post(url("review_submit", project, second.pk), judgement())
    undone = client.post(url("review_undo", project))

    assert skipped.headers["Location"] == url("review_page", project, second.pk)
    assert undone.headers["Location"] == url("review_page", project, second.pk)
    page = client.get(url("review_page", project, second.pk))
    assert page.context["failures"][0]["note"].value() == "It lied."
    assert Draft.objects.count() == 1


def test_a_skip_without_a_reason_stays(client: Client, project: Project, queue: Queue) -> None:
    slot = add_slot(queue)
    client.get(url("review_page", project, slot.pk))

    answer = client.post(url("review_skip", project, slot.pk), {"reason": "bored"})

    assert answer.headers["Location"] == url("review_page", project, slot.pk)


def test_a_foreign_slot_or_queue_is_not_found(client: Client, project: Project) -> None:
    foreign = make_queue(make_project("other"))
    slot = add_slot(foreign)

    for name in ("review_submit", "review_draft", "review_renew", "review_leave", "review_skip", "review_undo_this"):
        assert client.post(url(name, project, slot.pk), judgement()).status_code == 404
    assert client.get(url("review_page", project, slot.pk)).status_code == 404
    for name in ("review_next", "queue_row"):
        assert client.get(url(name, project, foreign.pk)).status_code == 404


def test_a_viewer_sees_the_queues_and_starts_nothing(project: Project, queue: Queue) -> None:
    slot = add_slot(queue)
    viewer = Client()
    viewer.force_login(make_member(project, Role.VIEWER), backend=BACKEND)

    assert "Start" not in viewer.get(url("queue_list", project)).content.decode()
    assert viewer.get(url("review_page", project, slot.pk)).status_code == 404
    assert viewer.get(url("review_next", project, queue.pk)).status_code == 404
