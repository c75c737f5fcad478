"""Finds a place for every failure: what a person chose, then the same text, then a clear match, else the pool.

Machines place a failure only in an issue that a person made, and never again where a person took it out. What stays
in the pool is grouped into proposals. The work is found by looking, so that running it twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q
from numpy.typing import NDArray

from accounts.models import Project
from annotate.models import Failure
from clustering.engine import mechanisms
from clustering.engine.group import measure_background
from clustering.engine.matching import Anchors, Match, Rule, anchors_of
from clustering.grouping import group_failures, hash_input, was_grouped
from clustering.models import GroupingRun, RunScope, RunState
from clustering.queries import Embeddings, read_contents, read_embeddings
from issues.deciding import join
from issues.models import Decision, DecisionKind, Issue, IssueMembership, ProposalEvent, Source, lock_project
from issues.proposing.calibrating import InForce, rule_in_force
from issues.proposing.writing import free_ids, write_proposals
from issues.queries import unplaced_failures
from issues.queries.links import BY_PEOPLE, forbidden, read_links

# Decisions that change of no failure where it belongs.
BESIDES = (DecisionKind.STATE, DecisionKind.EDIT, DecisionKind.JOIN)


def place_waiting(project: Project) -> None:
    """Does all that is to do for one project's failures and proposals."""
    release_withdrawn(project)
    place_chosen(project)
    # First: what people decide meanwhile is looked at again. So is what a look at everything left: it outdates
    # proposals of new issues where it has additions, and no decision tells when those are gone.
    mark = (*newest_word(project), _newest_look(project))
    if was_grouped(project, hash_input(read_contents(project, free_ids(project)), mark)):
        return
    left = place_alike(project)
    run, groups = group_failures(project, left, partial(read_links, project), mark)
    write_proposals(project, run, groups)


def newest_word(project: Project) -> tuple[int, int]:
    """The last decision that may change what belongs where, and the last word on a proposal.

    What machines joined by themselves is none.
    """
    said = Decision.objects.filter(project=project).exclude(kind__in=BESIDES)
    answered = ProposalEvent.objects.filter(proposal__project=project)
    newest = (rows.order_by("-pk").values_list("pk", flat=True).first() or 0 for rows in (said, answered))
    decision, answer = newest
    return decision, answer


def _newest_look(project: Project) -> int:
    """The last look at everything that was finished."""
    looks = GroupingRun.objects.filter(project=project, scope=RunScope.EVERYTHING, state=RunState.DONE)
    return looks.order_by("-pk").values_list("pk", flat=True).first() or 0


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


def place_alike(project: Project) -> list[int]:
    """Joins each free failure to the one issue with its very words and type, or that it clearly matches.

    Returns those that were looked at and stay in the pool.
    """
    issues = {issue.pk: issue for issue in Issue.objects.living().filter(project=project).select_related("project")}
    everything, free = read_embeddings(project), set(free_ids(project))
    pool = [place for place, row in enumerate(everything.rows) if row.failure_id in free]
    if not pool:
        return []
    members = _Members(everything, issues)
    never = forbidden(project, [everything.rows[place].failure_id for place in pool])
    rule = _rule(project, everything, members)
    left = []
    for place, found in zip(pool, _match(everything, pool, members, never, rule.rule), strict=True):
        row = everything.rows[place]
        same = members.issues_of(row.content) - never.get(row.failure_id, frozenset())
        issue, how = _where(same, found, rule)
        if issue is None or not join(
            issue=issues[issue], failure_id=row.failure_id, nearest_id=members.nearest(issue, place), **how
        ):
            left.append(row.failure_id)
    return left


def _where(same: Collection[int], found: Match | None, rule: InForce) -> tuple[int | None, dict[str, Any]]:
    """The issue that a failure joins, if any, and how: by its text, which one issue has, else by being like it."""
    if len(same) == 1:
        return next(iter(same)), {"source": Source.EXACT, "cause": "same text"}
    if found is None:
        return None, {}
    how = {"score": found.score, "margin": found.margin, "mechanism": mechanisms.CURRENT}
    how |= {"threshold": rule.rule.threshold, "rule": rule.read}
    return found.issue, {"source": Source.MATCH, "cause": f"match {mechanisms.CURRENT}", **how}


def _rule(project: Project, everything: Embeddings, members: "_Members") -> InForce:
    background = measure_background([row.content for row in everything.rows], everything.vectors)
    return rule_in_force(project, everything, members.by_people(), mechanisms.current().rule(background))


def _match(
    everything: Embeddings, pool: list[int], members: "_Members", never: Mapping[int, frozenset[int]], rule: Rule
) -> list[Match | None]:
    """Of each row of the pool the issue that it clearly matches, if any."""
    mechanism = mechanisms.current()
    not_these = {
        number: issues
        for number, place in enumerate(pool)
        if (issues := never.get(everything.rows[place].failure_id, frozenset()))
    }
    return mechanism.match_many(everything.vectors[pool], members.anchors(), rule, not_these)


class _Members:
    """Who is in which of the issues now, by their rows: as contents, and as anchors."""

    def __init__(self, everything: Embeddings, issues: Collection[int]) -> None:
        self._everything = everything
        self._issue_of = np.full(len(everything.rows), -1, dtype=np.int64)
        self._by_person = np.zeros(len(everything.rows), dtype=bool)
        self._contents: defaultdict[str, set[int]] = defaultdict(set)
        row_of = {row.failure_id: place for place, row in enumerate(everything.rows)}
        standing = IssueMembership.objects.standing().filter(issue__in=issues)
        for issue, failure, source in standing.values_list("issue_id", "failure_id", "source"):
            if (place := row_of.get(failure)) is not None:
                self._issue_of[place], self._by_person[place] = issue, source in BY_PEOPLE
                self._contents[everything.rows[place].content].add(issue)

    def issues_of(self, content: str) -> set[int]:
        return set(self._contents.get(content, ()))

    def by_people(self) -> NDArray[np.int64]:
        """Per row the issue that a person put it in, -1 for none."""
        return np.where(self._by_person, self._issue_of, -1)

    def anchors(self) -> Anchors:
        return anchors_of(self._everything.vectors, self._issue_of.tolist(), self._by_person.tolist())

    def nearest(self, issue: int, place: int) -> int:
        """The member of the issue that this row is most like; of equally near ones the oldest."""
        rows, vectors = np.flatnonzero(self._issue_of == issue), self._everything.vectors
        return self._everything.rows[int(rows[(vectors[rows] @ vectors[place]).argmax()])].failure_id


def projects_with_work() -> Iterable[Project]:
    """Projects that have failures to place or memberships to end."""
    active = Failure.objects.filter(Q(withdrawn_at=None) | Q(issue_memberships__until=None))
    return Project.objects.filter(pk__in=active.values("project_id")).order_by("pk")
