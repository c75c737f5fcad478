"""Fixtures of the tests that drive real processes and a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import chromium_path
from tests.e2e.running import Running, installed

# Its assertions say what they compared, as those of tests do.
pytest.register_assert_rewrite("tests.e2e.durability.ending")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("e2e")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A fresh installation that answers: `.url`, `.var`, `.manage(…)`, `.kill_worker()`, `.start_worker()`."""
    with installed(Running(tmp_path / "var")) as installation:
        yield installation


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Playwright starts the browser that `tests.run` found, or Debian's, or its own."""
    path = chromium_path()
    return {**browser_type_launch_args, "args": ["--no-sandbox"], **({"executable_path": path} if path else {})}
