"""Two workers look what became of the same issues at the same moment: each issue is moved, and told of, once."""

from collections import Counter
from pathlib import Path

import pytest

from accounts.models import Role
from issues import actions
from issues.lifecycle import State
from issues.models import Issue
from tests.builders import make_failure, make_member, make_project, make_review, make_session
from tests.issues.makers import make_issue, make_told
from tests.races import goes_wrong, race

ISSUES = 20

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def told(variant: str, folder: Path) -> Counter[int]:
    """How often each issue's regression was told."""
    project = make_project("race")
    lead = make_member(project, Role.LEAD)
    for number in range(ISSUES):
        issue = make_issue(make_told(project, lead, f"note {number}"), lead, f"Race {number}")
        actions.move_issue(issue=issue, target=State.RESOLVED, actor=lead, fixed_in_release="2.0")
        again = make_failure(make_review(make_session(project, f"again-{number}", release="2.0"), lead), "again")
        actions.attach(issue=issue, failure_ids=[again.pk], actor=lead)
    both = [[variant, str(project.pk)]] * 2
    last = race("tests.issues.race_following", both, folder, then=["TELL", str(project.pk)])[-1]
    return Counter(int(word) for word in last.split())


def test_of_two_that_look_one_moves_each_issue(tmp_path: Path) -> None:
    assert told("ONE", tmp_path) == Counter(Issue.objects.values_list("pk", flat=True))


def test_without_the_compare_both_tell_of_it(tmp_path: Path) -> None:
    assert goes_wrong(lambda folder: max(told("BROKEN", folder).values()) > 1, tmp_path)
