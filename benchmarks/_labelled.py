"""Texts with a known class each, one JSON object a line, and how an agent's failures would be compared."""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustering.engine.mask import comparable


class BadLine(Exception):
    """A line that holds no text and label; the message names it."""


@dataclass(frozen=True)
class Labelled:
    """`texts` and their `labels`; `rows` says which of the file's `lines` they are, blank ones not counted."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    rows: NDArray[np.int64]
    lines: int

    def __len__(self) -> int:
        return len(self.texts)


def read_labelled(file: Path, *, limit: int | None = None, seed: int = 1, masked: bool = True) -> Labelled:
    """All texts of the file in its order, or `limit` of them by the seeded draw. Raises BadLine."""
    with file.open("rb") as lines:
        pairs = [_read(line, f"{file}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    rows = list(range(len(pairs)))
    if limit is not None and limit < len(rows):
        rows = sorted(random.Random(seed).sample(rows, limit))
    texts = [pairs[row][0] for row in rows]
    return Labelled(
        texts=tuple(comparable(text) for text in texts) if masked else tuple(texts),
        labels=tuple(pairs[row][1] for row in rows),
        rows=np.array(rows, dtype=np.int64),
        lines=len(pairs),
    )


def _read(line: bytes, where: str) -> tuple[str, str]:
    try:
        held: Any = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadLine(f"{where}: not JSON ({error}).") from error
    if not isinstance(held, dict) or not isinstance(held.get("text"), str):
        raise BadLine(f'{where}: no "text".')
    label = held.get("label")
    if label is None or isinstance(label, dict | list):
        raise BadLine(f'{where}: no "label".')
    # Half a surrogate pair is legal JSON and no text: no tokenizer takes it.
    return held["text"].encode(errors="replace").decode(), str(label)
