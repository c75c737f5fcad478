"""Two processes merge the same issues into each other, undo the same decisions, or send the same: one does it."""

from pathlib import Path

import pytest

from accounts.models import Role
from issues.models import Issue
from tests.builders import make_member, make_project
from tests.issues.makers import make_issue, make_told
from tests.races import goes_wrong, race

PAIRS = 20
CROSSWISE = {"ONE", "BROKEN"}

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def done(variant: str, folder: Path) -> list[int]:
    """How many pairs each of the two did."""
    project = make_project("race")
    lead = make_member(project, Role.LEAD)
    issues = [make_issue(make_told(project, lead, f"note {n}"), lead, f"Race {n}") for n in range(2 * PAIRS)]
    there, back = [], []
    for one, other in zip(issues[::2], issues[1::2], strict=True):
        there.append(_named(variant, one, other))
        back.append(_named(variant, *((other, one) if variant in CROSSWISE else (one, other))))
    outputs = race("tests.issues.race_merging", [[variant, *there], [variant, *back]], folder)
    return [len(output.split()) for output in outputs]


def _named(variant: str, one: Issue, other: Issue) -> str:
    return f"{one.made_by_id}:0" if variant == "UNDO" else f"{one.pk}:{other.pk}"


def test_two_that_merge_each_into_the_other_make_one_merge(tmp_path: Path) -> None:
    assert sum(done("ONE", tmp_path)) == PAIRS


def test_without_the_locks_both_merge(tmp_path: Path) -> None:
    assert goes_wrong(lambda folder: sum(done("BROKEN", folder)) > PAIRS, tmp_path)


def test_of_two_that_undo_the_same_one_does(tmp_path: Path) -> None:
    assert sum(done("UNDO", tmp_path)) == PAIRS


def test_of_two_that_send_the_same_one_does_and_both_are_told(tmp_path: Path) -> None:
    assert done("SENT", tmp_path) == [PAIRS, PAIRS]


def test_without_the_lock_one_of_them_fails(tmp_path: Path) -> None:
    assert goes_wrong(lambda folder: sum(done("UNSEEN", folder)) < 2 * PAIRS, tmp_path)
