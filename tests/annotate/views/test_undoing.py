"""Skips and judgements that arrive late, twice, or in another person's name, and what undo answers to a script."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.reviews import submit_review
from annotate.claims import give_back, take_this
from annotate.models import Outcome, Queue, Review, Slot, SlotState
from annotate.views.review import KEPT_BESIDE
from annotate.views.undoing import NOT_YOURS
from tests.annotate.views.pages import add_slot, judgement, url

JSON = {"Accept": "application/json"}


@pytest.fixture
def slot(client: Client, project: Project, queue: Queue) -> Slot:
    """A session that Ada has opened."""
    slot = add_slot(queue)
    client.get(url("review_page", project, slot.pk))
    slot.refresh_from_db()
    return slot


def skip_of(slot: Slot) -> dict[str, Any]:
    """What a page that was opened just now sends."""
    assert slot.opened_at is not None
    return {"reason": "other", "lease_token": str(slot.lease_token), "opened_at": slot.opened_at.isoformat()}


def send(client: Client, name: str, slot: Slot, body: dict[str, Any], **headers: str) -> Any:
    return client.post(url(name, slot.queue.project, slot.pk), body, headers={**JSON, **headers})


def state_of(slot: Slot) -> str:
    slot.refresh_from_db()
    return slot.state


def take_for(person: User, slot: Slot) -> Slot:
    """The slot, once its lease has run out, in the hands of somebody else."""
    Slot.objects.filter(pk=slot.pk).update(lease_until=timezone.now())
    taken = take_this(slot_id=slot.pk, user=person)
    assert taken is not None
    return taken


def test_a_skip_sent_twice_counts_once(client: Client, slot: Slot) -> None:
    body = skip_of(slot)
    answers = [send(client, "review_skip", slot, body) for _ in range(2)]

    assert [answer.json()["decision"] for answer in answers] == [f"skip-{slot.pk}"] * 2
    assert Slot.objects.filter(item=slot.item).count() == 2


def test_a_skip_counts_after_its_session_was_opened_again(client: Client, project: Project, slot: Slot) -> None:
    body = skip_of(slot)
    client.get(url("review_page", project, slot.pk))

    assert (send(client, "review_skip", slot, body).status_code, state_of(slot)) == (200, SlotState.SKIPPED)


def test_a_skip_of_what_a_review_led_to_counts_after_its_session_was_opened_again(
    client: Client, project: Project, queue: Queue, slot: Slot
) -> None:
    following = add_slot(queue, "s-2")
    led_to = send(client, "review_submit", slot, judgement(lease_token=str(slot.lease_token))).json()
    assert led_to["next"] == url("review_page", project, following.pk)
    body = {"reason": "other", "lease_token": led_to["lease"], "opened_at": led_to["opened_at"]}
    client.get(led_to["next"])

    answer = send(client, "review_skip", following, body)
    assert (answer.status_code, state_of(following)) == (200, SlotState.SKIPPED)


def test_a_skip_counts_when_nobody_holds_its_session_any_more(client: Client, slot: Slot, bob: User) -> None:
    body = skip_of(slot)
    taken = take_for(bob, slot)
    assert taken.lease_token is not None
    give_back(slot_id=slot.pk, user=bob, token=taken.lease_token)

    assert (send(client, "review_skip", slot, body).status_code, state_of(slot)) == (200, SlotState.SKIPPED)


def test_a_late_copy_of_a_skip_that_was_taken_back_is_refused(client: Client, project: Project, slot: Slot) -> None:
    body = skip_of(slot)
    send(client, "review_skip", slot, body)
    client.post(url("review_undo", project))

    answer = send(client, "review_skip", slot, body)
    assert answer.json() == {"errors": [{"field": "", "message": "You no longer hold this session."}]}
    assert (answer.status_code, state_of(slot)) == (422, SlotState.LEASED)


def test_a_skip_of_what_somebody_else_has_leads_on_and_says_so(client: Client, slot: Slot, bob: User) -> None:
    body = skip_of(slot)
    take_for(bob, slot)

    answer = send(client, "review_skip", slot, body)
    assert (answer.status_code, answer.json()["told"], answer.json()["decision"]) == (200, NOT_YOURS, "")
    slot.refresh_from_db()
    assert slot.reviewer == bob


@pytest.mark.parametrize("name", ["review_submit", "review_skip", "review_draft", "review_undo_this"])
def test_nothing_is_taken_in_another_persons_name(client: Client, slot: Slot, bob: User, name: str) -> None:
    body = {**judgement(), **skip_of(slot), "version": "1", "content": "{}"}
    answer = send(client, name, slot, body, **{"X-Reviewer": str(bob.pk)})

    assert (answer.status_code, state_of(slot), Review.objects.count()) == (403, SlotState.LEASED, 0)


def test_a_review_that_came_too_late_for_a_place_is_told_that_it_counts(client: Client, slot: Slot, bob: User) -> None:
    taken = take_for(bob, slot)
    submit_review(slot=taken, reviewer=bob, client_id=uuid.uuid4(), outcome=Outcome.SUCCESS)

    answer = send(client, "review_submit", slot, judgement())
    assert (answer.status_code, answer.json()["told"]) == (200, KEPT_BESIDE)
    assert Review.objects.get(outcome=Outcome.FAILURE).slot != taken


def test_a_draft_that_follows_another_text_gets_that_text(client: Client, slot: Slot) -> None:
    first = {"version": "1", "content": '{"outcome": "success", "failures": []}'}
    second = {"version": "1", "content": '{"outcome": "failure", "failures": []}'}
    statuses = [send(client, "review_draft", slot, body).status_code for body in (first, first, second)]
    answer = send(client, "review_draft", slot, second).json()

    assert statuses == [200, 200, 409]
    assert (answer["version"], answer["content"]["outcome"]) == (1, "success")
    assert send(client, "review_draft", slot, {**second, "version": "2"}).json() == {"version": 2}


def test_undo_answers_a_script(client: Client, project: Project, slot: Slot) -> None:
    send(client, "review_skip", slot, skip_of(slot))
    undo = url("review_undo", project)

    assert client.post(undo, headers=JSON).json() == {"next": url("review_page", project, slot.pk)}
    refused = client.post(undo, {"decision": "skip-0"}, headers=JSON)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "")
