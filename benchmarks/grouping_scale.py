"""What grouping costs as a project grows to hundreds of thousands of failures:

    python -m benchmarks.grouping_scale [--notes FILE.jsonl] [--sizes 20000,100000,300000] [--worst] [--peer bertopic]

The failures are made from real notes (a file of {"text", "label"}, else the demo's), whose words are dropped, swapped
and renamed. Really embedding 300,000 texts would take longer than all else here; so 2,000 such pairs are embedded, and
their measured cosines and directions are drawn from to move the notes' vectors. `--worst` adds 100,000 failures of
20,000 kinds, of which nearly nothing can be joined.

Prints one line of JSON: per size CPU and wall seconds of the call (vectors given), memory, groups, agreement with the
notes' labels; and `exponent`, b in CPU ~ n^b, fitted to all sizes.
"""

import sys
from pathlib import Path

if not __package__:  # called by its path: the modules beside this one would hide others of the same name
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks._labelled import read_labelled
from benchmarks._results import table
from benchmarks._sets import family_notes
from benchmarks._vectors import vectors_of
from benchmarks._ways import by_mechanism, by_peer, has_peer
from clustering.engine import mechanisms
from clustering.engine.embed import Vectors
from clustering.engine.mask import comparable

PAIRS = 2000
WORST, WORST_KINDS = 100_000, 20_000
# How far the made-up kinds of the worst case lie from the notes that they are made of.
KIND_COSINE = 0.6
# Of the words of a note; what one person leaves out, puts elsewhere or calls otherwise.
DROPPED, SWAPPED, RENAMED = 0.12, 0.08, 0.08
NAMES = ("customer", "caller", "assistant", "system", "item", "purchase", "service", "request", "result", "record")
MIXED = 4
CHUNK = 10_000
PEER_SIZES = 2

Figures = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Change:
    """What rewording did to vectors: the cosines with what they were, and unit directions of the rest."""

    cosines: Vectors
    directions: Vectors


@dataclass(frozen=True, eq=False)
class Crowd:
    """Made-up failures: distinct texts, one unit row each, and what they are made of."""

    texts: list[str]
    labels: list[str]
    vectors: Vectors


def main() -> None:
    """Each size is made when its turn comes, so that no two are in memory."""
    asked = read_arguments()
    notes = read_notes(asked.notes)
    vectors = vectors_of([text for text, _ in notes], asked.cache).vectors
    change = measured_change(notes, vectors, asked)
    sizes = [int(size) for size in asked.sizes.split(",")]
    result: Figures = {"benchmark": "grouping_scale", "mechanism": asked.mechanism, "seed": asked.seed}
    result["rewording_cosine"] = [round(float(value), 3) for value in np.quantile(change.cosines, [0.05, 0.5, 0.95])]
    result["sizes"] = [
        measured(crowd_of(notes, vectors, change, size, asked.seed), asked, peer=size in sorted(sizes)[:PEER_SIZES])
        for size in sizes
    ]
    if asked.worst:
        result["worst"] = measured(worst_of(notes, vectors, change, asked.seed), asked, peer=False)
    result["exponent"] = exponent(result["sizes"])
    if not asked.json_only:
        print(summary(result), file=sys.stderr)
    print(json.dumps(result))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=Path, help="real notes to make failures of (the demo's)")
    parser.add_argument("--sizes", default="20000,100000,300000")
    parser.add_argument("--worst", action="store_true", help=f"also {WORST:,} failures of {WORST_KINDS:,} kinds")
    parser.add_argument("--mechanism", default=mechanisms.CURRENT, choices=sorted(mechanisms.MECHANISMS))
    parser.add_argument("--peer", choices=["bertopic"], help="the two smallest sizes by another way, too")
    parser.add_argument("--peer-python", type=Path, default=Path(sys.executable), help="a Python that has the peer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, help="a folder where vectors are kept for the next time")
    parser.add_argument("--json-only", action="store_true", help="no table")
    asked = parser.parse_args()
    if asked.peer and not has_peer(asked.peer_python):
        parser.error(f"{asked.peer_python} has no bertopic: name a Python that has it with --peer-python.")
    return asked


def read_notes(file: Path | None) -> list[tuple[str, str]]:
    """Distinct masked notes with their labels."""
    if file:
        read = read_labelled(file)
        pairs = zip(read.texts, read.labels, strict=True)
        return list(dict(pairs).items())
    return list({comparable(text): label for text, label in family_notes(Path())}.items())


def measured_change(notes: Sequence[tuple[str, str]], vectors: Vectors, asked: argparse.Namespace) -> Change:
    """From notes that were reworded and embedded."""
    random_ = random.Random(asked.seed)
    rows = [random_.randrange(len(notes)) for _ in range(PAIRS)]
    reworded = vectors_of([reword(notes[row][0], random_) for row in rows], asked.cache).vectors
    cosines = np.einsum("ij,ij->i", vectors[rows], reworded)
    rest = reworded - cosines[:, None] * vectors[rows]
    lengths = np.linalg.norm(rest, axis=1)
    changed = lengths > 1e-3  # noqa: PLR2004 - where no word was touched
    return Change(cosines[changed], rest[changed] / lengths[changed, None])


def reword(text: str, random_: random.Random) -> str:
    """The note as somebody else might have put it: words dropped, swapped, and called otherwise."""
    words = [word for word in text.split() if random_.random() >= DROPPED] or text.split()
    for place in range(len(words) - 1):
        if random_.random() < SWAPPED:
            words[place], words[place + 1] = words[place + 1], words[place]
    return " ".join(random_.choice(NAMES) if random_.random() < RENAMED else word for word in words)


def crowd_of(notes: Sequence[tuple[str, str]], vectors: Vectors, change: Change, size: int, seed: int) -> Crowd:
    """`size` failures, each one a note moved as rewording moves it; some notes are far more frequent than others."""
    draw = np.random.default_rng(seed)
    shares = 1 / np.arange(1, len(notes) + 1)
    rows = draw.choice(draw.permutation(len(notes)), size=size, p=shares / shares.sum())
    random_ = random.Random(seed)
    return Crowd(
        texts=[f"{reword(notes[row][0], random_)} ({number})" for number, row in enumerate(rows)],
        labels=[notes[row][1] for row in rows],
        vectors=moved(vectors, rows, change, draw.choice(change.cosines, size=size), draw),
    )


def worst_of(notes: Sequence[tuple[str, str]], vectors: Vectors, change: Change, seed: int) -> Crowd:
    """Kinds far from each other, five failures of each on average."""
    draw = np.random.default_rng(seed)
    origins = draw.integers(len(notes), size=WORST_KINDS)
    kinds = moved(vectors, origins, change, np.full(WORST_KINDS, KIND_COSINE, dtype=np.float32), draw)
    rows = draw.integers(WORST_KINDS, size=WORST)
    return Crowd(
        texts=[f"{notes[origins[row]][0]} ({number})" for number, row in enumerate(rows)],
        labels=[str(row) for row in rows],
        vectors=moved(kinds, rows, change, draw.choice(change.cosines, size=WORST), draw),
    )


def moved(
    vectors: Vectors,
    rows: np.ndarray[Any, np.dtype[np.int64]],
    change: Change,
    cosines: Vectors,
    draw: np.random.Generator,
) -> Vectors:
    """Those rows, each turned to its cosine in a direction mixed of measured ones; a piece at a time."""
    found = np.empty((len(rows), vectors.shape[1]), dtype=np.float32)
    for at in range(0, len(rows), CHUNK):
        bases, cosine = vectors[rows[at : at + CHUNK]], cosines[at : at + CHUNK, None]
        mixed = change.directions[draw.integers(len(change.directions), size=(len(bases), MIXED))]
        signs = draw.choice(np.array([-1, 1], dtype=np.float32), size=(len(bases), MIXED, 1))
        away = (mixed * signs).sum(axis=1)
        away -= np.einsum("ij,ij->i", away, bases)[:, None] * bases
        away /= np.linalg.norm(away, axis=1, keepdims=True)
        found[at : at + CHUNK] = cosine * bases + np.sqrt(np.maximum(1 - cosine**2, 0)) * away
    return found


def measured(crowd: Crowd, asked: argparse.Namespace, *, peer: bool) -> Figures:
    """One size by ours and, where asked, by the peer."""
    figures: Figures = {"n": len(crowd.texts), "classes": len(set(crowd.labels))}
    figures |= by_mechanism(asked.mechanism, crowd.texts, crowd.vectors, crowd.labels)
    if asked.peer and peer:
        figures["peer"] = by_peer(asked.peer_python, crowd.texts, crowd.vectors, crowd.labels)
    return figures


def exponent(sizes: Sequence[Figures]) -> float | None:
    """The b of CPU ~ n^b, fitted; None for a single size."""
    if len({one["n"] for one in sizes}) == 1:
        return None
    counts, cpu = (np.log([max(one[name], 1e-3) for one in sizes]) for name in ("n", "group_cpu"))
    return round(float(np.polyfit(counts, cpu, 1)[0]), 3)


def summary(result: Figures) -> str:
    """The figures for people."""
    sizes = result["sizes"]
    lines = [{"way": result["mechanism"], **one} for one in sizes]
    if "worst" in result:
        lines.append({"way": f"{result['mechanism']}, worst", **result["worst"]})
    lines += [{"way": "bertopic", "n": one["n"], **one["peer"]} for one in sizes if "peer" in one]
    columns = {
        "clusters": "groups",
        "ari": "ARI",
        "bcubed_f": "B-cubed F",
        "unassigned": "in none",
        "group_cpu": "CPU s",
        "core_cpu": "core CPU s",
        "group_seconds": "s",
        "peak_mb": "MB",
        "group_peak_mb": "MB of the call",
    }
    return f"CPU ~ n^{result['exponent']}\n\n{table(lines, ['way', 'n'], columns)}"


if __name__ == "__main__":
    main()
