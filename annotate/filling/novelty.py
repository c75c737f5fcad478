"""Writes the signal `novel` for sessions that queues rank: what is unlike everything reviewed."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from annotate.filling.scoring import Reviewed
from annotate.priority.novelty import NOVEL, VERSION, are_far, found
from traces.actions import write_signals
from traces.models import AgentSession, Signal, Step, StepRole
from traces.profile import vectors_of
from traces.records import Found

# Of so many newest reviewed sessions it is known what they called.
CALLS_OF = 500


def mark_novel(sessions: Sequence[AgentSession], reviewed: Reviewed) -> int:
    """Writes the signal for those that are far from all reviewed, takes it back from others; how many changed."""
    keys = [session.pk for session in sessions]
    far = are_far(vectors_of(session.profile for session in sessions), reviewed.profiles)
    novel = {pk for pk, is_far in zip(keys, far, strict=True) if is_far}
    were = set(Signal.objects.filter(session__in=keys, kind=NOVEL).values_list("session_id", flat=True))
    marks: dict[int, Found | None] = dict.fromkeys(were - novel)
    if novel:
        known = [*_calls(reviewed.keys[:CALLS_OF]).values()]
        marks |= {pk: found(calls, known) for pk, calls in _calls(novel).items()}
    changed = write_signals(kind=NOVEL, version=VERSION, found=marks) if marks else 0
    if changed:
        _renew(sessions, marks)
    return changed


def _calls(session_ids: Collection[int]) -> dict[int, list[str]]:
    """The tools that each session called, in order; none of a session that called none."""
    calls: dict[int, list[str]] = defaultdict(list, {pk: [] for pk in session_ids})
    steps = Step.objects.filter(session__in=session_ids, role=StepRole.TOOL).order_by("session_id", "position")
    for pk, name in steps.values_list("session_id", "name"):
        calls[pk].append(name)
    return calls


def _renew(sessions: Sequence[AgentSession], marked: Collection[int]) -> None:
    """The revisions that writing gave them: else they would be ranked again for what is known already."""
    now = dict(AgentSession.objects.filter(pk__in=list(marked)).values_list("pk", "signals_revision"))
    for session in sessions:
        session.signals_revision = now.get(session.pk, session.signals_revision)
