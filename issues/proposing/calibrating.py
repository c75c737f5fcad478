"""The rule by which failures join issues: read from people's placements once they suffice, else the mechanism's."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accounts.models import Project
from clustering.engine import mechanisms
from clustering.engine.calibrate import FEWEST_PLACEMENTS, calibrate
from clustering.engine.matching import Rule
from clustering.queries import Embeddings, model_name
from issues.models import MatchingRule
from issues.queries.rules import newest_rule

# It is read again when so many placements came or went, as a part of those that it was read from.
CHANGED_BY = 0.1
# More placements say no more, and cost more: of more, these many by a hash of what they say.
MOST_READ = 3000


@dataclass(frozen=True)
class InForce:
    """A rule, and the row that tells where it is from; None where it is the mechanism's own."""

    rule: Rule
    read: MatchingRule | None = None


def rule_in_force(project: Project, everything: Embeddings, people: NDArray[np.int64], own: Rule) -> InForce:
    """The rule that counts now. `people`: per row the issue that a person put it in, -1 for none.

    `own`: the mechanism's.
    Reads placements anew, and keeps what they say as a further version, where that is due.
    """
    count = int((people >= 0).sum())
    read = newest_rule(project)
    if _is_due(read, count):
        read = _read(project, everything, people, own, version=read.version + 1 if read else 1)
    if read is None or read.precision is None:
        return InForce(own)
    return InForce(Rule(read.threshold, read.margin, read.precision, read.placements), read)


def _is_due(read: MatchingRule | None, count: int) -> bool:
    if read is None:
        return count >= FEWEST_PLACEMENTS
    if (read.mechanism, read.model_name) != (mechanisms.CURRENT, model_name()):
        return True
    return count != read.placements and abs(count - read.placements) >= CHANGED_BY * read.placements


def _read(
    project: Project, everything: Embeddings, people: NDArray[np.int64], own: Rule, *, version: int
) -> MatchingRule:
    contents = [row.content for row in everything.rows]
    rule = calibrate(everything.vectors, _chosen(people, contents), own, contents=contents)
    told = {
        "threshold": rule.threshold,
        "margin": rule.margin,
        "precision": rule.precision,
        "placements": int((people >= 0).sum()),
        "mechanism": mechanisms.CURRENT,
        "model_name": model_name(),
    }
    # Of two workers that read at once, the first is believed.
    return MatchingRule.objects.get_or_create(project=project, version=version, defaults=told)[0]


def _chosen(people: NDArray[np.int64], contents: list[str]) -> NDArray[np.int64]:
    """At most MOST_READ of the placements, the same ones whatever the order of rows."""
    rows = np.flatnonzero(people >= 0).tolist()
    left = sorted(rows, key=lambda row: (_hash(contents[row]), int(people[row])))[MOST_READ:]
    chosen = people.copy()
    chosen[left] = -1
    return chosen


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
