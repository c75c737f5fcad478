"""Failures that come one by one, as in a project: matched to issues or pooled, the pool grouped every hundred.

Nothing here knows a database; the rules are those of the product, the numbers of issues are kept and never used twice.
"""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from benchmarks._agreement import UNASSIGNED, Groups, ari, scores, single_out
from benchmarks._labelled import Labelled
from clustering.engine.embed import Vectors
from clustering.engine.group import measure_background
from clustering.engine.links import NONE
from clustering.engine.matching import Anchors, Rule, anchors_of
from clustering.engine.mechanisms import Mechanism
from clustering.engine.reconcile import reconcile, suggest_merges

BLOCK = 100
ORDERS = 3
# What stands for the issues is made anew when so many more members came, and whenever an issue was founded.
GROWN = 1.1

Figures = dict[str, Any]
Pair = tuple[int, int]


@dataclass(eq=False)
class Project:
    """`issue_of`: per text its issue, -1 while it is in the pool or has not come."""

    texts: Sequence[str]
    vectors: Vectors
    mechanism: Mechanism
    issue_of: Groups = field(init=False)
    arrived: list[int] = field(default_factory=list)
    founded: int = 0
    apart: set[Pair] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.issue_of = np.full(len(self.texts), UNASSIGNED, dtype=np.int64)
        self._rows_of: defaultdict[str, list[int]] = defaultdict(list)
        self._anchors: Anchors | None = None
        self._rule: Rule | None = None
        self._known = 0

    def arrive(self, row: int) -> None:
        """The issue of the same text, or of one that is near enough; else the pool."""
        text = self.texts[row]
        same = {int(self.issue_of[other]) for other in self._rows_of[text]} - {UNASSIGNED}
        self.issue_of[row] = same.pop() if len(same) == 1 else self._matched(row)
        self._rows_of[text].append(row)
        self.arrived.append(row)

    def _matched(self, row: int) -> int:
        self._refresh()
        if self._anchors is None or self._rule is None:
            return UNASSIGNED
        found = self.mechanism.match_many(self.vectors[row : row + 1], self._anchors, self._rule)[0]
        return found.issue if found else UNASSIGNED

    def _refresh(self) -> None:
        """Anchors and rule once there is an issue, and again when the project has grown."""
        if not self.founded or (self._anchors is not None and len(self.arrived) < self._known * GROWN):
            return
        self._known = len(self.arrived)
        self._anchors = self.anchors()
        background = measure_background(
            [self.texts[row] for row in self.arrived], self.vectors[np.array(self.arrived, dtype=np.int64)]
        )
        self._rule = self.mechanism.rule(background)

    def anchors(self) -> Anchors:
        """Of all issues; no person placed anything here."""
        return anchors_of(self.vectors, self.issue_of.tolist(), [False] * len(self.texts))

    def pool(self) -> list[int]:
        return [row for row in self.arrived if self.issue_of[row] == UNASSIGNED]

    def group_pool(self) -> None:
        """Each group of the pool becomes an issue."""
        rows = self.pool()
        found = self.mechanism.group([self.texts[row] for row in rows], self.vectors[rows], NONE)
        for group in found.groups:
            self.found([rows[place] for place in group])

    def found(self, rows: Sequence[int]) -> None:
        """A new issue of these."""
        self.issue_of[list(rows)] = self.founded
        self.founded += 1
        self._anchors = None

    def merge(self, kept: int, gone: int) -> None:
        """The members of one move to the other."""
        self.issue_of[self.issue_of == gone] = kept
        self._anchors = None

    def majority(self, labels: Sequence[str], issue: int) -> str | None:
        """The class that most members have; None for an issue without members."""
        counts = Counter(labels[row] for row in np.flatnonzero(self.issue_of == issue).tolist())
        return min(counts, key=lambda label: (-counts[label], label)) if counts else None

    def answer_merges(self, labels: Sequence[str], most: int) -> None:
        """The best suggestions, answered by the classes; one that was declined does not come back."""
        for suggested in suggest_merges(self.anchors(), frozenset(self.apart), most):
            kept, gone = suggested.issues
            first, second = (self.majority(labels, issue) for issue in (kept, gone))
            if first is not None and first == second:
                self.merge(kept, gone)
            elif first is not None and second is not None:
                self.apart.add((kept, gone))

    def maintain(self) -> None:
        """What a run over everything proposes, all of it accepted: splits, merges, and issues out of the pool."""
        rows = self.arrived
        found = self.mechanism.group([self.texts[row] for row in rows], self.vectors[rows], NONE)
        told = reconcile(self.issue_of[rows], found, self.vectors[rows], NONE)
        for split in told.splits:
            self.found([rows[place] for place in split.rows])
        into: dict[int, int] = {}
        for merge in told.merges:
            kept, gone = sorted(_followed(into, issue) for issue in merge.issues)
            if kept != gone:
                into[gone] = kept
                self.merge(kept, gone)
        for number in told.fresh:
            self.found([rows[place] for place in found.groups[number]])


def _followed(into: dict[int, int], issue: int) -> int:
    while issue in into:
        issue = into[issue]
    return issue


@dataclass
class Course:
    """One order, to its end: the issue of each text, before and after the run over everything."""

    end: Groups
    maintained: Groups
    churn: list[float]
    churn_by_answers: list[float]
    identity: float | None


def stream(labelled: Labelled, vectors: Vectors, mechanism: Mechanism, *, seed: int, answers: int = 0) -> Figures:
    """The figures of ORDERS drawn orders; means over them. Seconds are those of all."""
    began, cpu = time.perf_counter(), time.process_time()
    courses = [
        run_through(
            Project(labelled.texts, vectors, mechanism), labelled.labels, _order(len(labelled), seed + turn), answers
        )
        for turn in range(ORDERS)
    ]
    each = [_told(labelled.labels, course.end) for course in courses]
    maintained = [_told(labelled.labels, course.maintained) for course in courses]
    return {
        **_means(each),
        "orders": _agreeing([course.end for course in courses]),
        "churn": {
            "per_100": _mean([share for course in courses for share in course.churn]),
            "by_proposals": _mean([share for course in courses for share in course.churn_by_answers]),
        },
        "identity": _mean([course.identity for course in courses if course.identity is not None]),
        "end_after_maintenance": {**_means(maintained), "orders": _agreeing([course.maintained for course in courses])},
        "answers_per_100": answers,
        "seconds": round(time.perf_counter() - began, 3),
        "cpu": round(time.process_time() - cpu, 3),
    }


def _order(count: int, seed: int) -> list[int]:
    return random.Random(seed).sample(range(count), count)


def run_through(project: Project, labels: Sequence[str], order: Sequence[int], answers: int = 0) -> Course:
    """All texts in this order. Churn is seen by comparing the issues before and after, whatever was done between."""
    churn: list[float] = []
    churn_by_answers: list[float] = []
    half: dict[int, str | None] = {}
    for at in range(0, len(order), BLOCK):
        before = project.issue_of.copy()
        for row in order[at : at + BLOCK]:
            project.arrive(row)
        project.group_pool()
        churn.append(moved(before, project.issue_of))
        between = project.issue_of.copy()
        if answers:
            project.answer_merges(labels, answers)
        churn_by_answers.append(moved(between, project.issue_of))
        if not half and at + BLOCK >= len(order) / 2:
            issues = np.unique(project.issue_of[project.issue_of != UNASSIGNED]).tolist()
            half = {issue: project.majority(labels, issue) for issue in issues}
    kept = [project.majority(labels, issue) == label for issue, label in half.items()]
    end = project.issue_of.copy()
    project.maintain()
    return Course(end, project.issue_of.copy(), churn, churn_by_answers, _mean(kept) if kept else None)


def moved(before: Groups, after: Groups) -> float:
    """The share of those that were in an issue and are not in it any more."""
    placed = before != UNASSIGNED
    return float((before != after)[placed].mean()) if placed.any() else 0.0


def _told(labels: Sequence[str], issue_of: Groups) -> Figures:
    found = scores(labels, issue_of)
    return {
        "ari": found.ari,
        "v": found.v,
        "bcubed_f": found.bcubed_f,
        "unassigned": float((issue_of == UNASSIGNED).mean()) if len(issue_of) else 0.0,
        "issues": len(np.unique(issue_of[issue_of != UNASSIGNED])),
    }


def _agreeing(ends: Sequence[Groups]) -> float:
    """The mean adjusted Rand index between any two of these."""
    return _mean([ari(single_out(one).tolist(), single_out(other)) for one, other in combinations(ends, 2)])


def _means(each: Sequence[Figures]) -> Figures:
    return {name: _mean([one[name] for one in each]) for name in each[0]}


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4) if values else 0.0
