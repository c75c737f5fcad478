"""What waits together is done together, and one bad item spoils no other."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.storing.together import Together


def test_what_comes_while_one_is_at_work_is_done_in_one_go() -> None:
    begun, go_on = threading.Event(), threading.Event()
    calls: list[list[int]] = []

    def work(items: Sequence[int]) -> list[int]:
        calls.append(sorted(items))
        begun.set()
        assert go_on.wait(30)
        return [item * 2 for item in items]

    together = Together(work, for_all=OSError)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(together.do, 0)
        assert begun.wait(30)
        others = [pool.submit(together.do, number) for number in range(1, 8)]
        while len(together._waiting) < len(others):
            threading.Event().wait(0.001)
        go_on.set()
        assert [first.result(), *(other.result() for other in others)] == [0, 2, 4, 6, 8, 10, 12, 14]
    assert calls == [[0], [1, 2, 3, 4, 5, 6, 7]]


def test_one_that_cannot_be_done_keeps_no_other_from_it() -> None:
    tried: list[int] = []

    def work(items: Sequence[int]) -> list[int]:
        if len(items) > 1:
            raise ValueError("one of them is 3")
        tried.extend(items)
        if items == [3]:
            raise ValueError("no threes")
        return list(items)

    together = Together(work, for_all=OSError)
    wishes = []
    with ThreadPoolExecutor(5) as pool:
        with together._turn:
            wishes = [pool.submit(together.do, number) for number in range(5)]
            while len(together._waiting) < len(wishes):
                threading.Event().wait(0.001)
        assert [wish.result() for place, wish in enumerate(wishes) if place != 3] == [0, 1, 2, 4]
        with pytest.raises(ValueError, match="no threes"):
            wishes[3].result()
    assert sorted(tried) == [0, 1, 2, 3, 4]


def test_who_comes_while_all_fails_is_told_at_once() -> None:
    begun, go_on = threading.Event(), threading.Event()
    tried: list[int] = []

    def work(items: Sequence[int]) -> list[int]:
        tried.append(len(items))
        begun.set()
        assert go_on.wait(30)
        raise OSError("the database is busy")

    together = Together(work, for_all=OSError)
    with ThreadPoolExecutor(4) as pool:
        wishes = [pool.submit(together.do, 0)]
        assert begun.wait(30)
        wishes += [pool.submit(together.do, number) for number in range(1, 4)]
        while len(together._waiting) < len(wishes) - 1:
            threading.Event().wait(0.001)
        go_on.set()
        for wish in wishes:
            with pytest.raises(OSError, match="busy"):
                wish.result()
    assert tried == [1]


def test_what_is_wrong_for_all_is_not_tried_again_for_each() -> None:
    tried: list[int] = []

    def work(items: Sequence[int]) -> list[int]:
        tried.append(len(items))
        raise OSError("the disk is full")

    together = Together(work, for_all=OSError)
    with ThreadPoolExecutor(3) as pool:
        with together._turn:
            wishes = [pool.submit(together.do, number) for number in range(3)]
            while len(together._waiting) < len(wishes):
                threading.Event().wait(0.001)
        for wish in wishes:
            with pytest.raises(OSError, match="full"):
                wish.result()
    assert tried == [3]
