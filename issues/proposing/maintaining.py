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
from clustering.queries import read_embeddings, waiting_for_embedding
from issues.models import lock_project
from issues.proposing.drafts import Declined
from issues.proposing.revising import revise_proposals
from issues.proposing.suggesting import read_present, suggest
from issues.proposing.waiting import newest_word
from issues.queries.links import read_links

log = logging.getLogger(__name__)
NIGHT = 2  # o'clock, UTC
UNREAD = "{} of the failures are still being read by the model. Nothing was changed."
# A worker that has been at a run for longer was killed.
LEASE = timedelta(minutes=30)
# So long it begins again when people decide meanwhile, or new failures are being read.
PATIENCE = timedelta(hours=1)
# What breaks every worker that takes it over is given up.
GIVEN_UP = timedelta(hours=3)
BROKEN = "It broke off because of a fault of ours, which the log of the worker names. Nothing was changed."
TOO_LONG = "The workers that had begun it were stopped each time. Nothing was changed."


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
    looks = GroupingRun.objects.filter(scope=RunScope.EVERYTHING)
    given_up = looks.filter(stale, created_at__lt=timezone.now() - GIVEN_UP)
    given_up.update(state=RunState.FAILED, reason=TOO_LONG, finished_at=timezone.now())
    runs = looks.filter(Q(state=RunState.WAITING) | stale)
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
    """Groups everything, and writes what that proposes. False where people decided meanwhile: it is done again.

    Where they decide without end, it is written after an hour: what no longer holds is left out of it then.
    """
    project = run.project
    _reach(run, RunStage.READING)
    if unread := waiting_for_embedding().filter(project=project).count():
        # What has no vector is in no group: all that is proposed about it would be given up.
        _wait_for_vectors(run, unread)
        return False
    mark = newest_word(project)
    found = read_embeddings(project)
    present = read_present(project, found)
    links, declined = read_links(project, present.failures), Declined(project)
    _reach(run, RunStage.GROUPING, failure_count=len(found.rows))
    mechanism = mechanisms.current()
    grouping = mechanism.group([row.content for row in found.rows], found.vectors, links)
    _reach(run, RunStage.COMPARING, group_count=len(grouping.groups), mechanism=mechanism.name)
    drafts = suggest(present, grouping, links, declined)
    with transaction.atomic():
        lock_project(project.pk)
        if not _mine(run).exists():
            return False  # another worker took it over
        if newest_word(project) != mark and timezone.now() < run.created_at + PATIENCE:
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


def _wait_for_vectors(run: GroupingRun, unread: int) -> None:
    """It begins again while new failures are being read, and is given up where that does not come to an end."""
    if timezone.now() < run.created_at + PATIENCE:
        _again(run)
    else:
        _finish(run, state=RunState.FAILED, reason=UNREAD.format(unread))


def _finish(run: GroupingRun, *, state: RunState, reason: str = "") -> None:
    _mine(run).update(state=state, reason=reason, finished_at=timezone.now())
