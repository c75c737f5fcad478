"""People who do contrary things to the same sessions at once, in processes of their own, on a real database.

Each race is run twice: with the product as it is nothing may be wrong, and without its locks something must be.
"""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Project, Role, User
from annotate.models import Queue, Slot, SlotState
from tests.builders import make_member, make_project, make_queue, make_session, make_slot
from tests.races import race

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SESSIONS = 20  # as many as undo reaches back
Told = dict[str, Any]


@pytest.fixture
def race_project(transactional_db: None) -> Project:
    return make_project("race")


@pytest.fixture
def queue(race_project: Project) -> Queue:
    return make_queue(race_project, skips_to_lead=9)


@pytest.fixture
def ada(race_project: Project) -> User:
    return make_member(race_project, Role.REVIEWER, "ada@example.com")


@pytest.fixture
def bob(race_project: Project) -> User:
    return make_member(race_project, Role.REVIEWER, "bob@example.com")


def fill(queue: Queue, **fields: Any) -> None:
    for number in range(SESSIONS):
        make_slot(queue, make_session(queue.project, f"s{number}"), **fields)


def held_by(person: User) -> dict[str, Any]:
    until = timezone.now() + timedelta(minutes=15)
    return {"state": SlotState.LEASED, "reviewer": person, "lease_token": uuid4(), "lease_until": until}


def contest(variant: str, folder: Path, queue: Queue, *acts: tuple[str, User]) -> tuple[list[str], Told]:
    """The errors of all, and what is left."""
    arguments = [[variant, act, str(queue.pk), str(person.pk)] for act, person in acts]
    *outputs, told = race(
        "tests.annotate.contest", arguments, folder, then=["LOCKED", "tell", str(queue.pk), str(acts[0][1].pk)]
    )
    return [line for output in outputs for line in output.split()], json.loads(told)


def places(told: Told) -> dict[int, list[Told]]:
    """The places that count, by session: those that nobody skipped."""
    found: dict[int, list[Told]] = {slot["item_id"]: [] for slot in told["slots"]}
    for slot in told["slots"]:
        if not slot["is_extra"] and slot["state"] != "skipped":
            found[slot["item_id"]].append(slot)
    return found


def is_well(told: Told) -> bool:
    """One place for each session, every judgement in a submitted place of its own."""
    submitted = {slot["pk"]: slot["reviewer_id"] for slot in told["slots"] if slot["state"] == "submitted"}
    judged = [(review["slot_id"], review["reviewer_id"]) for review in told["reviews"]]
    return all(len(each) == 1 for each in places(told).values()) and Counter(judged) == Counter(submitted.items())


def test_submitting_the_same_session_by_two_and_twice(tmp_path: Path, queue: Queue, ada: User, bob: User) -> None:
    fill(queue)
    errors, told = contest("LOCKED", tmp_path, queue, ("submit", ada), ("submit", ada), ("submit", bob))

    assert (errors, is_well(told), len(told["reviews"])) == ([], True, 2 * SESSIONS)


def test_submitting_the_same_session_without_locks_goes_wrong(
    tmp_path: Path, queue: Queue, ada: User, bob: User
) -> None:
    fill(queue)
    errors, told = contest("BROKEN", tmp_path, queue, ("submit", ada), ("submit", ada), ("submit", bob))

    assert errors or not is_well(told)


def test_skipping_and_submitting_at_once(tmp_path: Path, queue: Queue, ada: User) -> None:
    fill(queue, **held_by(ada))
    errors, told = contest("LOCKED", tmp_path, queue, ("skip", ada), ("submit", ada))

    # The judgement counts, whichever came first.
    assert (errors, is_well(told), len(told["reviews"])) == ([], True, SESSIONS)


def test_skipping_and_submitting_without_locks_goes_wrong(tmp_path: Path, queue: Queue, ada: User) -> None:
    fill(queue, **held_by(ada))
    errors, told = contest("BROKEN", tmp_path, queue, ("skip", ada), ("submit", ada))

    assert errors or not is_well(told)


def skipped_by(queue: Queue, person: User) -> None:
    """Each session skipped by one, and free for others."""
    fill(queue, state=SlotState.SKIPPED, reviewer=person, skip_reason="other", ended_at=timezone.now())
    for slot in list(Slot.objects.filter(queue=queue)):
        Slot.objects.create(queue=queue, item_id=slot.item_id, ordinal=2)


def test_taking_back_a_skip_while_another_claims_it(tmp_path: Path, queue: Queue, ada: User, bob: User) -> None:
    skipped_by(queue, ada)
    errors, told = contest("LOCKED", tmp_path, queue, ("undo", ada), ("claim", bob))

    assert errors == []
    assert [len(each) for each in places(told).values()] == [1] * SESSIONS
    assert sum(slot["reviewer_id"] == ada.pk and slot["state"] == "leased" for slot in told["slots"]) == SESSIONS


def test_taking_back_a_skip_without_locks_goes_wrong(tmp_path: Path, queue: Queue, ada: User, bob: User) -> None:
    skipped_by(queue, ada)
    errors, told = contest("BROKEN", tmp_path, queue, ("undo", ada), ("claim", bob))

    # A place that bob was given is taken out of the count under him.
    taken_away = [slot for slot in told["slots"] if slot["is_extra"] and slot["reviewer_id"] == bob.pk]
    assert errors or taken_away


def test_adding_the_same_sessions_twice_at_once(tmp_path: Path, queue: Queue, ada: User, bob: User) -> None:
    for number in range(SESSIONS):
        make_session(queue.project, f"s{number}")
    errors, told = contest("LOCKED", tmp_path, queue, ("add", ada), ("add", bob))

    assert (errors, told["items"], len(told["slots"]), is_well(told)) == ([], SESSIONS, SESSIONS, True)


def test_adding_the_same_sessions_without_locks_goes_wrong(tmp_path: Path, queue: Queue, ada: User, bob: User) -> None:
    for number in range(SESSIONS):
        make_session(queue.project, f"s{number}")
    errors, told = contest("BROKEN", tmp_path, queue, ("add", ada), ("add", bob))

    assert errors or len(told["slots"]) != SESSIONS


given_away: Callable[[Told], list[Told]] = lambda told: [  # noqa: E731
    slot
    for slot in told["slots"]
    if slot["assigned_to_id"] and slot["reviewer_id"] and slot["assigned_to_id"] != slot["reviewer_id"]
]


def test_giving_a_session_to_one_while_another_claims_it(tmp_path: Path, queue: Queue, ada: User, bob: User) -> None:
    fill(queue)
    errors, told = contest("LOCKED", tmp_path, queue, ("assign", ada), ("claim", bob))

    assert (errors, given_away(told)) == ([], [])
    assert all(slot["assigned_to_id"] or slot["reviewer_id"] for slot in told["slots"])


def test_giving_a_session_without_locks_goes_wrong(tmp_path: Path, queue: Queue, ada: User, bob: User) -> None:
    fill(queue)
    errors, told = contest("BROKEN", tmp_path, queue, ("assign", ada), ("claim", bob))

    assert errors or given_away(told)
