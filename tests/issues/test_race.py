"""Two processes move the same issues at the same moment: of each issue one wins and the other is told."""

from collections import Counter
from pathlib import Path

import pytest

from issues.lifecycle import State
from issues.models import Issue
from tests.builders import make_project
from tests.races import goes_wrong, race

ISSUES = 60

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def moved(variant: str, folder: Path) -> Counter[int]:
    """How many of the two processes moved each issue."""
    project = make_project("race")
    issues = [Issue.objects.create(project=project, number=n, title=f"Race {n}") for n in range(1, ISSUES + 1)]
    ids = [str(issue.pk) for issue in issues]
    outputs = race("tests.issues.race", [[variant, target, *ids] for target in (State.OPEN, State.IN_PROGRESS)], folder)
    return Counter(int(word) for output in outputs for word in output.split())


def test_of_two_processes_one_moves_each_issue(tmp_path: Path) -> None:
    assert moved("ONE", tmp_path) == Counter(Issue.objects.values_list("pk", flat=True))


def test_without_the_compare_both_move_an_issue(tmp_path: Path) -> None:
    assert goes_wrong(lambda folder: max(moved("BROKEN", folder).values()) > 1, tmp_path)
