"""Work beside a request: once at a time for each key, and nobody suffers when it fails."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from common.background import beside, is_under_way

SECONDS = 10


@pytest.fixture(autouse=True)
def threads(settings: Any) -> Iterator[None]:
    """Work is done beside, and has ended before the test has."""
    settings.WORK_BESIDE_REQUESTS = True
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(SECONDS)


def until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(SECONDS * 100):
        if condition():
            return
        waiting.wait(0.01)
    pytest.fail("It did not come to that.")


def test_beside_does_the_same_work_once_at_a_time() -> None:
    go = threading.Event()
    done: list[str] = []

    def work() -> None:
        go.wait(SECONDS)
        done.append("a")

    started = [beside("a", work) for _ in range(3)]
    other = beside("b", lambda: done.append("b"))
    until(lambda: done == ["b"])
    assert (started, other, is_under_way("a")) == ([True, False, False], True, True)
    go.set()
    until(lambda: not is_under_way("a"))

    assert done == ["b", "a"]
    assert beside("a", lambda: None)


def test_beside_logs_what_fails_and_can_be_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert beside("broken", lambda: 1 / 0)
        until(lambda: not is_under_way("broken"))

    assert "Work beside a request failed: broken" in caplog.text
    assert beside("broken", lambda: None)


def test_beside_does_nothing_where_it_is_switched_off(settings: Any) -> None:
    settings.WORK_BESIDE_REQUESTS = False

    assert not beside("a", lambda: pytest.fail("It was done."))
    assert not is_under_way("a")
