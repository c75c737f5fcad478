"""Failures are told with a type at the moment when a lead merges it. None may keep what nobody is offered any more."""

from pathlib import Path

import pytest

from accounts.models import Role
from tests.builders import make_failure_type, make_member, make_project, make_review, make_session
from tests.races import goes_wrong, race

PROCESSES, EACH = 3, 25

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def raced(variant: str, folder: Path) -> tuple[int, int, int]:
    """How many failures were merged, how many there are in the end, and how many have a type that was merged."""
    project = make_project("race")
    lead = make_member(project, Role.LEAD)
    for name in ("Old", "New"):
        make_failure_type(project, name)
    reviews = [str(make_review(make_session(project, f"s{number}"), lead).pk) for number in range(PROCESSES * EACH)]
    shares = [[variant, *reviews[place::PROCESSES]] for place in range(PROCESSES)]
    outputs = race("tests.annotate.merge_race", [*shares, ["MERGE", str(lead.pk)]], folder, then=["COUNT"])
    told, stray = outputs[-1].split()[-2:]
    return int(outputs[-2]), int(told), int(stray)


def test_no_failure_is_left_behind_by_a_merge(tmp_path: Path) -> None:
    merged, told, stray = raced("NAMED", tmp_path)

    assert (told, stray) == (PROCESSES * EACH, 0)
    # The merge came in the middle: before it some had the old type, after it others were to come.
    assert 0 < merged < told


def test_without_the_lock_some_are_left_behind(tmp_path: Path) -> None:
    assert goes_wrong(lambda folder: raced("BROKEN", folder)[-1], tmp_path)
