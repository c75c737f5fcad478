"""Which tests that failed get a second try, and when there is none to try."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.run import MOST_UNSTEADY, look_again


def remember(cache: Path, *failed: str) -> None:
    """What pytest writes of a run."""
    kept = cache / "v" / "cache"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "lastfailed").write_text(json.dumps(dict.fromkeys(failed, True)))


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The second tries. In each, all tests pass that are of a browser by their name."""
    tries: list[Any] = []

    def call(command: list[str], **_: object) -> int:
        tries.append(command)
        failed = json.loads((tmp_path / "v" / "cache" / "lastfailed").read_text())
        remember(tmp_path, *(name for name in failed if "browser" not in name))
        return 0

    monkeypatch.setattr(subprocess, "call", call)
    return tries


@pytest.mark.parametrize("failed", [[], [f"browser {number}" for number in range(MOST_UNSTEADY + 1)]])
def test_none_or_many_are_not_tried_again(tmp_path: Path, second: list[Any], failed: list[str]) -> None:
    remember(tmp_path, *failed)
    assert (look_again(tmp_path, {}), second) == ([], [])


def test_few_that_pass_by_themselves_are_named(tmp_path: Path, second: list[Any]) -> None:
    remember(tmp_path, "browser 1", "browser 2")
    assert (look_again(tmp_path, {}), len(second)) == (["browser 1", "browser 2"], 1)


def test_one_that_has_no_second_try_spoils_it_for_all(tmp_path: Path, second: list[Any]) -> None:
    remember(tmp_path, "browser 1", "count 2")
    assert look_again(tmp_path, {}) == []
