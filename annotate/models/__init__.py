"""Judgements: what a review asks, queues and the places in them, reviews and failures, remarks beside them."""

from annotate.models.comments import Comment, Mention
from annotate.models.machines import ThresholdChoice
from annotate.models.preferences import KeyUse, ReviewPreferences
from annotate.models.priority import PriorityModel
from annotate.models.queues import (
    CALIBRATING,
    WORKING,
    Draft,
    Queue,
    QueueItem,
    SkipPolicy,
    Slot,
    SlotState,
    Stratum,
)
from annotate.models.reviews import Answer, CalibrationReview, Failure, Outcome, Review, ReviewTimes, Severity
from annotate.models.rubrics import FailureType, FailureTypeChange, FailureTypeEvent, Question, QuestionKind, Rubric

__all__ = [
    "CALIBRATING",
    "WORKING",
    "Answer",
    "CalibrationReview",
    "Comment",
    "Draft",
    "Failure",
    "FailureType",
    "FailureTypeChange",
    "FailureTypeEvent",
    "KeyUse",
    "Mention",
    "Outcome",
    "PriorityModel",
    "Question",
    "QuestionKind",
    "Queue",
    "QueueItem",
    "Review",
    "ReviewPreferences",
    "ReviewTimes",
    "Rubric",
    "Severity",
    "SkipPolicy",
    "Slot",
    "SlotState",
    "Stratum",
    "ThresholdChoice",
]
