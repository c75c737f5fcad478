"""Many ask, one message goes out; and never none after the last who asked."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from common.doorbell import Doorbell


class Task:
    """Counts the messages that would have been sent."""

    name = "task"

    def __init__(self) -> None:
        self.rung = threading.Semaphore(0)
        self.times = 0

    def apply_async(self, **_options: Any) -> None:
        self.times += 1
        self.rung.release()


@pytest.mark.django_db(transaction=True)
def test_a_bell_rings_once_for_many_and_again_for_who_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    timers: list[Callable[[], None]] = []

    def timer(_seconds: float, go: Callable[[], None]) -> threading.Thread:
        timers.append(go)
        return threading.Thread()

    monkeypatch.setattr(threading, "Timer", timer)
    task = Task()
    bell = Doorbell(task)
    for _ in range(5):
        bell.ring()
    assert (len(timers), task.times) == (1, 0)
    timers.pop()()
    bell.ring()
    assert (len(timers), task.times) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_bell_rings_by_itself() -> None:
    task = Task()
    Doorbell(task).ring()
    assert task.rung.acquire(timeout=30)
