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

from accounts.models import Role, User
from annotate.models import Queue, Slot, SlotState
from tests.builders import make_member, make_project, make_queue, make_session, make_slot
from tests.races import goes_wrong, race

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SESSIONS = 20  # as many as undo reaches back
ADA, BOB = "ada@example.com", "bob@example.com"
Told = dict[str, Any]
# The errors of all, and what is left.
Outcome = tuple[list[str], Told]


def scene() -> tuple[Queue, User, User]:
    project = make_project("race")
    ada, bob = (make_member(project, Role.REVIEWER, email) for email in (ADA, BOB))
    return make_queue(project, skips_to_lead=9), ada, bob


def fill(queue: Queue, **fields: Any) -> None:
    for number in range(SESSIONS):
        make_slot(queue, make_session(queue.project, f"s{number}"), **fields)


def held_by(person: User) -> dict[str, Any]:
    until = timezone.now() + timedelta(minutes=15)
    return {"state": SlotState.LEASED, "reviewer": person, "lease_token": uuid4(), "lease_until": until}


def contest(variant: str, folder: Path, queue: Queue, *acts: tuple[str, User]) -> Outcome:
    arguments = [[variant, act, str(queue.pk), str(person.pk)] for act, person in acts]
    *outputs, told = race(
        "tests.annotate.contest", arguments, folder, then=["LOCKED", "tell", str(queue.pk), str(acts[0][1].pk)]
    )
    return [line for output in outputs for line in output.split()], json.loads(told)


def without_locks(contested: Callable[[str, Path], Outcome], is_harmed: Callable[[Told], object], folder: Path) -> bool:
    """Whether it goes wrong: somebody meets an error, or what is left is harmed."""

    def harm(own: Path) -> object:
        errors, told = contested("BROKEN", own)
        return errors or is_harmed(told)

    return goes_wrong(harm, folder)


def places(told: Told) -> dict[int, list[Told]]:
    """The places that count, by session: those that nobody skipped."""
    found: dict[int, list[Told]] = {slot["item_id"]: [] for slot in told["slots"]}
    for slot in told["slots"]:
        if not slot["is_extra"] and slot["state"] != "skipped":
            found[slot["item_id"]].append(slot)
    return found


def is_well(told: Told) -> bool:
    """One place for each session, every judgement in a submitted place of its own."""
    submitted = {slot["pk"]: slot["reviewer__email"] for slot in told["slots"] if slot["state"] == "submitted"}
    judged = [(review["slot_id"], review["reviewer__email"]) for review in told["reviews"]]
    return all(len(each) == 1 for each in places(told).values()) and Counter(judged) == Counter(submitted.items())


def is_ill(told: Told) -> bool:
    return not is_well(told)


@pytest.mark.parametrize("act", ["submit", "claim", "assign"])
def test_without_locks_nothing_goes_wrong_where_nobody_races(act: str, tmp_path: Path) -> None:
    queue, ada, _ = scene()
    fill(queue)
    errors, told = contest("BROKEN", tmp_path, queue, (act, ada))

    assert (errors, is_well(told), len(told["slots"])) == ([], True, SESSIONS)


def submitted_by_two_and_twice(variant: str, folder: Path) -> Outcome:
    queue, ada, bob = scene()
    fill(queue)
    return contest(variant, folder, queue, ("submit", ada), ("submit", ada), ("submit", bob))


def test_submitting_the_same_session_by_two_and_twice(tmp_path: Path) -> None:
    errors, told = submitted_by_two_and_twice("LOCKED", tmp_path)

    assert (errors, is_well(told), len(told["reviews"])) == ([], True, 2 * SESSIONS)


def test_submitting_the_same_session_without_locks_goes_wrong(tmp_path: Path) -> None:
    assert without_locks(submitted_by_two_and_twice, is_ill, tmp_path)


def skipped_and_submitted(variant: str, folder: Path) -> Outcome:
    queue, ada, _ = scene()
    fill(queue, **held_by(ada))
    return contest(variant, folder, queue, ("skip", ada), ("submit", ada))


def test_skipping_and_submitting_at_once(tmp_path: Path) -> None:
    errors, told = skipped_and_submitted("LOCKED", tmp_path)

    # The judgement counts, whichever came first.
    assert (errors, is_well(told), len(told["reviews"])) == ([], True, SESSIONS)


def test_skipping_and_submitting_without_locks_goes_wrong(tmp_path: Path) -> None:
    assert without_locks(skipped_and_submitted, is_ill, tmp_path)


def taken_back_and_claimed(variant: str, folder: Path) -> Outcome:
    """Each session was skipped by one, who takes that back, and is free for others."""
    queue, ada, bob = scene()
    fill(queue, state=SlotState.SKIPPED, reviewer=ada, skip_reason="other", ended_at=timezone.now())
    for slot in list(Slot.objects.filter(queue=queue)):
        Slot.objects.create(queue=queue, item_id=slot.item_id, ordinal=2)
    return contest(variant, folder, queue, ("undo", ada), ("claim", bob))


def test_taking_back_a_skip_while_another_claims_it(tmp_path: Path) -> None:
    errors, told = taken_back_and_claimed("LOCKED", tmp_path)

    assert errors == []
    assert [len(each) for each in places(told).values()] == [1] * SESSIONS
    assert sum(slot["reviewer__email"] == ADA and slot["state"] == "leased" for slot in told["slots"]) == SESSIONS


def taken_away(told: Told) -> list[Told]:
    """The places that bob was given, and that were taken out of the count under him."""
    return [slot for slot in told["slots"] if slot["is_extra"] and slot["reviewer__email"] == BOB]


def test_taking_back_a_skip_without_locks_goes_wrong(tmp_path: Path) -> None:
    assert without_locks(taken_back_and_claimed, taken_away, tmp_path)


def added_twice(variant: str, folder: Path) -> Outcome:
    queue, ada, bob = scene()
    for number in range(SESSIONS):
        make_session(queue.project, f"s{number}")
    return contest(variant, folder, queue, ("add", ada), ("add", bob))


def test_adding_the_same_sessions_twice_at_once(tmp_path: Path) -> None:
    errors, told = added_twice("LOCKED", tmp_path)

    assert (errors, told["items"], len(told["slots"]), is_well(told)) == ([], SESSIONS, SESSIONS, True)


def test_adding_the_same_sessions_without_locks_goes_wrong(tmp_path: Path) -> None:
    assert without_locks(added_twice, lambda told: len(told["slots"]) != SESSIONS, tmp_path)


def given_and_claimed(variant: str, folder: Path) -> Outcome:
    queue, ada, bob = scene()
    fill(queue)
    return contest(variant, folder, queue, ("assign", ada), ("claim", bob))


def given_away(told: Told) -> list[Told]:
    """The places that are given to one and held by another."""
    both = (slot for slot in told["slots"] if slot["assigned_to__email"] and slot["reviewer__email"])
    return [slot for slot in both if slot["assigned_to__email"] != slot["reviewer__email"]]


def test_giving_a_session_to_one_while_another_claims_it(tmp_path: Path) -> None:
    errors, told = given_and_claimed("LOCKED", tmp_path)

    assert (errors, given_away(told)) == ([], [])
    assert all(slot["assigned_to__email"] or slot["reviewer__email"] for slot in told["slots"])


def test_giving_a_session_without_locks_goes_wrong(tmp_path: Path) -> None:
    assert without_locks(given_and_claimed, given_away, tmp_path)
