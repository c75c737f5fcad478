"""Reads over several tables: whole sessions, their plain values for detectors, and what a project says of these."""

from traces.queries.facts import steps_by_session
from traces.queries.sessions import (
    ScoreName,
    SignalWord,
    conversation,
    meanings_of,
    recent_values,
    rows_of,
    saying,
    saying_of,
    score_names,
    signal_words,
)

__all__ = [
    "ScoreName",
    "SignalWord",
    "conversation",
    "meanings_of",
    "recent_values",
    "rows_of",
    "saying",
    "saying_of",
    "score_names",
    "signal_words",
    "steps_by_session",
]
