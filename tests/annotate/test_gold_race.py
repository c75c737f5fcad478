"""Two leads settle the same sessions at the same moment: of each session one settles it and the other is told."""

from collections import Counter
from pathlib import Path

import pytest

from accounts.models import Role
from tests.builders import make_failure, make_member, make_project, make_queue, make_review, make_session, make_slot
from tests.races import goes_wrong, race

SESSIONS = 30

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def settled(variant: str, folder: Path) -> tuple[list[int], str]:
    """How many leads settled each session, and what stands in the end."""
    project = make_project("race")
    queue = make_queue(project)
    leads = [make_member(project, Role.LEAD, f"lead{number}@example.com") for number in range(2)]
    sessions = []
    for number in range(SESSIONS):
        session = make_session(project, f"s{number}")
        make_slot(queue, session)
        for lead in leads:
            make_failure(make_review(session, leads[0]), str(lead.pk))
        sessions.append(session.pk)
    keys = [str(pk) for pk in sessions]
    outputs = race(
        "tests.annotate.gold_race",
        [[variant, str(lead.pk), *keys] for lead in leads],
        folder,
        then=["STANDING", "0"],
    )
    times = Counter(int(word) for output in outputs[:2] for word in output.split())
    return [times[pk] for pk in sessions], outputs[2].strip()


def test_of_two_leads_one_settles_and_only_what_they_adopted_stands(tmp_path: Path) -> None:
    assert settled("ONE", tmp_path) == ([1] * SESSIONS, f"{SESSIONS} 0")


def test_without_the_look_the_second_undoes_the_first(tmp_path: Path) -> None:
    assert goes_wrong(lambda folder: max(settled("BROKEN", folder)[0]) > 1, tmp_path)
