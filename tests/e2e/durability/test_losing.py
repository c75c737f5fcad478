"""A product that would lose something is found out by the same check: otherwise that would prove nothing."""

import signal
from pathlib import Path

import pytest

from tests.e2e.durability import faults
from tests.e2e.durability.ending import check
from tests.e2e.durability.installation import installed

FEW_KILLS = 5
# Sessions that were promised, or all of them, so that not one batch was ever kept.
LOST = r"assert (\['lossy-|\{'waiting'\} ==)"


@pytest.mark.parametrize(("fault", "victim"), [(faults.ANSWER_FIRST, "gunicorn"), (faults.DONE_FIRST, "celery")])
def test_a_product_that_loses_something_is_found_out(tmp_path: Path, fault: str, victim: str) -> None:
    with (
        installed(tmp_path / "var", {faults.NAME: fault}) as broken,
        pytest.raises(AssertionError, match=LOST),
    ):
        check(broken, tmp_path, "lossy", FEW_KILLS, signal.SIGKILL, [victim])
