"""Finds a place for every failure: what a person chose, then the same text, then a clear match, else the pool.

Machines place a failure only in an issue that a person made, and never again where a person took it out. What stays
in the pool is grouped into proposals. The work is found by looking, so that running it twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Project
from annotate.models import Failure
from clustering.engine import mechanisms
from clustering.engine.embed import Vectors
from clustering.engine.group import measure_background
from clustering.engine.match import pick_exemplars
from clustering.grouping import group_failures, hash_input, was_grouped
from clustering.queries import Embeddings, read_contents, read_embeddings
from issues.deciding import join
from issues.models import Issue, IssueMembership, Source, lock_project
from issues.proposing.writing import free_ids, write_proposals
from issues.queries import unplaced_failures
from issues.queries.links import BY_PEOPLE, forbidden


def place_waiting(project: Project) -> None:
    """Does all that is to do for one project's failures and proposals."""
    release_withdrawn(project)
    place_chosen(project)
    if was_grouped(project, hash_input(read_contents(project, free_ids(project)))):
        return
    pool = read_embeddings(project, free_ids(project))
    placed = place_alike(project, pool) if pool.rows else set()
    run, groups = group_failures(project, [row.failure_id for row in pool.rows if row.failure_id not in placed])
    write_proposals(project, run, groups)


def release_withdrawn(project: Project) -> None:
    """What reviewers took back leaves its issue; the closed rows stay as history.

    What a lead overruled keeps its place, uncounted: when the settlement is taken back, it counts there again.
    """
    taken_back = Q(failure__overruled_by=None) | Q(failure__review__withdrawn_at__isnull=False)
    rows = IssueMembership.objects.filter(taken_back, issue__project=project, failure__withdrawn_at__isnull=False)
    if rows.filter(until=None).exists():
        with transaction.atomic():
            lock_project(project.pk)
            rows.close(reason="The reviewer withdrew the failure.")


def place_chosen(project: Project) -> None:
    """What the reviewer picked on the review screen wins over every machine; a merged number leads to where it went."""
    chosen = unplaced_failures(project).filter(chosen_issue__isnull=False).select_related("review__reviewer")
    if not chosen:
        return
    numbers = {failure.chosen_issue or 0 for failure in chosen}
    named = Issue.objects.filter(project=project, number__in=numbers).select_related("project", "merged_into")
    issues = {issue.number: issue.present for issue in named}
    never = forbidden(project, [failure.pk for failure in chosen])
    for failure in chosen:
        issue = issues.get(failure.chosen_issue or 0)
        if issue is not None and issue.pk not in never.get(failure.pk, ()):
            reviewer, cause = failure.review.reviewer, "chosen in a review"
            join(issue=issue, failure_id=failure.pk, source=Source.PERSON, actor=reviewer, cause=cause)


def place_alike(project: Project, pool: Embeddings) -> set[int]:
    """Joins each failure to the one issue with its very words and type, or that it clearly matches. Returns who."""
    issues = {issue.pk: issue for issue in Issue.objects.living().filter(project=project).select_related("project")}
    everything = read_embeddings(project)
    members = _Members(project, everything)
    background = measure_background([row.content for row in everything.rows], everything.vectors)
    mechanism = mechanisms.current()
    threshold = mechanism.joining(background)
    never = forbidden(project, [row.failure_id for row in pool.rows])
    placed: set[int] = set()
    for row, vector in zip(pool.rows, pool.vectors, strict=True):
        allowed = issues.keys() - never.get(row.failure_id, frozenset())
        same = members.issues_of(row.content) & allowed
        if len(same) == 1:
            placed |= _join(issues[same.pop()], row.failure_id, Source.EXACT, cause="same text")
            continue
        anchors = {pk: rows for pk, rows in members.anchors.items() if pk in allowed}
        if found := mechanism.match(vector, anchors, threshold):
            how = {"score": found.score, "margin": found.margin, "mechanism": mechanism.name}
            placed |= _join(issues[found.issue], row.failure_id, Source.MATCH, cause=f"match {mechanism.name}", **how)
    return placed


def _join(issue: Issue, failure_id: int, source: Source, **how: Any) -> set[int]:
    return {failure_id} if join(issue=issue, failure_id=failure_id, source=source, **how) else set()


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
                (by_people if source in BY_PEOPLE else by_machine)[issue_id].append(index)
        self.anchors: dict[int, Vectors] = {
            issue_id: pick_exemplars(everything.vectors[by_people[issue_id] or by_machine[issue_id]])
            for issue_id in sorted({*by_people, *by_machine})
        }

    def issues_of(self, content: str) -> set[int]:
        return set(self._contents.get(content, ()))


def projects_with_work() -> Iterable[Project]:
    """Projects that have failures to place or memberships to end."""
    active = Failure.objects.filter(Q(withdrawn_at=None) | Q(issue_memberships__until=None))
    return Project.objects.filter(pk__in=active.values("project_id")).order_by("pk")
