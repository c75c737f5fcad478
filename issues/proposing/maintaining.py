"""The look at everything: members of issues and the pool are grouped anew and compared with today's issues.

It moves nothing. It writes proposals to merge, to split and to add, and people decide.
"""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Project
from clustering.engine import mechanisms
from clustering.models import GroupingRun, RunScope, RunStage, RunState
from clustering.queries import read_embeddings
from issues.models import lock_project
from issues.proposing.revising import revise_proposals
from issues.proposing.suggesting import read_present, suggest
from issues.proposing.waiting import newest_word
from issues.queries.links import read_links

log = logging.getLogger(__name__)
NIGHT = 2  # o'clock, UTC
# A worker that has been at a run for longer was killed.
LEASE = timedelta(minutes=30)
BROKEN = "It broke off because of a fault of ours, which the log of the worker names. Nothing was changed."


def ask_to_maintain(project: Project) -> None:
    """Notes that somebody wants everything looked at, unless that is under way."""
    try:
        with transaction.atomic():
            GroupingRun.objects.create(project=project, scope=RunScope.EVERYTHING, mechanism=mechanisms.CURRENT)
    except IntegrityError:
        log.info("Everything in project %s is being looked at already.", project.pk)


def ask_nightly(now: datetime) -> None:
    """Notes it for each project with issues that nobody has looked at since the night began."""
    night = now.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    night -= timedelta(days=1) if night > now else timedelta()
    looked_at = GroupingRun.objects.filter(scope=RunScope.EVERYTHING, created_at__gte=night)
    with_issues = Project.objects.filter(created_at__lt=night, issues__isnull=False).distinct()
    for project in with_issues.exclude(pk__in=looked_at.values("project")).order_by("pk"):
        ask_to_maintain(project)


def maintain_waiting() -> int:
    """Does each run that waits, and those that somebody broke off; returns how many were finished."""
    stale = Q(state=RunState.RUNNING, began_at__lt=timezone.now() - LEASE)
    runs = GroupingRun.objects.filter(Q(state=RunState.WAITING) | stale, scope=RunScope.EVERYTHING)
    return sum(_try(run) for run in runs.select_related("project").order_by("pk"))


def _try(run: GroupingRun) -> bool:
    """Whether it was this worker that finished it. One that breaks keeps no other waiting."""
    began = timezone.now()
    mine = GroupingRun.objects.filter(pk=run.pk, state=run.state, began_at=run.began_at)
    if not mine.update(state=RunState.RUNNING, began_at=began):
        return False
    run.began_at = began
    try:
        return maintain(run)
    except Exception:  # whatever it is: the page says so, and the next night tries again
        log.exception("Everything in project %s could not be looked at.", run.project_id)
        _finish(run, state=RunState.FAILED, reason=BROKEN)
        return False


def maintain(run: GroupingRun) -> bool:
    """Groups everything, and writes what that proposes. False where people decided meanwhile: it is done again."""
    project = run.project
    _reach(run, RunStage.READING)
    mark = newest_word(project)
    found = read_embeddings(project)
    present = read_present(project, found)
    links = read_links(project, present.failures)
    _reach(run, RunStage.GROUPING, failure_count=len(found.rows))
    mechanism = mechanisms.current()
    grouping = mechanism.group([row.content for row in found.rows], found.vectors, links)
    _reach(run, RunStage.COMPARING, group_count=len(grouping.groups), mechanism=mechanism.name)
    drafts = suggest(present, grouping, links)
    with transaction.atomic():
        lock_project(project.pk)
        if newest_word(project) != mark:
            _again(run)
            return False
        revise_proposals(run, drafts)
        _finish(run, state=RunState.DONE)
    return True


def _mine(run: GroupingRun) -> QuerySet[GroupingRun]:
    return GroupingRun.objects.filter(pk=run.pk, state=RunState.RUNNING, began_at=run.began_at)


def _reach(run: GroupingRun, stage: RunStage, **fields: int | str) -> None:
    _mine(run).update(stage=stage, **fields)


def _again(run: GroupingRun) -> None:
    _mine(run).update(state=RunState.WAITING, stage="", began_at=None)


def _finish(run: GroupingRun, *, state: RunState, reason: str = "") -> None:
    _mine(run).update(state=state, reason=reason, finished_at=timezone.now())
