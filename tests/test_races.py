"""What a race without locks may count on: a few tries, each with an empty database and a folder of its own."""

from pathlib import Path

import pytest

from tests.builders import make_project
from tests.races import TRIES, goes_wrong

pytestmark = pytest.mark.django_db(transaction=True)


class Harm:
    """Comes with the given try; each makes a row that there can be only once."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.folders: list[Path] = []

    def __call__(self, folder: Path) -> bool:
        make_project("race")
        self.folders.append(folder)
        return len(self.folders) == self.at


@pytest.mark.parametrize("at", [1, TRIES])
def test_first_harm_is_enough(at: int, tmp_path: Path) -> None:
    harm = Harm(at)
    assert goes_wrong(harm, tmp_path)
    assert len(set(harm.folders)) == at


def test_race_that_never_does_harm_does_not_go_wrong(tmp_path: Path) -> None:
    harm = Harm(TRIES + 1)
    assert not goes_wrong(harm, tmp_path)
    assert len(harm.folders) == TRIES
