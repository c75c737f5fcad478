"""Sessions as ranking sees them: their signals, their facts beside what is usual, and what reviews found."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from accounts.models import Project
from annotate.models import Failure, Outcome, PriorityModel, Review, Severity
from annotate.priority import PRIOR, Evidence, Facts, Model, Usual, usual_of
from traces.models import AgentSession, SessionStatus, Signal, ToolUse
from traces.profile import vectors_of

# What is usual now, not what was usual a year ago; and a bounded read.
USUAL_SESSIONS = 500
SEGMENTS = ("workflow", "release", "model", "environment")
COLUMNS = (
    *("id", "project_id", "status", "user_ref", "cost_usd", "signals_revision", "draw", "profile", "shape"),
    *SEGMENTS,
)
SIDES: Mapping[str, int] = {Outcome.FAILURE: 1, Outcome.SUCCESS: -1}
SEVERITIES = {value: float(place) for place, value in enumerate(Severity.values)}


@dataclass(frozen=True)
class Seen:
    """One session as ranking sees it. `usual_cost` is the median of its workflow, None where it is not known."""

    session: AgentSession
    signals: Sequence[Evidence]
    facts: Facts
    usual_cost: float | None


@dataclass(frozen=True)
class Label:
    """What was found of one session: what a lead settled, else the majority of the reviewers who could tell.

    `came_out` names the kind of what was found, `severity` is 0 (low) to 3 (critical) of its worst failure.
    """

    failed: bool
    came_out: str
    severity: float | None = None


@dataclass
class Reader:
    """Reads sessions for ranking. Remembers what holds for a workflow: good for seconds, not for hours."""

    _usual: dict[tuple[int, str], tuple[Mapping[str, Usual], float | None]] = field(default_factory=dict)

    def read(self, sessions: Sequence[AgentSession]) -> list[Seen]:
        """In the order of the sessions. Two queries, and one for each workflow that is new to this reader."""
        keys = [session.pk for session in sessions]
        signals, tools = signals_by_session(keys), _tools(keys)
        profiles = vectors_of(session.profile for session in sessions).tolist()
        return [
            self._seen(session, signals[session.pk], tools[session.pk], profile)
            for session, profile in zip(sessions, profiles, strict=True)
        ]

    def _seen(
        self, session: AgentSession, signals: Sequence[Evidence], tools: Collection[str], profile: Sequence[float]
    ) -> Seen:
        group = (session.project_id, session.workflow)
        if group not in self._usual:
            self._usual[group] = _usual_in(*group)
        usual, cost = self._usual[group]
        facts = Facts(
            ended_in_error=session.status == SessionStatus.ERROR,
            shape=session.shape,
            usual=usual,
            segments={name: getattr(session, name) for name in SEGMENTS},
            tools=tools,
            profile=profile,
        )
        return Seen(session, signals, facts, cost)


def as_ranked(sessions: QuerySet[AgentSession]) -> QuerySet[AgentSession]:
    """The same sessions with only those columns that ranking reads."""
    return sessions.only(*COLUMNS)


def signals_by_session(session_ids: Collection[int]) -> dict[int, list[Evidence]]:
    """All signals of each of the sessions, whoever wrote them. One query."""
    found: dict[int, list[Evidence]] = {pk: [] for pk in session_ids}
    rows = Signal.objects.filter(session__in=session_ids).order_by("session_id", "kind", "step_key")
    for pk, kind, strength, sentence in rows.values_list("session_id", "kind", "strength", "sentence"):
        found[pk].append(Evidence(kind, strength, sentence))
    return found


def _tools(session_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {pk: [] for pk in session_ids}
    rows = ToolUse.objects.filter(session__in=session_ids).order_by("session_id", "name")
    for pk, name in rows.values_list("session_id", "name"):
        found[pk].append(name)
    return found


def _usual_in(project_id: int, workflow: str) -> tuple[Mapping[str, Usual], float | None]:
    """What is usual in a workflow's newest sessions: of the numbers of their shapes, and the median of their cost."""
    newest = AgentSession.objects.filter(project=project_id, workflow=workflow).order_by("-started_at", "-pk")
    rows = list(newest.values_list("shape", "cost_usd")[:USUAL_SESSIONS])
    costs = sorted(cost for _, cost in rows if cost)
    return usual_of(shape for shape, _ in rows), costs[len(costs) // 2] if costs else None


def labels(project: Project, newest: int) -> dict[int, Label]:
    """What the newest reviews that stand found, by session, the newest first. Two queries.

    A session on which those who could tell are split evenly, or of which nobody could tell, is left out.
    """
    standing = Review.objects.filter(project=project, withdrawn_at=None).order_by("-submitted_at", "-pk")
    votes: dict[int, list[int]] = defaultdict(list)
    settled: dict[int, int] = {}
    for pk, outcome, is_gold in standing.values_list("session_id", "outcome", "is_gold")[:newest]:
        votes[pk].append(SIDES.get(outcome, 0))
        if is_gold:
            settled[pk] = SIDES.get(outcome, 0)
    leans = {pk: settled.get(pk, sum(sides)) for pk, sides in votes.items()}
    failures = _failures([pk for pk, lean in leans.items() if lean > 0])
    return {pk: _label(lean > 0, failures[pk]) for pk, lean in leans.items() if lean}


def _failures(session_ids: Iterable[int]) -> dict[int, list[tuple[str, float]]]:
    """By session, the type and the severity of each failure that stands."""
    found: dict[int, list[tuple[str, float]]] = defaultdict(list)
    rows = Failure.objects.filter(session__in=list(session_ids), withdrawn_at=None).order_by("pk")
    for pk, kind, severity in rows.values_list("session_id", "failure_type", "severity"):
        found[pk].append((f"failure {kind or ''}".strip(), SEVERITIES[severity]))
    return found


def _label(failed: bool, failures: Sequence[tuple[str, float]]) -> Label:  # noqa: FBT001 # the first word of a label
    if not failed:
        return Label(failed=False, came_out="success")
    kinds = Counter(kind for kind, _ in failures).most_common(1)
    worst = max((severity for _, severity in failures), default=None)
    return Label(failed=True, came_out=kinds[0][0] if kinds else "failure", severity=worst)


def newest_model(project: Project) -> PriorityModel | None:
    """What reviews have taught last; None before they taught anything."""
    return PriorityModel.objects.filter(project=project).order_by("-number").first()


def model_of(row: PriorityModel | None) -> Model:
    """The model as a plain value; the prior where there is none, and for what it does not name."""
    if row is None:
        return PRIOR
    learned = {name: (float(mean), float(sd)) for name, (mean, sd) in row.weights.items()}
    return Model({**PRIOR.weights, **learned}, PRIOR.families)
