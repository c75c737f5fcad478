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
    ttft_ms: int | None = None
    model: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cache_read: int | None = None
    tokens_cache_write: int | None = None
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
class ScoreFacts:
    """What a machine or an end user said of the session or of one step ("" = the session).

    `polarity` is what the value says by what the project means by its name: good, bad, or "" where that is not known.
    `by` is human, llm or code, `author` who gave it in which version. `usual` is what scores of this name are in this
    workflow, where 30 of them are known.
    """

    name: str
    value: float | None = None
    label: str = ""
    polarity: str = ""
    by: str = "code"
    author: str = ""
    explanation: str = ""
    step_key: str = ""
    usual: Baseline | None = None


@dataclass(frozen=True, slots=True)
class ToolSchema:
    """A tool that the agent was offered: the arguments it must be given, and all that it takes (empty = not known)."""

    name: str
    required: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One session: its steps in reading order, its totals, and what is usual for its workflow (empty where unknown).

    `status` is ok, error or unknown. `totals` and `baselines` have the keys cost, latency (ms), tokens, steps and
    tool_calls. `metadata` is whatever the sender gave. `tools` are those that the agent was offered, by name; empty
    where the sender did not tell.
    """

    steps: tuple[StepFacts, ...]
    status: str = "unknown"
    totals: Mapping[str, float | None] = field(default_factory=dict)
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    metadata: Mapping[str, object] = field(default_factory=dict)
    scores: tuple[ScoreFacts, ...] = ()
    tools: Mapping[str, ToolSchema] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of evidence: its kind, the step it concerns ("" = the whole session), 0..1, and the words for it.

    `detail` is a finer class, where the kind has one: of a tool error, auth or network.
    """

    kind: str
    step_key: str
    strength: float
    sentence: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit of a detector that a project may move: its words for a lead, its default, and between what it may lie."""

    label: str
    default: float
    lowest: float
    highest: float
