"""Finds a place for every failure: what a person chose, then the same text, then a clear match, else the pool.

Machines place a failure only in an issue that a person made, and never again where a person took it out. What stays
in the pool is grouped into proposals. The work is found by looking, so that running it twice changes nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Q

from accounts.models import Project
from annotate.models import Failure
from annotate.queries.blind import EVERYTHING, Sight
from clustering.engine import mechanisms
from clustering.engine.describe import by_centrality, choose_title
from clustering.engine.embed import Vectors
from clustering.engine.group import measure_background
from clustering.engine.match import pick_exemplars
from clustering.grouping import Group, group_failures, hash_input, was_grouped
from clustering.models import GroupingRun
from clustering.queries import Embeddings, read_contents, read_embeddings
from issues.lifecycle import State
from issues.models import FEWEST_MEMBERS, Issue, IssueMembership, Proposal, ProposalState, Source, lock_project
from issues.queries import standing_members, unplaced_failures

SAME_PROPOSAL = 0.5  # Jaccard overlap from which a group is what was already declined
GROWN_BY = 1.5  # evidence that brings a declined proposal back
READ_FOR_TYPICAL = 200


def place_waiting(project: Project) -> None:
    """Does all that is to do for one project's failures and proposals."""
    release_withdrawn(project)
    place_chosen(project)
    if was_grouped(project, hash_input(read_contents(project, _free_ids(project)))):
        return
    pool = read_embeddings(project, _free_ids(project))
    placed = place_alike(project, pool) if pool.rows else set()
    run, groups = group_failures(project, [row.failure_id for row in pool.rows if row.failure_id not in placed])
    write_proposals(project, run, groups)


def release_withdrawn(project: Project) -> None:
    """What reviewers took back leaves its issue; the closed rows stay as history.

    What a lead overruled keeps its place, uncounted: when the settlement is taken back, it counts there again.
    """
    taken_back = Q(failure__overruled_by=None) | Q(failure__review__withdrawn_at__isnull=False)
    rows = IssueMembership.objects.filter(taken_back, issue__project=project, failure__withdrawn_at__isnull=False)
    with transaction.atomic():
        rows.close(reason="The reviewer withdrew the failure.")


def place_chosen(project: Project) -> None:
    """What the reviewer picked on the review screen wins over every machine."""
    chosen = unplaced_failures(project).filter(chosen_issue__isnull=False).select_related("review__reviewer")
    issues = {issue.number: issue for issue in _living(project)}
    forbidden = _taken_out(project)
    for failure in chosen:
        issue = issues.get(failure.chosen_issue or 0)
        if issue is not None and (failure.pk, issue.pk) not in forbidden:
            with transaction.atomic():
                IssueMembership.objects.place(issue, [failure.pk], source=Source.PERSON, actor=failure.review.reviewer)


def place_alike(project: Project, pool: Embeddings) -> set[int]:
    """Joins each failure to the one issue with its very words and type, or that it clearly matches. Returns who."""
    issues = {issue.pk: issue for issue in _living(project)}
    everything = read_embeddings(project)
    members = _Members(project, everything)
    background = measure_background([row.content for row in everything.rows], everything.vectors)
    mechanism = mechanisms.current()
    threshold = mechanism.joining(background)
    forbidden = _taken_out(project)
    placed: set[int] = set()
    for row, vector in zip(pool.rows, pool.vectors, strict=True):
        allowed = {pk for pk in issues if (row.failure_id, pk) not in forbidden}
        same = members.issues_of(row.content) & allowed
        if len(same) == 1:
            placed |= _join(issues[same.pop()], row.failure_id, Source.EXACT, None)
            continue
        anchors = {pk: rows for pk, rows in members.anchors.items() if pk in allowed}
        if found := mechanism.match(vector, anchors, threshold):
            placed |= _join(issues[found.issue], row.failure_id, Source.MATCH, found.score)
    return placed


def _join(issue: Issue, failure_id: int, source: Source, score: float | None) -> set[int]:
    with transaction.atomic():
        return set(IssueMembership.objects.place(issue, [failure_id], source=source, score=score))


class _Members:
    """Who is in which issue now, as contents and as anchors: a few vectors per issue, people's choices first."""

    def __init__(self, project: Project, everything: Embeddings) -> None:
        row_of = {row.failure_id: index for index, row in enumerate(everything.rows)}
        self._contents: defaultdict[str, set[int]] = defaultdict(set)
        by_people: defaultdict[int, list[int]] = defaultdict(list)
        by_machine: defaultdict[int, list[int]] = defaultdict(list)
        standing = IssueMembership.objects.standing().filter(issue__project=project).order_by("failure_id")
        for issue_id, failure_id, source in standing.values_list("issue_id", "failure_id", "source"):
            if (index := row_of.get(failure_id)) is not None:
                self._contents[everything.rows[index].content].add(issue_id)
                (by_people if source in {Source.PERSON, Source.PROPOSAL} else by_machine)[issue_id].append(index)
        self.anchors: dict[int, Vectors] = {
            issue_id: pick_exemplars(everything.vectors[by_people[issue_id] or by_machine[issue_id]])
            for issue_id in sorted({*by_people, *by_machine})
        }

    def issues_of(self, content: str) -> set[int]:
        return set(self._contents.get(content, ()))


def write_proposals(project: Project, run: GroupingRun, groups: Iterable[Group]) -> None:
    """Turns groups into open proposals. One that stands is left alone; what a new one overlaps becomes outdated."""
    with transaction.atomic():
        lock_project(project.pk)
        free = set(_free_ids(project))
        declined = _members_of(project, ProposalState.DECLINED)
        standing = _members_of(project, ProposalState.OPEN)
        fresh = [
            group
            for group in groups
            if free.issuperset(group.failure_ids)
            and not any(_same_evidence(set(group.failure_ids), known) for known in declined.values())
        ]
        made_of = {frozenset(group.failure_ids) for group in fresh}
        covered = {failure_id for members in made_of for failure_id in members}
        gone = [
            pk
            for pk, members in standing.items()
            if frozenset(members) not in made_of and (members & covered or len(members & free) < FEWEST_MEMBERS)
        ]
        Proposal.objects.filter(pk__in=gone).update(state=ProposalState.OUTDATED)
        kept = {frozenset(members) for pk, members in standing.items() if pk not in gone}
        for group in fresh:
            if frozenset(group.failure_ids) not in kept:
                _create(project, run, group)


def _create(project: Project, run: GroupingRun, group: Group) -> None:
    proposal = Proposal.objects.create(
        project=project,
        run=run,
        title=choose_title(group.notes, group.words, _taken_titles(project)),
        words=list(group.words),
        cohesion=group.cohesion,
        fingerprint=fingerprint(group.failure_ids),
    )
    proposal.failures.set(group.failure_ids)


def fingerprint(failure_ids: Collection[int]) -> str:
    """What a proposal is about, in any order."""
    return hashlib.sha256(repr(sorted(failure_ids)).encode()).hexdigest()


def _same_evidence(members: set[int], declined: set[int]) -> bool:
    overlap = len(members & declined) / len(members | declined)
    return overlap >= SAME_PROPOSAL and len(members) < GROWN_BY * len(declined)


def _taken_titles(project: Project) -> set[str]:
    issues = Issue.objects.filter(project=project).values_list("title", flat=True)
    proposals = Proposal.objects.filter(project=project, state=ProposalState.OPEN).values_list("title", flat=True)
    return {title.lower() for title in (*issues, *proposals)}


def _members_of(project: Project, state: ProposalState) -> dict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = Proposal.failures.through.objects.filter(proposal__project=project, proposal__state=state)
    for proposal_id, failure_id in rows.values_list("proposal_id", "failure_id"):
        found[proposal_id].add(failure_id)
    return dict(found)


def _free_ids(project: Project) -> list[int]:
    return list(unplaced_failures(project).order_by("pk").values_list("pk", flat=True))


def _living(project: Project) -> list[Issue]:
    return list(Issue.objects.filter(project=project).exclude(state=State.MERGED))


def _taken_out(project: Project) -> set[tuple[int, int]]:
    """(failure, issue) pairs that were ended or refused: no machine puts a failure where a person took it out."""
    closed = IssueMembership.objects.filter(issue__project=project, until__isnull=False)
    return set(closed.values_list("failure_id", "issue_id"))


def projects_with_work() -> Iterable[Project]:
    """Projects that have failures to place or memberships to end."""
    active = Failure.objects.filter(Q(withdrawn_at=None) | Q(issue_memberships__until=None))
    return Project.objects.filter(pk__in=active.values("project_id")).order_by("pk")


def representatives(issue: Issue, most: int = 3, sight: Sight = EVERYTHING) -> list[IssueMembership]:
    """The members that say best what the issue is, no two with the same words; the newest where none has a vector."""
    members = {row.failure_id: row for row in standing_members(issue, sight)[:READ_FOR_TYPICAL]}
    found = read_embeddings(issue.project, list(members))
    texts = [row.text for row in found.rows]
    order = by_centrality(texts, found.vectors) if texts else []
    distinct = {texts[index]: members[found.rows[index].failure_id] for index in reversed(order)}
    return (list(distinct.values())[::-1] or list(members.values()))[:most]
