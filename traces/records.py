"""Plain, frozen values of a session, for everything that reads one without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

USER = "user"
AGENT = "agent"
TOOL = "tool"
INTERNAL = "internal"
USER_SIDE = "user_side"


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One step as stored. `role` is how a reader meets it: USER, AGENT, TOOL or INTERNAL. Null means unknown."""

    position: int
    key: str
    kind: str
    role: str
    name: str = ""
    text: str = ""
    arguments: str = ""
    result: str = ""
    is_error: bool = False
    error_type: str = ""
    error_message: str = ""
    started_at: datetime | None = None
    latency_ms: int | None = None
    model: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_usd: float | None = None
    flags: tuple[str, ...] = ()

    @property
    def by_user(self) -> bool:
        """True for a tool that the end user works, not the agent."""
        return USER_SIDE in self.flags


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual for one number in one workflow: its median, the median absolute deviation, of how many sessions."""

    median: float
    mad: float
    sessions: int


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One session: its steps in reading order, its totals, and what is usual for its workflow (empty where unknown).

    `status` is ok, error or unknown. `totals` and `baselines` have the keys cost, latency (ms), tokens, steps and
    tool_calls. `metadata` is whatever the sender gave.
    """

    steps: tuple[StepFacts, ...]
    status: str = "unknown"
    totals: Mapping[str, float | None] = field(default_factory=dict)
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of evidence: its kind, the step it concerns ("" = the whole session), 0..1, and the words for it."""

    kind: str
    step_key: str
    strength: float
    sentence: str
