"""What a fuzzer starts from: real clients' bytes where they are at hand, and requests of our own making."""

import gzip
import random
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import zstandard

from tests.conftest import SHARED_DATA
from tests.ingest.payloads import export, span

OTLP = SHARED_DATA / "otlp"
SIZES = (20, 100, 400, 1600, 6400)
LARGEST = 16_384
OURS = export(span(1, attributes={"openinference.span.kind": "AGENT", "input.value": "Hi", "session.id": "s"}), span(2))


def seeds_of(target: str, *, is_built: bool) -> Iterator[bytes]:
    """The first inputs of a target. One whose bytes are choices gets random ones, always the same."""
    dice = random.Random(target)
    yield from (dice.randbytes(size) for size in SIZES for _ in range(8))
    if is_built:
        return
    bodies = [OURS, *captures()]
    if target.startswith("decompress"):
        packs: tuple[Callable[[bytes], bytes], ...] = (gzip.compress, zlib.compress, zstandard.compress)
        bodies = [bytes([number]) + pack(body) for body in bodies[:8] for number, pack in enumerate(packs)]
    yield from (body for body in bodies if len(body) <= LARGEST)


def captures() -> Iterator[bytes]:
    """Bodies of real clients, decompressed."""
    for path in sorted(Path(OTLP).glob("*/*")):
        if path.suffix in {".bin", ".pb"} or path.name.endswith(".otlp.json"):
            body = path.read_bytes()
            yield gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
