"""Groups what a folder holds by BERTopic as it comes, in any Python that has it:

    PYTHON benchmarks/_peer_grouping.py FOLDER RUNS

Reads `texts.json` and `vectors.npy`, writes `groups.npy` of shape (runs, texts) and prints what it took, or the error.
Imports nothing of the product.
"""

import sys
from pathlib import Path

# The modules beside this one would hide others of the same name, those above it are needed last.
sys.path.append(str(Path(sys.path.pop(0)).resolve().parent))

import json
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from benchmarks._timed import timed

WARM_UP = 300
CORE = ("_reduce_dimensionality", "_cluster_embeddings")
PACKAGES = ("bertopic", "umap-learn", "hdbscan", "numba", "scikit-learn", "numpy")


def main(folder: Path, runs: int) -> None:
    """Its defaults; on a few random texts first, because numba compiles then."""
    texts = json.loads((folder / "texts.json").read_text())
    vectors = np.load(folder / "vectors.npy")
    warm_up()
    core: list[float] = []
    try:
        found, taken = timed(lambda: topics_of(texts, vectors, core), runs)
    except Exception as error:  # noqa: BLE001 - what it cannot do is a result
        print(json.dumps({"error": f"{type(error).__name__}: {error}"[:300], "versions": versions()}))
        return
    np.save(folder / "groups.npy", np.array(found, dtype=np.int64))
    print(json.dumps({**taken, "core_cpu": core, "versions": versions()}))


def warm_up() -> None:
    random = np.random.default_rng(1)
    rows = random.normal(size=(WARM_UP, 384)).astype(np.float32)
    topics_of([f"word{row} other{row % 7}" for row in range(WARM_UP)], rows, [])


def topics_of(texts: list[str], vectors: Any, core: list[float]) -> list[int]:
    """The topic of each text, -1 for none. Adds to `core` the CPU seconds without those for words of topics."""
    model = import_module("bertopic").BERTopic()
    spent: list[float] = []
    for name in CORE:
        setattr(model, name, clocked(getattr(model, name), spent))
    topics, _ = model.fit_transform(texts, embeddings=vectors)
    core.append(sum(spent))
    return [int(topic) for topic in topics]


def clocked(call: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def run(*args: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return call(*args, **named)
        finally:
            spent.append(time.process_time() - began)

    return run


def versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
