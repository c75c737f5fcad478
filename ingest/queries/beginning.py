"""The first bytes of a batch, safe to show."""

from common.compression import first_bytes
from ingest.models import RawBatch

SHOWN = 2_000
IN_A_ROW = 16
READABLE = range(0x20, 0x7F)
TEXTS = ("json", "text")


def beginning_of(batch: RawBatch) -> str:
    """How the body begins: as text where it says that it is text, else as hex with the letters that are in it."""
    data = first_bytes(batch.body, SHOWN)
    if any(word in batch.content_type for word in TEXTS):
        return "".join(_shown(letter) for letter in data.decode(errors="replace"))
    return "\n".join(_row(data[start : start + IN_A_ROW]) for start in range(0, min(len(data), SHOWN // 4), IN_A_ROW))


def _shown(letter: str) -> str:
    """Control and direction marks as a dot: they could make a reader see what is not there."""
    return letter if letter.isprintable() or letter in "\n\t" else "·"


def _row(data: bytes) -> str:
    letters = "".join(chr(byte) if byte in READABLE else "·" for byte in data)
    return f"{data.hex(' '):<{IN_A_ROW * 3}} {letters}"
