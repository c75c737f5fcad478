"""Groups what a folder holds by a mechanism of the product, in a process of its own:

    python -m benchmarks._own_grouping FOLDER MECHANISM RUNS

Reads `texts.json` and `vectors.npy`, writes `groups.npy` of shape (runs, texts) and prints what it took.
"""

import json
import sys
from pathlib import Path

import numpy as np

from benchmarks._agreement import Groups
from benchmarks._timed import timed
from clustering.engine.embed import Vectors
from clustering.engine.links import NONE
from clustering.engine.mechanisms import MECHANISMS, Mechanism

WARM_UP = 50


def main(folder: Path, name: str, runs: int) -> None:
    """A small call first: what is imported on first use is not what is measured."""
    mechanism = MECHANISMS[name]
    texts = json.loads((folder / "texts.json").read_text())
    vectors: Vectors = np.load(folder / "vectors.npy")
    warm_up(mechanism)
    found, taken = timed(lambda: numbered(mechanism, texts, vectors), runs)
    np.save(folder / "groups.npy", np.stack(found))
    print(json.dumps(taken))


def warm_up(mechanism: Mechanism) -> None:
    """Groups random directions."""
    rows = np.random.default_rng(1).normal(size=(WARM_UP, 384)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    mechanism.group([f"text {row}" for row in range(WARM_UP)], rows, NONE)


def numbered(mechanism: Mechanism, texts: list[str], vectors: Vectors) -> Groups:
    """The group of each text, -1 for none."""
    groups = np.full(len(texts), -1, dtype=np.int64)
    for number, rows in enumerate(mechanism.group(texts, vectors, NONE).groups):
        groups[list(rows)] = number
    return groups


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
