"""What a review of a session is worth: probability of failure × impact × news, beside what the project has reviewed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import Project
from annotate.models import PriorityModel
from annotate.priority import Evidence, Model, features, probability, reasons
from annotate.priority.features import SEGMENT
from annotate.priority.worth import QUIET, Matrix, impact_of, looks, news_of, severity_of
from annotate.queries.evidence import Label, Reader, Seen, labels, model_of, newest_model, signals_by_session
from traces.models import AgentSession
from traces.profile import Vectors, vectors_of

REVIEWED = 2_000
Signals = Sequence[Evidence]


@dataclass(frozen=True)
class Score:
    """One session, ranked."""

    session: AgentSession
    probability: float
    reasons: list[str]
    impact: float
    news: float

    @property
    def worth(self) -> float:
        """What its review is worth."""
        return self.probability * self.impact * self.news


@dataclass(frozen=True)
class Scored:
    """Sessions with their scores and, row by row, what they look like."""

    scores: Sequence[Score]
    looks: Matrix


@dataclass(frozen=True)
class Reviewed:
    """The newest reviewed sessions of a project that came out as success or failure, row by row."""

    keys: Sequence[int]
    labels: Sequence[Label]
    profiles: Vectors
    signals: Sequence[Signals]


class Yardstick:
    """What a project's sessions are measured by at one time: its model, and what was reviewed."""

    def __init__(self, project: Project) -> None:
        self.row: PriorityModel | None = newest_model(project)
        self.model: Model = model_of(self.row)
        self.reviewed = reviewed_in(project)
        self._reader = Reader()
        self._kinds = sorted(name for name in self.model.weights if SEGMENT not in name)
        self._looks = self._looks_of(self.reviewed.profiles, self.reviewed.signals)
        self._severities = self._severities_by_kind()

    def scored(self, sessions: Sequence[AgentSession]) -> Scored:
        """All of them in their order. The users that count are those of these sessions."""
        seen = self._reader.read(sessions)
        seen_as = self._looks_of(vectors_of(session.profile for session in sessions), [one.signals for one in seen])
        news = news_of(seen_as, self._looks, [label.came_out for label in self.reviewed.labels])
        kinds = [self._dominant(one.signals) for one in seen]
        users = _users(seen, kinds)
        return Scored(
            [self._score(one, kind, users[kind], fresh) for one, kind, fresh in zip(seen, kinds, news, strict=True)],
            seen_as,
        )

    def _score(self, seen: Seen, kind: str, users: int, news: float) -> Score:
        found = features(seen.signals, seen.facts)
        cost = seen.session.cost_usd
        return Score(
            session=seen.session,
            probability=round(probability(self.model, found), 6),
            reasons=reasons(self.model, found, seen.signals),
            impact=round(
                impact_of(
                    severity=self._severities.get(kind, severity_of([])),
                    users=users,
                    relative_cost=cost / seen.usual_cost if cost and seen.usual_cost else None,
                ),
                4,
            ),
            news=float(news),
        )

    def _dominant(self, signals: Signals) -> str:
        """The kind of the signal that speaks loudest for a failure; of equals the first by name."""
        loud = [(-self.model.weight(one.kind) * one.strength, one.kind) for one in signals]
        weight, kind = min(loud, default=(0.0, QUIET))
        return kind if weight < 0 else QUIET

    def _severities_by_kind(self) -> Mapping[str, float]:
        found: dict[str, list[float]] = defaultdict(list)
        for label, signals in zip(self.reviewed.labels, self.reviewed.signals, strict=True):
            if label.severity is not None:
                found[self._dominant(signals)].append(label.severity)
        return {kind: severity_of(severities) for kind, severities in found.items()}

    def _looks_of(self, profiles: Vectors, signals: Sequence[Signals]) -> Matrix:
        return looks(profiles, [_strengths(of_one) for of_one in signals], self._kinds)


def reviewed_in(project: Project) -> Reviewed:
    """The newest 2,000 reviewed sessions: four queries."""
    known = labels(project, REVIEWED)
    profiles = dict(AgentSession.objects.filter(pk__in=known).values_list("pk", "profile"))
    signals = signals_by_session(known)
    return Reviewed(
        keys=list(known),
        labels=list(known.values()),
        profiles=vectors_of(profiles[pk] for pk in known),
        signals=[signals[pk] for pk in known],
    )


def _strengths(signals: Signals) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in signals:
        found[one.kind] = max(one.strength, found.get(one.kind, 0.0))
    return found


def _users(seen: Sequence[Seen], kinds: Sequence[str]) -> Mapping[str, int]:
    """How many end users have sessions that look like each kind. Sessions in which nothing fired have nothing alike."""
    users: dict[str, set[str]] = defaultdict(set)
    for one, kind in zip(seen, kinds, strict=True):
        users[kind].add(one.session.user_ref)
    return {kind: len(refs - {""}) if kind != QUIET else 1 for kind, refs in users.items()}


def worths(scores: Sequence[Score]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """What each review is worth, as ranking takes it."""
    return np.array([score.worth for score in scores], dtype=np.float64)
