"""Several leads make the next version of a rubric at the same moment. One does, and the others are told so."""

from collections import Counter
from pathlib import Path

import pytest

from accounts.models import Role
from annotate.actions.rubrics import create_rubric
from tests.builders import make_member, make_project
from tests.races import goes_wrong, race

LEADS = 4

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def raced(variant: str, folder: Path) -> Counter[str]:
    """What became of each lead's version."""
    project = make_project("race")
    leads = [make_member(project, Role.LEAD, f"lead-{number}@example.com") for number in range(LEADS)]
    rubric = create_rubric(project=project, creator=leads[0], name="Tone", guidance="Be fair.")
    arguments = [[variant, str(rubric.pk), str(lead.pk)] for lead in leads]
    return Counter(output.split()[-1] for output in race("tests.annotate.edition_race", arguments, folder))


def test_one_of_four_leads_makes_the_next_version(tmp_path: Path) -> None:
    assert raced("LOCKED", tmp_path) == {"2": 1, "refused": LEADS - 1}


def test_without_the_lock_the_others_crash(tmp_path: Path) -> None:
    assert goes_wrong(lambda folder: raced("BROKEN", folder)["crashed"], tmp_path)
