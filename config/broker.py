"""The embedded broker: a folder of message files, so that one machine needs no server for its queue.

kombu's own folder transport writes a message under its final name, so that a reader can catch half of it and
fall over, and it lets messages pile up for as long as nobody reads. Here a message appears whole or not at all,
and a full folder takes no more: a message only wakes a worker, and the work is rows in the database.
"""

import json
import logging
import time
import uuid
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem

log = logging.getLogger(__name__)
FOLDER = "broker"  # below the folder of all state
MOST_WAITING = 500
# Writing or reading a message takes no time: what is this old was left by a process that was killed in between.
LEFT_BEHIND_SECONDS = 60


class Channel(filesystem.Channel):
    """Puts and gets whole messages, in the order in which they were put."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # as its own parent does
        folder = Path(self.data_folder_out)
        if sum(1 for _ in folder.glob(f"*.{queue}.msg")) >= MOST_WAITING:
            return
        unfinished = folder / f".{uuid.uuid4()}.part"
        unfinished.write_text(json.dumps(payload))
        unfinished.replace(folder / f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for path in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            content = _take(path)
            if content is not None:
                return content
        raise Empty


class Transport(filesystem.Transport):
    """`filesystem://` with the channel above."""

    Channel = Channel


def _take(path: Path) -> Any:
    """The message in `path`, removed from the folder; None when another worker was faster or it is unreadable."""
    taken = path.with_suffix(".taken")
    try:
        path.rename(taken)
        return json.loads(taken.read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        log.warning("Dropped an unreadable message: %s", path.name)
        return None
    finally:
        taken.unlink(missing_ok=True)


def tidy(folder: Path) -> None:
    """Removes what killed processes left half-written or half-read."""
    for path in (*folder.glob(".*.part"), *folder.glob("*.taken")):
        with suppress(FileNotFoundError):  # its owner lives, and was slow
            # Since its last change of name: a message may have waited for long before it was taken.
            if time.time() - path.stat().st_ctime > LEFT_BEHIND_SECONDS:
                path.unlink()


def install() -> None:
    """Lets Celery find this transport under the name `filesystem`."""
    TRANSPORT_ALIASES["filesystem"] = "config.broker:Transport"
