"""The review screen and what its buttons call, as a browser without script meets them."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, Role, User
from annotate.models import Draft, Failure, Queue, QueueItem, Review, Slot, SlotState
from tests.annotate.views.pages import add_slot, judgement, url
from tests.builders import client_of, make_member, make_project, make_queue


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
    assert re.findall(r'<li data-for="(\w+)"', text) == ["k1", "k2", "k3"]


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
    other = client_of(bob)
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

    second.refresh_from_db()
    assert answer.json() == {
        "next": url("review_page", project, second.pk),
        "decision": f"review-{Review.objects.get().pk}",
        "told": "",
        "lease": str(second.lease_token),
        "opened_at": answer.json()["opened_at"],
        "place": [2, 2],
    }
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


@pytest.mark.parametrize("outcome", ["success", "unknown"])
def test_a_failure_that_was_told_beside_another_outcome_comes_back_with_an_undo(
    client: Client, project: Project, queue: Queue, outcome: str
) -> None:
    slot = add_slot(queue)
    half = json.dumps([{"kind": "must_call", "target": "", "detail": "before it says so"}])
    quotes = json.dumps([{"step": "k3", "start": 0, "end": 5, "text": "Done!"}])
    told = {"failures-0-assertions": half, "failures-0-quotes": quotes, "failures-0-failure_type": "x" * 81}
    fields = judgement(outcome=outcome, **told, **{"failures-TOTAL_FORMS": "2", "failures-1-severity": "low"})
    for _ in range(2):
        sent = client.post(url("review_submit", project, slot.pk), fields, headers={"Accept": "application/json"})
        assert sent.status_code == 200
    assert (Review.objects.get().outcome, Failure.objects.count()) == (outcome, 0)
    client.post(url("review_undo", project))

    page = client.get(url("review_page", project, slot.pk))
    assert page.context["judgement"]["outcome"].value() == outcome
    [failure] = page.context["failures"]
    values = {name: failure[name].value() for name in ("root_step", "note", "failure_type", "severity")}
    assert values == {"root_step": "k2", "note": "It lied.", "failure_type": "x" * 81, "severity": "high"}
    assert (json.loads(failure["quotes"].value()), json.loads(failure["assertions"].value())) == (
        json.loads(quotes),
        json.loads(half),
    )
    client.post(url("review_submit", project, slot.pk), judgement())
    assert (Failure.objects.get().note, Draft.objects.count()) == ("It lied.", 0)


def test_a_success_of_which_no_failure_was_told_leaves_no_draft(client: Client, project: Project, queue: Queue) -> None:
    slot = add_slot(queue)
    draft = {"version": "1", "content": json.dumps({"outcome": "failure", "failures": [{"note": "Taken out again."}]})}
    client.post(url("review_draft", project, slot.pk), draft)
    nothing = {"failures-0-root_step": "", "failures-0-note": ""}
    client.post(url("review_submit", project, slot.pk), judgement(outcome="success", **nothing))

    assert (Review.objects.count(), Draft.objects.count()) == (1, 0)


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
    assert all(error["message"] for error in answer.json().get("errors", []))
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


def lease_of(slot: Slot) -> str:
    slot.refresh_from_db()
    return str(slot.lease_token)


def test_review_skip_and_undo(client: Client, project: Project, queue: Queue) -> None:
    first, second = add_slot(queue, "a", priority=0.9), add_slot(queue, "b", priority=0.1)
    client.get(url("review_next", project, queue.pk))

    skipped = client.post(url("review_skip", project, first.pk), {"reason": "other", "lease_token": lease_of(first)})
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
