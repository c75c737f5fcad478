"""Fixes that held, fixes that did not, and regressions that went quiet."""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from accounts.models import Project
from issues.deciding import NO_FIX, shift_state
from issues.lifecycle import OVER, Act, State
from issues.lifecycle.fixes import QUIET_DAYS, is_quiet
from issues.models import Issue
from issues.queries.life import (
    Confirmed,
    TakenBack,
    confirmed_since_fixed,
    issues_in,
    last_confirmed,
    progress_of,
    release_places,
    taken_back,
    verified_after,
)

MOST_NAMED = 20


def follow_fixes(project: Project) -> None:
    """Regresses what came back, verifies what stayed away long enough, and calms what is quiet again."""
    undone, places = taken_back(project), release_places(project)
    confirmed = confirmed_since_fixed(project)
    for issue in issues_in(project, *OVER):
        if proof := _against(issue, confirmed.get(issue.pk, ()), places, undone):
            _regress(issue, proof)
        elif issue.state == State.RESOLVED and not undone.has(issue, Act.VERIFY):
            _verify(issue, places, verified_after(project))
    for issue in issues_in(project, State.REGRESSED):
        if not undone.has(issue, Act.QUIET):
            _calm(issue)


def _against(
    issue: Issue, confirmed: Sequence[Confirmed], places: Mapping[str, int], undone: TakenBack
) -> list[Confirmed]:
    """What proves that the fix did not hold."""
    fix = issue.fix
    if fix is None:
        return []
    news = [one for one in confirmed if (issue.pk, one.failure) not in undone.failures]
    return [one for one in news if fix.covers(release=one.release, seen=one.seen, places=places)]


def _regress(issue: Issue, proof: Sequence[Confirmed]) -> None:
    first = proof[0]
    failures = [one.failure for one in proof[:MOST_NAMED]]
    shift_state(
        issue=issue,
        act=Act.REGRESS,
        source=State(issue.state),
        since=issue.stood_since,
        actor=None,
        cause="It was confirmed again after the fix.",
        evidence={"failures": failures},
        told={"failures": failures, "session": first.session, "seen_in": first.release},
    )


def _verify(issue: Issue, places: Mapping[str, int], needed: int) -> None:
    progress = progress_of(issue, places, needed)
    if progress.is_enough:
        shift_state(
            issue=issue,
            act=Act.VERIFY,
            source=State.RESOLVED,
            since=issue.stood_since,
            actor=None,
            cause=f"{progress.clear} reviewed sessions without it.",
            told={"clear": progress.clear, "bound": round(progress.bound, 4)},
        )


def _calm(issue: Issue) -> None:
    if is_quiet(since=issue.stood_since, last_seen=last_confirmed(issue), now=timezone.now()):
        shift_state(
            issue=issue,
            act=Act.QUIET,
            source=State.REGRESSED,
            since=issue.stood_since,
            actor=None,
            cause=f"{QUIET_DAYS} days without it.",
            fields=NO_FIX,
        )
