"""A product on SQLite keeps what it accepted, whoever is killed. Beside its twin, so that both can run at once."""

from collections.abc import Iterator

import pytest

from tests.e2e.durability.installation import Installation, installed
from tests.e2e.durability.killing import Survival


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("killed") / "var", {}) as installation:
        yield installation


class TestOnSQLite(Survival):
    """Each test of `Survival`."""
