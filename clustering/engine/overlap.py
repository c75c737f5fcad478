"""How many rows each group shares with each issue, held sparsely: most groups meet one issue, and most issues one."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

NOWHERE = -1
# A group is an issue from this overlap on (Jaccard), or where it holds more than half of it.
SAME = 0.3
HALF = 0.5
FEWEST = 2
LEAST_SHARE = 0.2

Rows = NDArray[np.int64]
Pair = tuple[int, int]


class Overlap:
    """Both arrays: per row the number of its group or issue, NOWHERE for none."""

    def __init__(self, issue_of: Rows, group_of: Rows) -> None:
        self._issues, self._groups = _rows_by(issue_of), _rows_by(group_of)
        both = (issue_of != NOWHERE) & (group_of != NOWHERE)
        pairs, counts = np.unique(np.stack([group_of[both], issue_of[both]]), axis=1, return_counts=True)
        self._shared = {
            (int(group), int(issue)): int(count) for (group, issue), count in zip(pairs.T, counts, strict=True)
        }
        self._clustered = _sums(self._shared, 1)
        self._group_of = group_of

    def identity(self) -> dict[int, int]:
        """By group the issue that it is: the best pairing of those that could be, by Jaccard overlap."""
        could_be = {pair: overlap for pair in self._shared if (overlap := self._jaccard(pair)) is not None}
        return {group: issue for part in _parts(could_be) for group, issue in _assign(part, could_be)}

    def _jaccard(self, pair: Pair) -> float | None:
        """None where the group is not this issue, whatever else it might be."""
        shared, (group, issue) = self._shared[pair], pair
        inside = len(self._issues[issue])
        jaccard = shared / (len(self._groups[group]) + inside - shared)
        return jaccard if jaccard >= SAME or shared > HALF * inside else None

    def meeting(self) -> dict[int, list[int]]:
        """By group the issues of each of which it holds most; of two or more."""
        found: dict[int, list[int]] = {}
        for (group, issue), shared in self._shared.items():
            if shared >= FEWEST and shared >= HALF * self._clustered[issue]:
                found.setdefault(group, []).append(issue)
        return {group: sorted(issues) for group, issues in found.items() if len(issues) > 1}

    def torn(self) -> dict[int, list[int]]:
        """Issues that lie in several groups, with these, the one that holds most first."""
        found: dict[int, list[int]] = {}
        for (group, issue), shared in sorted(self._shared.items(), key=lambda entry: (-entry[1], entry[0])):
            if shared >= FEWEST and shared >= LEAST_SHARE * self._clustered[issue]:
                found.setdefault(issue, []).append(group)
        return {issue: groups for issue, groups in sorted(found.items()) if len(groups) > 1}

    def share(self, issue: int, group: int) -> float:
        """Which part of the issue's grouped rows the group holds."""
        return self._shared.get((group, issue), 0) / max(1, self._clustered.get(issue, 0))

    def held(self) -> set[int]:
        """The groups that hold anything of any issue."""
        return {group for group, _ in self._shared}

    def issues(self) -> list[int]:
        """All issues that have rows, ascending."""
        return sorted(self._issues)

    def rows(self, issue: int, group: int | None = None) -> Rows:
        """The issue's rows, ascending; with `group` those that are in it."""
        members = self._issues[issue]
        return members if group is None else members[self._group_of[members] == group]


def _rows_by(numbers: Rows) -> Mapping[int, Rows]:
    order = np.argsort(numbers, kind="stable")
    order = order[numbers[order] != NOWHERE]
    names, starts = np.unique(numbers[order], return_index=True)
    return dict(zip(names.tolist(), np.split(order, starts[1:]), strict=True)) if len(names) else {}


def _sums(shared: Mapping[Pair, int], side: int) -> dict[int, int]:
    sums: dict[int, int] = {}
    for pair, count in shared.items():
        sums[pair[side]] = sums.get(pair[side], 0) + count
    return sums


def _parts(pairs: Mapping[Pair, float]) -> list[list[Pair]]:
    """The pairs, those together that compete for a group or an issue, directly or by way of others."""
    beside: dict[tuple[str, int], list[Pair]] = {}
    for group, issue in pairs:
        beside.setdefault(("group", group), []).append((group, issue))
        beside.setdefault(("issue", issue), []).append((group, issue))
    parts: list[list[Pair]] = []
    seen: set[Pair] = set()
    for start in sorted(pairs):
        waiting, part = [start], []
        while waiting:
            pair = waiting.pop()
            if pair not in seen:
                seen.add(pair)
                part.append(pair)
                waiting += beside["group", pair[0]] + beside["issue", pair[1]]
        parts += [sorted(part)] if part else []
    return parts


def _assign(part: list[Pair], weights: Mapping[Pair, float]) -> list[Pair]:
    """The best one-to-one choice among pairs that compete."""
    if len(part) == 1:
        return part
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  # only runs that reconcile pay for it

    groups, issues = (sorted({pair[side] for pair in part}) for side in (0, 1))
    table = np.zeros((len(groups), len(issues)))
    for group, issue in part:
        table[groups.index(group), issues.index(issue)] = weights[group, issue]
    chosen = zip(*linear_sum_assignment(table, maximize=True), strict=True)
    return [pair for row, column in chosen if (pair := (groups[row], issues[column])) in weights]
