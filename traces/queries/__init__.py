"""Reads over several tables: whole sessions, their plain values for detectors, and what a project says of these."""

from traces.queries.facts import steps_by_session
from traces.queries.sessions import (
    ScoreName,
    SignalWord,
    conversation,
    leaning_to,
    meanings_of,
    recent_values,
    rows_of,
    saying,
    saying_of,
    score_names,
    seen_by,
    signal_words,
    step_at,
)
from traces.queries.work import failing, queue_names, queued, reviewed, reviewer_names

__all__ = [
    "ScoreName",
    "SignalWord",
    "conversation",
    "failing",
    "leaning_to",
    "meanings_of",
    "queue_names",
    "queued",
    "recent_values",
    "reviewed",
    "reviewer_names",
    "rows_of",
    "saying",
    "saying_of",
    "score_names",
    "seen_by",
    "signal_words",
    "step_at",
    "steps_by_session",
]
