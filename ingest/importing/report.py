"""What an import did, counted as it goes."""

from dataclasses import dataclass, field
from typing import Any

from ingest.records import Refusal
from ingest.storing import Outcome

MOST_REFUSALS = 5_000
COUNTS = (
    *("sessions_added", "sessions_changed", "sessions_unchanged"),
    *("steps_added", "steps_removed", "scores", "refused_count"),
)


@dataclass
class Stored:
    """What became of some entries. `concerned`: all sessions that telemetry belongs to, changed or not."""

    outcomes: list[Outcome] = field(default_factory=list)
    concerned: set[int] = field(default_factory=set)
    scores: int = 0
    refused: list[Refusal] = field(default_factory=list)

    def __add__(self, other: "Stored") -> "Stored":
        return Stored(
            self.outcomes + other.outcomes,
            self.concerned | other.concerned,
            self.scores + other.scores,
            self.refused + other.refused,
        )


@dataclass
class ImportReport:
    """Sessions that were here already with the same content are `unchanged`.

    `refused` holds the first 5,000 refusals; `refused_count` counts all.
    """

    sessions_added: int = 0
    sessions_changed: int = 0
    sessions_unchanged: int = 0
    steps_added: int = 0
    steps_removed: int = 0
    scores: int = 0
    refused_count: int = 0
    refused: list[Refusal] = field(default_factory=list)
    _fates: dict[int, str] = field(default_factory=dict)

    def add(self, stored: Stored) -> None:
        """Adds what was stored. A session that several parts of a file concern counts once, by what changed most."""
        for outcome in stored.outcomes:
            self._note(outcome.session_id, "added" if outcome.added else "changed" if outcome.changed else "unchanged")
            self.steps_added += outcome.steps_added
            self.steps_removed += outcome.steps_removed
        for session_id in stored.concerned:
            self._note(session_id, "unchanged")
        self.scores += stored.scores
        self.refused_count += len(stored.refused)
        self.refused += stored.refused[: MOST_REFUSALS - len(self.refused)]

    def _note(self, session_id: int, fate: str) -> None:
        before = self._fates.get(session_id)
        if before in {"added", fate} or (before and fate == "unchanged"):
            return
        if before:
            setattr(self, f"sessions_{before}", getattr(self, f"sessions_{before}") - 1)
        self._fates[session_id] = fate
        setattr(self, f"sessions_{fate}", getattr(self, f"sessions_{fate}") + 1)

    def as_json(self) -> dict[str, Any]:
        """Plain values for a row. What they leave out: which sessions were counted, so resuming may count one again."""
        refused = [[refusal.line, refusal.field, refusal.message] for refusal in self.refused]
        return {**{name: getattr(self, name) for name in COUNTS}, "refused": refused}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> "ImportReport":
        """The report that `as_json` wrote; an empty one for {}."""
        refused = [Refusal(line, message, field=name) for line, name, message in said.get("refused", ())]
        return cls(**{name: said.get(name, 0) for name in COUNTS}, refused=refused)
