"""How well and at what cost failures are grouped, on texts whose class is known and hidden from the grouping.

    python -m benchmarks.grouping FILE.jsonl… [--peer bertopic --peer-python PYTHON] [--stream] [--correct K]

Each line of a file is {"text": …, "label": …}. Texts are masked and embedded as the product does it; the same vectors
and texts go to each way, which runs in a process of its own. Prints one line of JSON per file, and tables for people on
standard error.

`ari` (adjusted Rand index), `v` (V-measure) and `bcubed_…` count each text in no group as a group of its own, which is
the count that favours whoever leaves many; `ari_pool_as_one` counts all of them as one group, `ari_assigned` leaves
them out; `unassigned` is their share. Seconds and CPU seconds (all threads) are those of the call alone, without
imports: `group_…` with vectors given, `embed_…` of each distinct text once. `peak_mb` is all memory of the process that
groups, `group_peak_mb` what the call needed beyond its input. `peer` has the same figures of the other way; its
`core_cpu` is without the words of topics.

`stream` is the same texts one by one in three orders, matched to issues or pooled; `correct` what K corrections by the
labels do to those that come later, and its `half_…` how the second half is grouped after people placed the first.
"""

import sys
from pathlib import Path

if not __package__:  # called by its path: the modules beside this one would hide others of the same name
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import json
from typing import Any, NoReturn

import numpy as np

from benchmarks._arriving import stream
from benchmarks._correcting import correct, half
from benchmarks._labelled import BadLine, Labelled, read_labelled
from benchmarks._results import table
from benchmarks._vectors import Embedded, vectors_of
from benchmarks._ways import by_mechanism, by_peer, has_peer
from clustering.engine import mechanisms
from clustering.engine.mask import TEXT_VERSION

COLUMNS = {
    "n": "texts",
    "classes": "classes",
    "clusters": "groups",
    "unassigned": "in none",
    "ari": "ARI",
    "v": "V",
    "bcubed_f": "B-cubed F",
    "group_cpu": "CPU s",
    "group_peak_mb": "MB",
}


def main() -> None:
    """All files are read before the first is measured, so that a bad line costs no hour."""
    asked = read_arguments()
    files = [(file, *_read(file, asked)) for file in asked.files]
    results = []
    for file, labelled, embedded in files:
        result = measured(labelled, embedded or vectors_of(labelled.texts, asked.cache), asked)
        results.append({"file": file.name, **result})
        print(json.dumps(results[-1]), flush=True)
    if not asked.json_only:
        print(summary(results), file=sys.stderr)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--mechanism", default=mechanisms.CURRENT, choices=sorted(mechanisms.MECHANISMS))
    parser.add_argument("--peer", choices=["bertopic"], help="the same by another way, with its defaults")
    parser.add_argument("--peer-python", type=Path, default=Path(sys.executable), help="a Python that has the peer")
    parser.add_argument("--stream", action="store_true", help="the texts one by one, too")
    parser.add_argument("--answer", type=int, default=0, help="of --stream: merges answered per 100 texts (0)")
    parser.add_argument("--correct", type=int, metavar="K", help="what K corrections do, too")
    parser.add_argument("--limit", type=int, metavar="N", help="N texts of each file, by the seeded draw")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same figures")
    parser.add_argument("--mask", action=argparse.BooleanOptionalAction, default=True, help="as the product does")
    parser.add_argument("--vectors", type=Path, help="one unit row for each text of the one FILE, as .npy")
    parser.add_argument("--cache", type=Path, help="a folder where vectors are kept for the next time")
    parser.add_argument("--json-only", action="store_true", help="no tables")
    asked = parser.parse_args()
    if asked.vectors and len(asked.files) > 1:
        refuse("--vectors goes with one file.")
    if asked.peer and not has_peer(asked.peer_python):
        refuse(f"{asked.peer_python} has no bertopic: name a Python that has it with --peer-python.")
    return asked


def refuse(reason: str) -> NoReturn:
    """Ends with a sentence."""
    print(reason, file=sys.stderr)
    sys.exit(2)


def _read(file: Path, asked: argparse.Namespace) -> tuple[Labelled, Embedded | None]:
    try:
        labelled = read_labelled(file, limit=asked.limit, seed=asked.seed, masked=asked.mask)
        return labelled, _given(asked.vectors, labelled) if asked.vectors else None
    except (BadLine, OSError, ValueError) as error:
        refuse(str(error))


def _given(file: Path, labelled: Labelled) -> Embedded:
    rows = np.load(file)
    if rows.shape[:-1] != (labelled.lines,):
        raise ValueError(f"{file}: {rows.shape} for {labelled.lines} texts; one row for each is needed.")
    return Embedded(rows[labelled.rows].astype(np.float32))


def measured(labelled: Labelled, embedded: Embedded, asked: argparse.Namespace) -> dict[str, Any]:
    """All figures of one file."""
    texts, labels, vectors = labelled.texts, labelled.labels, embedded.vectors
    result: dict[str, Any] = {
        "benchmark": "grouping",
        "n": len(texts),
        "classes": len(set(labels)),
        "distinct": len(set(texts)),
        **by_mechanism(asked.mechanism, texts, vectors, labels),
        "embed_seconds": _rounded(embedded.seconds),
        "embed_cpu": _rounded(embedded.cpu),
        "mechanism": asked.mechanism,
        "model": embedded.model,
        "text_version": TEXT_VERSION if asked.mask else None,
        "dtype": embedded.dtype,
        "seed": asked.seed,
    }
    mechanism = mechanisms.MECHANISMS[asked.mechanism]
    if asked.peer:
        result["peer"] = by_peer(asked.peer_python, texts, vectors, labels)
    if asked.stream:
        course = stream(labelled, vectors, mechanism, seed=asked.seed, answers=asked.answer)
        result["stream"] = {**course, "oneshot_ari": result["ari"]}
    if asked.correct is not None:
        told = correct(labelled, vectors, mechanism, k=asked.correct, seed=asked.seed)
        result["correct"] = {**told, **half(labelled, vectors, mechanism, seed=asked.seed)}
    return result


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def summary(results: list[dict[str, Any]]) -> str:
    """The figures for people: every file by every way."""
    lines = []
    for result in results:
        lines.append({"way": result["mechanism"], **result})
        if peer := result.get("peer"):
            shared = {name: result[name] for name in ("file", "n", "classes")}
            lines.append({"way": peer["name"], **shared, **peer})
    return table(lines, ["file", "way"], COLUMNS)


if __name__ == "__main__":
    main()
