"""What people taught of rows: which belong together, which do not, and where a person put one."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Links:
    """Pairs of row numbers: `together` share a group, `apart` do not.

    `placed`: per row the issue that a *person* put it in, -1 for none. It is evidence of how fine people cut and
    forces nothing.
    """

    together: tuple[Pair, ...] = ()
    apart: tuple[Pair, ...] = ()
    placed: NDArray[np.int64] | None = None


NONE = Links()


class Contradiction(ValueError):
    """Two rows that belong together, by what others say of them, and do not; `rows` names them."""

    def __init__(self, rows: Pair) -> None:
        super().__init__(f"Rows {rows[0]} and {rows[1]} are both together and apart.")
        self.rows = rows


class Bundles:
    """Rows bound together, one by one. What is apart stays so, for every row that is bound to either."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))
        self._apart: dict[int, set[int]] = {}

    def find(self, row: int) -> int:
        """The row that stands for all that `row` is bound to: the first of them."""
        above = self._above
        while above[row] != row:
            above[row] = above[above[row]]
            row = above[row]
        return row

    def keep_apart(self, one: int, other: int) -> bool:
        """Whether this could be done: rows that are bound together are not kept apart."""
        first, second = self.find(one), self.find(other)
        if first == second:
            return False
        self._apart.setdefault(first, set()).add(second)
        self._apart.setdefault(second, set()).add(first)
        return True

    def bind(self, one: int, other: int) -> bool:
        """Whether this could be done: rows that are kept apart are not bound together."""
        first, second = sorted((self.find(one), self.find(other)))
        if first == second:
            return True
        if second in self._apart.get(first, ()):
            return False
        self._above[second] = first
        for stranger in self._apart.pop(second, set()):
            self._apart[stranger].discard(second)
            self.keep_apart(first, stranger)
        return True

    def numbered(self) -> tuple[NDArray[np.int64], frozenset[Pair]]:
        """The bundle of each row, numbered by first row, and the pairs of bundles that are kept apart."""
        first = [self.find(row) for row in range(len(self._above))]
        number = {row: index for index, row in enumerate(dict.fromkeys(first))}
        pairs = {(number[one], number[other]) for one, others in self._apart.items() for other in others}
        return np.array([number[row] for row in first], dtype=np.int64), frozenset(
            pair for pair in pairs if pair[0] < pair[1]
        )


def collapse(count: int, links: Links) -> tuple[NDArray[np.int64], frozenset[Pair]]:
    """The bundle of each of `count` rows, and the pairs of bundles that are kept apart. Raises Contradiction."""
    return bundle(count, links).numbered()


def bundle(count: int, links: Links) -> Bundles:
    """The rows as the links bind them. Raises Contradiction."""
    bundles = Bundles(count)
    for one, other in _sorted(links.together):
        bundles.bind(one, other)
    for one, other in _sorted(links.apart):
        if not bundles.keep_apart(one, other):
            raise Contradiction((one, other))
    return bundles


def _sorted(pairs: Iterable[Pair]) -> list[Pair]:
    return sorted((min(pair), max(pair)) for pair in pairs)
