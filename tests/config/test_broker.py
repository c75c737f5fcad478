"""The embedded broker: whole messages, in order, and never more than a folder can bear."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kombu
import pytest

from config import broker


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Any]:
    broker.install()
    options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(tmp_path / "c")}
    library: Any = kombu
    with library.Connection("filesystem://localhost", transport_options=options) as connection:
        # kombu remembers bindings for the whole process, and the folder is new for each test: so is the name.
        queue = connection.SimpleQueue(f"bells-{tmp_path.name}")
        yield queue
        queue.close()


def test_messages_come_out_in_the_order_they_went_in(queue: Any) -> None:
    for number in range(20):
        queue.put({"number": number})
    assert [queue.get_nowait().payload["number"] for _ in range(20)] == list(range(20))
    with pytest.raises(queue.Empty):
        queue.get_nowait()


def test_folder_takes_no_more_than_its_cap(queue: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "MOST_WAITING", 3)
    for number in range(10):
        queue.put({"number": number})
    assert len(list(tmp_path.glob("*.msg"))) == 3


def test_unreadable_message_is_dropped_and_the_next_is_read(queue: Any, tmp_path: Path) -> None:
    queue.put({"number": 7})
    torn = tmp_path / f"0_torn.bells-{tmp_path.name}.msg"
    torn.write_text('{"half": ')
    assert queue.get_nowait().payload == {"number": 7}
    assert not torn.exists()


def test_what_killed_processes_left_is_removed_and_nothing_else(
    queue: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.put({"number": 7})
    left = [tmp_path / name for name in (".1.part", "1_x.bells.taken")]
    for path in left:
        path.write_text("{")
    broker.tidy(tmp_path)
    assert [path.exists() for path in left] == [True, True]
    monkeypatch.setattr(broker, "LEFT_BEHIND_SECONDS", -1)
    broker.tidy(tmp_path)
    assert [path.exists() for path in left] == [False, False]
    assert queue.get_nowait().payload == {"number": 7}


def test_no_folder_is_nothing_to_tidy(tmp_path: Path) -> None:
    broker.tidy(tmp_path / "missing")
