"""What a look at everything would have people decide: merges, splits and additions, as drafts of proposals."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from accounts.models import Project
from clustering.engine import describe
from clustering.engine.grouping import Grouping
from clustering.engine.links import Links
from clustering.engine.reconcile import Attach, Merge, Split, reconcile
from clustering.grouping import describe_group
from clustering.queries import Embeddings
from issues.models import Issue, IssueMembership, ProposalKind
from issues.proposing.drafts import Declined, Draft
from issues.proposing.writing import GROWN_BY
from issues.queries.confirmed import Joined, read_joined
from issues.queries.links import forbidden

MOST_OF_A_KIND = 20  # the surest of each; the others come when these are decided


@dataclass(frozen=True)
class Present:
    """Everything as it stands now, row by row: the failures and the keys of their living issues, -1 for none."""

    project: Project
    found: Embeddings
    issue_of: NDArray[np.int64]

    @property
    def failures(self) -> list[int]:
        """The failures' ids."""
        return [row.failure_id for row in self.found.rows]

    def ids(self, rows: Iterable[int]) -> tuple[int, ...]:
        """The failures of these rows."""
        return tuple(self.found.rows[row].failure_id for row in rows)

    def size(self, issue: int) -> int:
        """How many rows the issue has."""
        return int((self.issue_of == issue).sum())


def read_present(project: Project, found: Embeddings) -> Present:
    """Where these failures stand now: one query."""
    living = Issue.objects.living().filter(project=project)
    rows = IssueMembership.objects.standing().filter(issue__in=living)
    place = dict(rows.values_list("failure_id", "issue_id"))
    issue_of = [place.get(row.failure_id, -1) for row in found.rows]
    return Present(project, found, np.array(issue_of, dtype=np.int64))


def suggest(present: Present, grouping: Grouping, links: Links, declined: Declined) -> list[Draft]:
    """What to propose, as the grouping of everything has it; nothing that people said no to, or have just joined.

    What was declined takes no place: neither of the surest ones nor of the pairs that make issues one.
    """
    told = reconcile(present.issue_of, grouping, present.found.vectors, links)
    kinds = (
        _merges(present, told.merges, declined),
        declined.keep_out(_splits(present, told.splits)),
        declined.keep_out(_attaches(present, told.attaches)),
    )
    return [draft for drafts in kinds for draft in islice(drafts, MOST_OF_A_KIND)]


def _merges(present: Present, merges: Iterable[Merge], declined: Declined) -> Iterator[Draft]:
    """Of issues that all seem to be one no more pairs than make them one, the surest ones first."""
    led: dict[int, int] = {}
    for merge in merges:
        one, other = (_end(led, issue) for issue in merge.issues)
        if one != other and not declined.holds(draft := _merge(present, merge)):
            led[max(one, other)] = min(one, other)
            yield draft


def _end(led: Mapping[int, int], issue: int) -> int:
    while issue in led:
        issue = led[issue]
    return issue


def _merge(present: Present, merge: Merge) -> Draft:
    """The larger of the two stays, of equals the older."""
    sizes = {issue: present.size(issue) for issue in merge.issues}
    stays, goes = sorted(merge.issues, key=lambda issue: (-sizes[issue], issue))
    return Draft(
        ProposalKind.MERGE,
        subject=stays,
        other=goes,
        failure_ids=present.ids(merge.evidence),
        score=merge.score,
        size=sum(sizes.values()),
        cohesion=merge.inside,
        across=merge.across,
    )


def _splits(present: Present, splits: Sequence[Split]) -> Iterator[Draft]:
    joined = read_joined(present.project, {split.issue for split in splits}) if splits else {}
    counts = describe.count_words(row.text for row in present.found.rows)
    for split in splits:
        if not _was_just_joined(present, split, joined.get(split.issue, [])):
            yield _split(present, split, counts)


def _was_just_joined(present: Present, split: Split, joined: Iterable[Joined]) -> bool:
    """Whether it takes apart what a decision put together, and the issue has not grown by half since."""
    leaving = present.ids(split.rows)
    members = set(present.ids(np.flatnonzero(present.issue_of == split.issue).tolist()))
    staying = members - {*leaving}
    return any(
        one.is_parted(leaving, staying) and len(members) < GROWN_BY * len(one.own | one.before) for one in joined
    )


def _split(present: Present, split: Split, counts: Mapping[str, int]) -> Draft:
    group = describe_group(present.found, split.rows, counts)
    return Draft(
        ProposalKind.SPLIT,
        subject=split.issue,
        failure_ids=group.failure_ids,
        score=split.score,
        size=len(split.rows),
        cohesion=split.inside,
        across=split.across,
        notes=group.notes,
        words=group.words,
    )


def _attaches(present: Present, attaches: Sequence[Attach]) -> Iterator[Draft]:
    never = _never(present, attaches)
    for attach in attaches:
        failures = [pk for pk in present.ids(attach.rows) if attach.issue not in never.get(pk, ())]
        if failures:
            yield Draft(
                ProposalKind.ATTACH,
                subject=attach.issue,
                failure_ids=tuple(failures),
                score=attach.score,
                size=len(failures),
                cohesion=attach.inside,
                across=attach.across,
            )


def _never(present: Present, attaches: Sequence[Attach]) -> Mapping[int, Collection[int]]:
    rows = [row for attach in attaches for row in attach.rows]
    return forbidden(present.project, present.ids(rows)) if rows else defaultdict(frozenset)
