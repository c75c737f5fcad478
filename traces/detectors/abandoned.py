"""The talk just stops: on words of the user that nobody answered, or on a question of the agent.

A goodbye is a closing, and so is the agent's question whether there is anything else. A session that ends in a call is
told by `unfinished`.
"""

import re
from collections.abc import Iterator, Sequence

from traces.answers import any_of, clip
from traces.records import AGENT, INTERNAL, TOOL, USER, Found, SessionFacts, StepFacts
from traces.speech import OFFERS_MORE, asks, closes, heard, sentences, takes_leave

VERSION = 1
LABELS = {"abandoned": "Broken off"}
ABOUT = {
    "abandoned": "It ends on words of the user that nobody answered, or on a question of the agent.",
}
UNANSWERED = 0.6
HANGING = 0.45
QUOTED = 140
# A sign between machines, such as `<END>` or `##STOP##`, is nobody's word.
SIGN = re.compile(r"[<#\[(|]{1,4}/?[A-Z_ -]{2,30}[>#\])|]{1,4}")
LEAST_QUESTION = 8
AFTER_DONE = any_of(
    r"\b(?:does that|did (?:that|this)|is that|hope (?:that|this)|was this|were you) (?:\w+ )?(?:help|helpful|answer"
    r"|clear|ok|okay)",
    r"\b(?:have a|enjoy your|take care|good(?:bye| luck)|you're welcome)\b|\bhat (?:ihnen )?das geholfen\b",
)
HANDED_OVER = any_of(r"transfer|hand.?off|hand.?over|escalat|hang.?up|end[_ -]?(?:call|chat|conversation|session)")
STILL_WANTS = any_of(
    r"\?|\b(?:can you|could you|would you|please|i (?:want to|need|would like|'d like)|let me know|one more)\b",
    r"\b(?:bitte|können sie|noch eine|por favor|puede|quiero|s'il vous plaît|pouvez-vous)\b",
)


def detect(session: SessionFacts) -> Iterator[Found]:
    """At most one finding, at the last words."""
    met = [step for step in session.steps if step.role != INTERNAL]
    if not any(step.role == USER for step in met) or len(met) < 2:  # noqa: PLR2004 # one lone message is no talk
        return
    last = met[-1]
    if last.role == USER and _wants_answer(last) and not _was_handed_over(met):
        words = f"The session ends on the user's words, and nobody answered: “{clip(last.text, QUOTED)}”."
        yield Found("abandoned", last.key, UNANSWERED, words)
    if last.role == AGENT and (question := _open_question(last)):
        words = f"The session ends on the agent's question, which the user never answered: “{clip(question, QUOTED)}”."
        yield Found("abandoned", last.key, HANGING, words)


def _wants_answer(step: StepFacts) -> bool:
    """Whether the user's words leave something to say: not a goodbye, and no thanks that ask for nothing more."""
    said = SIGN.sub(" ", heard(step.text))
    if not any(letter.isalpha() for letter in said) or takes_leave(said):
        return False
    return not closes(said) or bool(STILL_WANTS.search(said))


def _was_handed_over(met: Sequence[StepFacts]) -> bool:
    return any(step.role == TOOL and HANDED_OVER.search(step.name) for step in met[-4:])


def _open_question(step: StepFacts) -> str:
    """The question that the agent's message ends on; "" where it ends on something else, or on courtesy."""
    told = sentences(step.text)
    question = told[-1] if told else ""
    if not asks(question) or len(question) < LEAST_QUESTION:
        return ""
    polite = OFFERS_MORE.search(question) or AFTER_DONE.search(question)
    return "" if polite else question
