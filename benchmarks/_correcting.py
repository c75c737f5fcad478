"""What people's corrections do to failures that come later.

People are played by the classes: they merge two issues of one class, take a second class out of an issue, or place
everything. What each act teaches is what the product's own acts teach.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._agreement import UNASSIGNED, Groups, scores
from benchmarks._labelled import Labelled
from clustering.engine.calibrate import calibrate
from clustering.engine.embed import Vectors
from clustering.engine.group import measure_background
from clustering.engine.links import NONE, Links
from clustering.engine.matching import Rule, anchors_of
from clustering.engine.mechanisms import Mechanism

FIRST, LATER = 500, 1000
SEEDS = 5
DRAWS = 2000
FEWEST_TO_SPLIT = 2
MOST_STAYERS = 16

Figures = dict[str, Any]
Act = dict[str, Any]


@dataclass(eq=False)
class Triage:
    """Texts and the issue of each (-1: in none). `placed`: the issue where a person put it, -1 for where none did."""

    texts: list[str]
    labels: list[str]
    vectors: Vectors
    issue_of: Groups
    placed: Groups
    together: list[tuple[int, int]] = field(default_factory=list)
    apart: list[tuple[int, int]] = field(default_factory=list)

    def members(self, issue: int) -> NDArray[np.int64]:
        return np.flatnonzero(self.issue_of == issue)

    def issues(self) -> list[int]:
        return [int(issue) for issue in np.unique(self.issue_of[self.issue_of != UNASSIGNED])]

    def classes(self, issue: int) -> list[tuple[str, int]]:
        """How many members have each class, most first."""
        counts = Counter(self.labels[row] for row in self.members(issue))
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))

    def medoid(self, rows: NDArray[np.int64]) -> int:
        return int(rows[(self.vectors[rows] @ self.vectors[rows].mean(axis=0)).argmax()])

    def merge(self, kept: int, gone: int) -> None:
        """All members change their issue, and stay judged as they were."""
        self.together.append((self.medoid(self.members(kept)), self.medoid(self.members(gone))))
        self.issue_of[self.issue_of == gone] = kept
        self.placed[self.placed == gone] = kept

    def split(self, leaving: NDArray[np.int64], issue: int) -> None:
        """A person places those who leave; all of them stay apart from who speaks for the rest, and the reverse."""
        staying = np.setdiff1d(self.members(int(self.issue_of[leaving[0]])), leaving)
        self.issue_of[leaving] = issue
        self.placed[leaving] = issue
        self.apart += [(self.medoid(staying), int(row)) for row in leaving]
        self.apart += [(self.medoid(leaving), int(row)) for row in staying[:MOST_STAYERS]]

    def links(self, rows: Sequence[int]) -> Links:
        """What was taught, in the numbers of these rows."""
        place = {row: number for number, row in enumerate(rows)}
        kept = [
            tuple((place[one], place[other]) for one, other in pairs if one in place and other in place)
            for pairs in (self.together, self.apart)
        ]
        return Links(together=kept[0], apart=kept[1], placed=self.placed[list(rows)])


def correct(labelled: Labelled, vectors: Vectors, mechanism: Mechanism, *, k: int, seed: int) -> Figures:
    """The first draw in full, and over SEEDS draws how much better the later ones are grouped for the corrections."""
    runs = [_corrected(labelled, vectors, mechanism, k, seed + turn) for turn in range(SEEDS)]
    told = {"k": k, "first": min(FIRST, len(labelled) // 2), **runs[0]}
    if runs[0]["later_before"] is not None:
        told["gain"] = {
            name: _interval([run["later_after"][name] - run["later_before"][name] for run in runs], seed)
            for name in ("ari", "bcubed_f")
        }
    return told


def _corrected(labelled: Labelled, vectors: Vectors, mechanism: Mechanism, k: int, seed: int) -> Figures:
    first, later = _drawn(len(labelled), seed)
    plain = grouped(labelled, vectors, mechanism, first)
    taught = grouped(labelled, vectors, mechanism, first)
    applied = apply_corrections(taught, k)
    return {
        "before": _quality(plain.labels, plain.issue_of),
        "after": _quality(taught.labels, taught.issue_of),
        **_later("before", plain, labelled, vectors, mechanism, later),
        **_later("after", taught, labelled, vectors, mechanism, later),
        "applied": applied,
    }


def _drawn(count: int, seed: int) -> tuple[list[int], list[int]]:
    order = random.Random(seed).sample(range(count), count)
    first = min(FIRST, count // 2)
    return order[:first], order[first : first + LATER]


def grouped(labelled: Labelled, vectors: Vectors, mechanism: Mechanism, rows: Sequence[int]) -> Triage:
    """These rows as the mechanism groups them, each group an issue."""
    texts = [labelled.texts[row] for row in rows]
    issue_of = np.full(len(rows), UNASSIGNED, dtype=np.int64)
    for number, group in enumerate(mechanism.group(texts, vectors[list(rows)], NONE).groups):
        issue_of[list(group)] = number
    return Triage(
        texts=texts,
        labels=[labelled.labels[row] for row in rows],
        vectors=vectors[list(rows)],
        issue_of=issue_of,
        placed=np.full(len(rows), UNASSIGNED, dtype=np.int64),
    )


def apply_corrections(triage: Triage, k: int) -> list[Act]:
    """Up to `k`, a merge and a split by turns, the worst error of either kind first."""
    done: list[Act] = []
    kinds = [merge_worst, split_worst]
    while len(done) < k:
        act = kinds[0](triage) or kinds[1](triage)
        if act is None:
            break
        done.append(act)
        kinds.reverse()
    return done


def merge_worst(triage: Triage) -> Act | None:
    """The two issues of one class that have most members of it each."""
    leading: dict[str, list[tuple[int, int]]] = {}
    for issue in triage.issues():
        label, count = triage.classes(issue)[0]
        leading.setdefault(label, []).append((count, -issue))
    pairs = [(ranked[0][0] * ranked[1][0], label, ranked) for label, ranked in _ranked(leading) if len(ranked) > 1]
    if not pairs:
        return None
    _, label, ranked = max(pairs, key=lambda pair: (pair[0], pair[1]))
    kept, gone = (-ranked[0][1], -ranked[1][1])
    told = {"kind": "merge", "class": label, "kept": len(triage.members(kept)), "moved": len(triage.members(gone))}
    triage.merge(kept, gone)
    return told


def _ranked(leading: dict[str, list[tuple[int, int]]]) -> list[tuple[str, list[tuple[int, int]]]]:
    return [(label, sorted(held, reverse=True)) for label, held in leading.items()]


def split_worst(triage: Triage) -> Act | None:
    """The largest second class of an issue leaves it: to the issue where that class leads, or to one of its own."""
    seconds = [(*classes[1][::-1], issue) for issue in triage.issues() if len(classes := triage.classes(issue)) > 1]
    count, label, issue = max(seconds, key=lambda second: (second[0], second[1], -second[2]), default=(0, "", 0))
    if count < FEWEST_TO_SPLIT:
        return None
    leaving = np.array([row for row in triage.members(issue) if triage.labels[row] == label], dtype=np.int64)
    led = [other for other in triage.issues() if other != issue and triage.classes(other)[0][0] == label]
    target = max(led, key=lambda other: (len(triage.members(other)), -other), default=None)
    triage.split(leaving, max(triage.issues()) + 1 if target is None else target)
    kind = "split" if target is None else "move"
    return {"kind": kind, "class": label, "stayed": len(triage.members(issue)), "moved": len(leaving)}


def _later(
    name: str, triage: Triage, labelled: Labelled, vectors: Vectors, mechanism: Mechanism, rows: Sequence[int]
) -> Figures:
    """Of those that come later alone, and of everything."""
    if not rows:
        return {f"later_{name}": None, f"all_{name}": None}
    whole, _ = arrived(triage, labelled, vectors, mechanism, rows)
    count = len(triage.texts)
    return {
        f"later_{name}": _quality(whole.labels[count:], whole.issue_of[count:]),
        f"all_{name}": _quality(whole.labels, whole.issue_of),
    }


def arrived(
    triage: Triage, labelled: Labelled, vectors: Vectors, mechanism: Mechanism, rows: Sequence[int]
) -> tuple[Triage, float]:
    """With these rows matched to the issues, the rest pooled and grouped; and the share that was not matched."""
    matched = mechanism.match_many(
        vectors[list(rows)],
        anchors_of(triage.vectors, triage.issue_of.tolist(), (triage.placed != UNASSIGNED).tolist()),
        rule_of(triage, mechanism),
    )
    issues = np.array([found.issue if found else UNASSIGNED for found in matched], dtype=np.int64)
    whole = Triage(
        texts=[*triage.texts, *(labelled.texts[row] for row in rows)],
        labels=[*triage.labels, *(labelled.labels[row] for row in rows)],
        vectors=np.concatenate([triage.vectors, vectors[list(rows)]]),
        issue_of=np.concatenate([triage.issue_of, issues]),
        placed=np.concatenate([triage.placed, np.full(len(rows), UNASSIGNED, dtype=np.int64)]),
        together=triage.together,
        apart=triage.apart,
    )
    group_pool(whole, mechanism)
    return whole, float((issues == UNASSIGNED).mean())


def rule_of(triage: Triage, mechanism: Mechanism) -> Rule:
    """What joining asks for: read from what people placed, or from how alike everything is."""
    fallback = mechanism.rule(measure_background(triage.texts, triage.vectors))
    return calibrate(triage.vectors, triage.placed, fallback, contents=triage.texts)


def group_pool(whole: Triage, mechanism: Mechanism) -> None:
    """Each group of what is in no issue becomes one. What people placed is grouped with it, and stays where it is."""
    rows = np.flatnonzero((whole.issue_of == UNASSIGNED) | (whole.placed != UNASSIGNED)).tolist()
    found = mechanism.group([whole.texts[row] for row in rows], whole.vectors[rows], whole.links(rows))
    number = int(whole.issue_of.max(initial=UNASSIGNED)) + 1
    for group in found.groups:
        pooled = [rows[place] for place in group if whole.issue_of[rows[place]] == UNASSIGNED]
        if len(pooled) > 1:
            whole.issue_of[pooled] = number
            number += 1


def half(labelled: Labelled, vectors: Vectors, mechanism: Mechanism, *, seed: int) -> Figures:
    """The second half, after people have placed the first: every class an issue."""
    order = random.Random(seed).sample(range(len(labelled)), len(labelled))
    first, later = order[: len(order) // 2], order[len(order) // 2 :]
    if not first:
        return {"half_ari": None, "half_bcubed_f": None, "half_unmatched": None}
    number: dict[str, int] = {}
    placed = np.array([number.setdefault(labelled.labels[row], len(number)) for row in first], dtype=np.int64)
    known = Triage(
        texts=[labelled.texts[row] for row in first],
        labels=[labelled.labels[row] for row in first],
        vectors=vectors[first],
        issue_of=placed.copy(),
        placed=placed,
    )
    whole, unmatched = arrived(known, labelled, vectors, mechanism, later)
    found = _quality(whole.labels[len(first) :], whole.issue_of[len(first) :])
    return {"half_ari": found["ari"], "half_bcubed_f": found["bcubed_f"], "half_unmatched": round(unmatched, 4)}


def _quality(labels: Sequence[str], issue_of: Groups) -> Figures:
    found = scores(labels, issue_of)
    return {
        "ari": round(found.ari, 4),
        "v": round(found.v, 4),
        "bcubed_f": round(found.bcubed_f, 4),
        "unassigned": round(float((issue_of == UNASSIGNED).mean()), 4),
    }


def _interval(gains: Sequence[float], seed: int) -> Figures:
    """The mean of paired differences and its 95 % interval by resampling them."""
    drawn = np.random.default_rng(seed).choice(np.array(gains), size=(DRAWS, len(gains))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        "mean": round(float(np.mean(gains)), 4),
        "interval": [round(float(low), 4), round(float(high), 4)],
        "each": [round(gain, 4) for gain in gains],
    }
