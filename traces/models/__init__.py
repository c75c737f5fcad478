"""Facts: what agents did, what machines and end users scored, and the evidence computed from it."""

from traces.models.scores import AnnotatorKind, Polarity, Score, ScoreMeaning
from traces.models.sessions import (
    LISTED_BY,
    SHOWN_AT,
    AgentSession,
    SessionStatus,
    Step,
    StepKind,
    StepRole,
    ToolUse,
    Transcript,
)
from traces.models.signals import DetectorSet, DetectorSetting, Signal, SignalRun
from traces.models.views import Place, SavedView

__all__ = [
    "LISTED_BY",
    "SHOWN_AT",
    "AgentSession",
    "AnnotatorKind",
    "DetectorSet",
    "DetectorSetting",
    "Place",
    "Polarity",
    "SavedView",
    "Score",
    "ScoreMeaning",
    "SessionStatus",
    "Signal",
    "SignalRun",
    "Step",
    "StepKind",
    "StepRole",
    "ToolUse",
    "Transcript",
]
