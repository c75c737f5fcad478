"""What people taught of pairs of failures, who speaks for an issue, and where no machine may put a failure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from django.db.models import Q

from accounts.models import Project
from clustering.engine.describe import by_centrality
from clustering.engine.links import Links
from clustering.queries import is_few, read_embeddings
from issues.lifecycle.links import Link, implied
from issues.models import Constraint, ConstraintKind, DecisionKind, Issue, IssueMembership, Source

BY_PEOPLE = frozenset({Source.PERSON, Source.PROPOSAL})


def standing_links(project_id: int, failure_ids: Collection[int] | None = None) -> list[Link]:
    """What was taught and not ended, oldest first; with `failure_ids` only what is about one of them."""
    rows = Constraint.objects.filter(project=project_id, ended_by=None).order_by("pk")
    if is_few(failure_ids):
        rows = rows.filter(Q(first__in=failure_ids) | Q(second__in=failure_ids))
    found = [
        Link(key, first, second, kind == ConstraintKind.TOGETHER)
        for key, first, second, kind in rows.values_list("pk", "first_id", "second_id", "kind")
    ]
    return found if failure_ids is None else about(found, failure_ids)


def about(links: Iterable[Link], failure_ids: Collection[int]) -> list[Link]:
    """Those of the links that one of the failures is in."""
    wanted = set(failure_ids)
    return [link for link in links if link.first in wanted or link.second in wanted]


def read_links(project: Project, failure_ids: Sequence[int]) -> Links:
    """What was taught of these failures, as pairs of their places in the list, and where people put them: two queries.

    What others bind together or keep apart counts, too. `placed`: the issue's key.
    """
    row = {failure: place for place, failure in enumerate(failure_ids)}
    together, apart = implied(standing_links(project.pk), failure_ids)
    placed = np.full(len(failure_ids), -1, dtype=np.int64)
    members = IssueMembership.objects.standing().filter(issue__project=project, source__in=BY_PEOPLE)
    for failure, issue in members.values_list("failure_id", "issue_id"):
        if failure in row:
            placed[row[failure]] = issue
    return Links(
        together=tuple((row[one], row[other]) for one, other in together),
        apart=tuple((row[one], row[other]) for one, other in apart),
        placed=placed,
    )


def places_of(links: Iterable[Link]) -> dict[int, int]:
    """By failure of these links its issue's key, overruled failures included: they have their place again one day."""
    named = {failure for link in links for failure in link.pair}
    rows = IssueMembership.objects.filter(failure__in=named, until=None) if named else IssueMembership.objects.none()
    return dict(rows.values_list("failure_id", "issue_id"))


def forbidden(project: Project, failure_ids: Collection[int] | None = None) -> dict[int, frozenset[int]]:
    """By failure the keys of the issues that no machine puts it into: four queries.

    Those that it was taken out of or left out of, wherever their numbers lead now; those with a failure that it is
    apart from; and while it belongs to failures of one issue, all others.
    """
    found: defaultdict[int, set[int]] = defaultdict(set)
    ends = _ends(project)
    for failure, issue in _taken_out(project, failure_ids):
        found[failure].add(ends.get(issue, issue))
    links = standing_links(project.pk, failure_ids)
    places = places_of(links)
    for link in links:
        for failure, other in (link.pair, link.pair[::-1]):
            if other in places:
                there = {places[other]}
                found[failure] |= ends.keys() - there if link.is_together else there
    return {failure: frozenset(issues) for failure, issues in found.items()}


def _ends(project: Project) -> dict[int, int]:
    """By the key of every issue the key of the one that its number leads to."""
    into = dict(Issue.objects.filter(project=project).values_list("pk", "merged_into_id"))

    def end(issue: int) -> int:
        following = into[issue]
        return issue if following is None else end(following)

    return {issue: end(issue) for issue in into}


def _taken_out(project: Project, failure_ids: Collection[int] | None) -> set[tuple[int, int]]:
    """(failure, issue) of rows that ended, unless that was undone. A merge takes nothing out, nor does its undo.

    Of many failures: those of all, since databases bound how many values a query may carry.
    """
    closed = IssueMembership.objects.filter(issue__project=project, until__isnull=False, closed_by__undone_by=None)
    if is_few(failure_ids):
        closed = closed.filter(failure__in=failure_ids)
    fields = ("failure_id", "issue_id", "closed_by__kind", "closed_by__detail")
    return {
        (failure, issue)
        for failure, issue, kind, detail in closed.values_list(*fields)
        if DecisionKind.MERGE not in {kind, (detail or {}).get("of")}
    }


def anchor_of(issue: Issue, *, but: Collection[int] = ()) -> int | None:
    """The member that speaks for the issue: the most central one that a person placed, else of all. Three queries.

    `but` names members who do not: they are about to leave, or have just come. None where nobody is left.
    """
    found = speakers(issue, but=but)
    return found[0] if found else None


def speakers(issue: Issue, *, but: Collection[int] = ()) -> list[int]:
    """The issue's members, who speaks for it first: placed by people before others, then the most central ones.

    By age where none of them has a vector yet.
    """
    rows = IssueMembership.objects.standing().filter(issue=issue).values_list("failure_id", "source")
    leaving = set(but)
    sources = {failure: source for failure, source in rows if failure not in leaving}
    order = _central(issue.project, sorted(sources))
    return sorted(order, key=lambda failure: sources[failure] not in BY_PEOPLE)


def _central(project: Project, failure_ids: list[int]) -> list[int]:
    """The failures, the most central ones first, and those without a vector after them."""
    found = read_embeddings(project, failure_ids)
    if not found.rows:
        return failure_ids
    places = by_centrality([row.text for row in found.rows], found.vectors)
    central = [found.rows[place].failure_id for place in places]
    return list(dict.fromkeys([*central, *failure_ids]))
