"""What is believed of each feature before any review: data, set by hand.

A weight is what the feature adds to the log-odds of failure when it is 1 (a signal of full strength, or a number one
spread above what is usual): 1 roughly triples the odds, 2 takes 10 % to about 45 %. Its standard deviation says how
sure that is: reviews move a weight with a large one soon, and one with a small one hardly. Signals of what the user
was *told* weigh most, because those failures do harm unseen; outliers weigh least, because most are merely long.

Declining, handing over and asking for approval are what a good agent does too, so they say little until reviews show
otherwise. Of a session's shape, how much there was to do says most: every further step and wish is one more chance to
go wrong. Of segments, tools and profiles nothing is believed but that they may differ.

Whoever changes a number raises `PRIOR_VERSION`: stored priorities say which prior made them.
"""

from collections.abc import Mapping
from math import log

from annotate.priority.features import ENDED_IN_ERROR, PROFILE
from annotate.priority.model import BIAS, Model

PRIOR_VERSION = 2
WEIGHTS: Mapping[str, tuple[float, float]] = {
    BIAS: (log(0.1 / 0.9), 1.5),
    "hidden_tool_error": (3.0, 1.0),
    "negative_feedback": (3.0, 1.0),
    "like_issue": (2.6, 1.0),
    "exposed_data": (2.6, 1.0),
    "claimed_not_done": (2.4, 1.0),
    "unfinished": (2.2, 1.0),
    "tool_loop": (2.2, 1.0),
    "forgot": (2.0, 1.0),
    "invalid_call": (1.6, 1.0),
    "empty_result_assumed": (1.6, 1.0),
    "low_score": (1.4, 1.0),
    "repeated_request": (1.2, 0.8),
    "manual_rescue": (1.2, 1.0),
    "evaluator_disagrees": (1.2, 1.0),
    ENDED_IN_ERROR: (1.2, 1.0),
    "repeated_answer": (1.0, 0.8),
    "abandoned": (1.0, 0.8),
    "context_pressure": (1.0, 1.0),
    "novel": (0.8, 0.8),
    "outlier_steps": (0.8, 0.8),
    "outlier_tool_calls": (0.8, 0.8),
    "frustration": (0.6, 0.8),
    "no_tool_used": (2.0, 1.0),
    "corrected": (1.2, 1.0),
    "unconfirmed": (1.6, 1.0),
    "retry": (1.2, 0.8),
    "outlier_cost": (0.6, 0.8),
    "outlier_latency": (0.5, 0.8),
    "outlier_tokens": (0.5, 0.8),
    "tool_error": (0.4, 0.6),
    "escalated": (0.2, 0.6),
    "refused": (0.2, 0.6),
    "approval": (0.0, 0.4),
    "steps": (0.35, 0.2),
    "wishes": (0.15, 0.15),
    "conditions": (0.1, 0.15),
    "said_again": (0.2, 0.15),
    "persists": (0.15, 0.15),
    "user_questions": (0.1, 0.15),
    "same_deed": (0.15, 0.15),
    "listed": (0.1, 0.15),
    "options": (0.15, 0.15),
    "new_amounts": (0.15, 0.15),
    "failed_calls": (0.15, 0.15),
    "repeated_calls": (0.1, 0.15),
    "thanked": (-0.15, 0.15),
}
# Of every segment of a name, before `=`.
OF_SEGMENTS: Mapping[str, tuple[float, float]] = {
    "workflow": (0.0, 0.5),
    "release": (0.0, 0.5),
    "model": (0.0, 0.5),
    "environment": (0.0, 0.3),
    "tool": (0.0, 0.2),
    PROFILE: (0.0, 0.8),
}
# How the reasons for a session name a feature that has no signal, and so no sentence, of its own.
IN_WORDS: Mapping[str, str] = {
    ENDED_IN_ERROR: "the session ended in an error",
    "steps": "longer than usual in its workflow",
    "wishes": "the user asked for several things",
    "conditions": "the user's wishes had many conditions",
    "said_again": "the user repeated themselves",
    "persists": "the user said more than once that it still does not work",
    "user_questions": "the user had many questions",
    "same_deed": "the agent changed several things of one kind",
    "listed": "the agent's answers list much",
    "options": "the agent gave a long list at once",
    "new_amounts": "the agent named amounts that stand nowhere else",
    "failed_calls": "more failed calls than usual",
    "repeated_calls": "the same call more than once",
    PROFILE: "what was asked and done is like sessions that failed",
}
SEGMENTS_IN_WORDS: Mapping[str, str] = {
    "workflow": "sessions of “{}” failed more often than others",
    "release": "sessions of release “{}” failed more often than others",
    "model": "sessions with the model “{}” failed more often than others",
    "environment": "sessions in “{}” failed more often than others",
    "tool": "sessions that called “{}” failed more often than others",
}
PRIOR = Model(WEIGHTS, OF_SEGMENTS)
