"""The form of a queue: making one, changing one, closing and deleting it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, Role, User
from annotate.models import Queue, QueueItem, SkipPolicy
from tests.annotate.views.pages import add_slot, judgement, url
from tests.builders import make_member, make_queue, make_session


def settings(**fields: Any) -> dict[str, Any]:
    """The form as a browser sends it, untouched."""
    untouched = {
        "fills_itself": "on", "size_cap": "1000", "random_percent": "20", "reviewers_per_session": "1",
        "due_hours": "24", "skip_policy": "others", "skips_to_lead": "2",
    }  # fmt: skip
    return {**untouched, **fields}


def test_queue_new_makes_a_queue_of_the_closed_list_of_filters(lead_client: Client, project: Project) -> None:
    make_session(project, workflow="billing")
    given = {
        "name": "Billing",
        "workflow": "billing",
        "started_from": "2026-11-01",
        "has_errors": "on",
        "project__name": "x",
        **settings(reviewers_per_session="2", random_percent="30"),
    }
    answer = lead_client.post(url("queue_new", project), given)

    assert answer.status_code == 302
    made = Queue.objects.get(name="Billing")
    assert made.filters == {"workflow": ["billing"], "started_from": "2026-11-01", "has_errors": True}
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
        ("signal", "no such"),
        ("said", "no such"),
        ("score_to", "-1"),
        ("score_from", "nan"),
        ("size_cap", "0"),
        ("due_hours", "0"),
        ("skip_policy", "no such"),
        ("skips_to_lead", "0"),
        ("takers", "999"),
    ],
)
def test_queue_new_says_what_is_wrong_and_keeps_what_was_typed(
    lead_client: Client, project: Project, field: str, value: str
) -> None:
    given = settings(name="Kept", started_from="2026-01-01", score_from="0")
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


def test_queue_new_keeps_every_setting(lead_client: Client, project: Project, ada: User) -> None:
    given = settings(
        name="Mine",
        size_cap="50",
        is_blind="on",
        due_hours="8",
        skip_policy="nobody",
        skips_to_lead="3",
        takers=[ada.pk],
    )
    del given["fills_itself"]
    lead_client.post(url("queue_new", project), given)

    made = Queue.objects.get(name="Mine")
    assert (made.size_cap, made.is_blind, made.due_hours, made.skip_policy, made.skips_to_lead, made.fills_itself) == (
        50,
        True,
        8,
        SkipPolicy.NOBODY,
        3,
        False,
    )
    assert list(made.takers.all()) == [ada]


def test_queue_new_offers_only_who_reviews_here_as_takers(lead_client: Client, project: Project, ada: User) -> None:
    make_member(project, Role.VIEWER)

    form = lead_client.get(url("queue_new", project)).context["form"]

    assert sorted(person.email for person in form.fields["takers"].queryset) == [
        "ada@example.com",
        "lead@acme.example.com",
    ]


def test_queue_new_begins_with_another_queues_settings(lead_client: Client, project: Project) -> None:
    queue = make_queue(project, "Old", filters={"workflow": "gone"}, due_hours=5, random_share=0.35)

    form = lead_client.get(url("queue_new", project), {"from": queue.pk}).context["form"]

    assert [form[name].value() for name in ("name", "workflow", "due_hours", "random_percent")] == [
        "Old (2)",
        ["gone"],
        5,
        35,
    ]
    assert lead_client.get(url("queue_new", project), {"from": "9" * 12}).status_code == 404


def test_queue_edit_changes_the_filter_while_nothing_is_judged(
    lead_client: Client, project: Project, queue: Queue
) -> None:
    make_session(project, "a", workflow="billing")
    add_slot(queue)
    answer = lead_client.post(url("queue_edit", project, queue.pk), settings(name="New name", workflow=["billing"]))

    assert answer.headers["Location"] == url("queue_page", project, queue.pk)
    queue.refresh_from_db()
    assert (queue.name, queue.filters) == ("New name", {"workflow": ["billing"]})
    assert QueueItem.objects.count() == 0  # it fills anew


def test_queue_edit_leaves_the_filter_once_something_was_judged(
    lead_client: Client, client: Client, project: Project, queue: Queue
) -> None:
    slot = add_slot(queue, workflow="billing")
    client.post(url("review_submit", project, slot.pk), judgement())
    page = lead_client.get(url("queue_edit", project, queue.pk)).content.decode()
    lead_client.post(
        url("queue_edit", project, queue.pk), settings(name="Everything", workflow=["refunds"], due_hours="3")
    )

    assert "Make a new queue from this one" in page
    queue.refresh_from_db()
    assert (queue.filters, queue.due_hours, QueueItem.objects.count()) == ({}, 3, 1)


def test_queue_edit_refuses_a_name_that_is_taken(lead_client: Client, project: Project, queue: Queue) -> None:
    make_queue(project, "taken")

    page = lead_client.post(url("queue_edit", project, queue.pk), settings(name="taken"))

    assert (page.status_code, list(page.context["form"].errors)) == (422, ["name"])


def test_queue_delete_takes_only_what_nobody_judged(
    lead_client: Client, client: Client, project: Project, queue: Queue
) -> None:
    slot = add_slot(queue)
    client.post(url("review_submit", project, slot.pk), judgement())
    lead_client.post(url("queue_delete", project, queue.pk))
    assert Queue.objects.filter(pk=queue.pk).exists()

    other = make_queue(project, "other")
    open_one = add_slot(other, "open")
    client.get(url("review_page", project, open_one.pk))
    lead_client.post(url("queue_delete", project, other.pk))
    assert Queue.objects.filter(pk=other.pk).exists()

    client.post(url("review_leave", project, open_one.pk), {"lease_token": _lease(open_one)})
    lead_client.post(url("queue_delete", project, other.pk))
    assert not Queue.objects.filter(pk=other.pk).exists()


def _lease(slot: Any) -> str:
    slot.refresh_from_db()
    return str(slot.lease_token)


def test_queue_new_refuses_people_beyond_what_a_database_counts(lead_client: Client, project: Project) -> None:
    answer = lead_client.post(url("queue_new", project), {"name": "Billing", "takers": "9" * 20, **settings()})

    assert answer.status_code == 422
    assert not Queue.objects.filter(name="Billing").exists()
