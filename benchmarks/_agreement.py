"""How well groups agree with known classes: adjusted Rand index, V-measure and B-cubed, from the table of counts.

Never n²: pairs are counted in Python's integers, so that 300,000 texts are as exact as ten.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Groups = NDArray[np.int64]
UNASSIGNED = -1


@dataclass(frozen=True)
class Scores:
    """Each 0 to 1 (`ari`: -0.5 to 1); 1 where groups and classes are the same partition."""

    ari: float
    v: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f: float


@dataclass(frozen=True)
class Table:
    """Counts of the classes (`rows`), the groups (`columns`) and of those cells that hold anything.

    Cell number k is where class `row_of[k]` meets group `column_of[k]`.
    """

    rows: Groups
    columns: Groups
    cells: Groups
    row_of: Groups
    column_of: Groups


def scores(labels: Sequence[object], groups: Groups) -> Scores:
    """Agreement of one group number per text with its class; each text in no group (-1) is a group of its own."""
    table = count(labels, single_out(groups))
    precision, recall = _bcubed(table)
    return Scores(
        ari=_rand(table),
        v=_v_measure(table),
        bcubed_precision=precision,
        bcubed_recall=recall,
        bcubed_f=_harmonic(precision, recall),
    )


def ari(first: Sequence[object], second: Groups) -> float:
    """The adjusted Rand index alone, numbers as they are: all texts of -1 are one group."""
    return _rand(count(first, second))


def ari_assigned(labels: Sequence[object], groups: Groups) -> float | None:
    """The adjusted Rand index among the texts that are in a group; None where there are none."""
    kept = np.flatnonzero(groups != UNASSIGNED)
    return ari([labels[row] for row in kept.tolist()], groups[kept]) if len(kept) else None


def single_out(groups: Groups) -> Groups:
    """The same groups, with a new number of its own for each text that is in none."""
    alone = np.flatnonzero(groups == UNASSIGNED)
    numbered = groups.astype(np.int64)
    numbered[alone] = groups.max(initial=UNASSIGNED) + 1 + np.arange(len(alone))
    return numbered


def count(labels: Sequence[object], groups: Groups) -> Table:
    """The table of counts of two partitions of the same texts."""
    places: dict[object, int] = {}
    classes = np.array([places.setdefault(label, len(places)) for label in labels], dtype=np.int64)
    numbers = np.unique(groups, return_inverse=True)[1].astype(np.int64)
    width = int(numbers.max(initial=0)) + 1
    codes, cells = np.unique(classes * width + numbers, return_counts=True)
    return Table(np.bincount(classes), np.bincount(numbers), cells, codes // width, codes % width)


def _rand(table: Table) -> float:
    together, in_class, in_group = (_pairs(one) for one in (table.cells, table.rows, table.columns))
    every = _pairs(table.rows.sum(keepdims=True))
    split, mixed = in_class - together, in_group - together
    if split == mixed == 0:
        return 1.0
    apart = every - together - split - mixed
    below = (together + split) * (split + apart) + (together + mixed) * (mixed + apart)
    return 2 * (together * apart - split * mixed) / below


def _pairs(counts: Groups) -> int:
    return sum(int(one) * (int(one) - 1) // 2 for one in counts)


def _v_measure(table: Table) -> float:
    shared = _shared_information(table)
    return _harmonic(_share(shared, _entropy(table.rows)), _share(shared, _entropy(table.columns)))


def _shared_information(table: Table) -> float:
    total = table.cells.sum()
    expected = table.rows[table.row_of] / total * table.columns[table.column_of]
    return float((table.cells / total * np.log(table.cells / expected)).sum())


def _entropy(counts: Groups) -> float:
    shares = counts[counts > 0] / max(counts.sum(), 1)
    return float(-(shares * np.log(shares)).sum())


def _share(shared: float, entropy: float) -> float:
    return min(max(shared / entropy, 0.0), 1.0) if entropy > 0 else 1.0


def _bcubed(table: Table) -> tuple[float, float]:
    """Mean over the texts of the share of its group that is of its class, and of its class that is in its group."""
    total = int(table.cells.sum())
    if not total:
        return 1.0, 1.0
    squares = table.cells.astype(np.float64) ** 2
    precision = (squares / table.columns[table.column_of]).sum() / total
    return float(precision), float((squares / table.rows[table.row_of]).sum() / total)


def _harmonic(first: float, second: float) -> float:
    return 2 * first * second / (first + second) if first + second else 0.0
