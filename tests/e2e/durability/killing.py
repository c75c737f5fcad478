"""What a running product must survive on either database: a module that gives an `installation` tries it on that."""

import signal
from pathlib import Path

from tests.e2e.durability.ending import check
from tests.e2e.durability.installation import Installation

KILLS = 50
STOPS = 6


class Survival:
    """A 200 means kept: whoever is ended in between, everything accepted is there, whole and once."""

    def test_what_was_accepted_survives_kills_whole_and_once(self, installation: Installation, tmp_path: Path) -> None:
        check(installation, tmp_path, "killed", KILLS, signal.SIGKILL)

    def test_what_was_accepted_survives_orderly_stops_whole_and_once(
        self, installation: Installation, tmp_path: Path
    ) -> None:
        check(installation, tmp_path, "stopped", STOPS, signal.SIGTERM)
