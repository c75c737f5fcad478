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


class Silent(Task):
    """One whose messages go nowhere for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.answers = threading.Event(), threading.Event()

    def apply_async(self, **options: Any) -> None:
        self.is_asked.set()
        assert self.answers.wait(30)
        super().apply_async(**options)


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
def test_a_broker_that_does_not_answer_holds_up_nobody_and_gathers_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.doorbell.CALM_SECONDS", 0)
    started: list[threading.Timer] = []

    class Counted(threading.Timer):
        def start(self) -> None:
            started.append(self)
            super().start()

    monkeypatch.setattr(threading, "Timer", Counted)
    task = Silent()
    bell = Doorbell(task)
    bell.ring()
    assert task.is_asked.wait(30)
    for _ in range(20):
        bell.ring()
    assert (len(started), task.times) == (2, 0)
    task.answers.set()
    for timer in started:
        timer.join(30)
    assert task.times == 2


@pytest.mark.django_db(transaction=True)
def test_a_bell_rings_by_itself() -> None:
    task = Task()
    Doorbell(task).ring()
    assert task.rung.acquire(timeout=30)
