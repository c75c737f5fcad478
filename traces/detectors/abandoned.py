"""The talk just stops, or the user gives up: unanswered words at its end, an open question, or "I'll do it myself".

A goodbye is a closing, and so is the agent's question whether there is anything else. A session that ends in a call is
told by `unfinished`.
"""

import re
from collections.abc import Iterator, Sequence

from traces.answers import any_of, quoted
from traces.records import AGENT, INTERNAL, TOOL, USER, Found, SessionFacts, StepFacts
from traces.speech import OFFERS_MORE, Phrases, asks, closes, heard, is_deed, sentences, takes_leave, worked

VERSION = 2
LABELS = {"abandoned": "Broken off"}
ABOUT = {
    "abandoned": "It ends on unanswered words of the user, on a question of the agent, or the user gave up.",
}
UNANSWERED = 0.6
HANGING = 0.45
GAVE_UP = 0.5
QUOTED = 140
# A sign between machines, such as `<END>` or `##STOP##`, is nobody's word.
SIGN = re.compile(r"[<#\[(|]{1,4}/?[A-Z_ -]{2,30}[>#\])|]{1,4}")
LEAST_QUESTION = 8
AFTER_DONE = Phrases(
    r"\b(?:does that|did (?:that|this)|is that|hope (?:that|this)|was this|were you) (?:\w+ )?(?:help|helpful|answer"
    r"|clear|ok|okay)",
    r"\b(?:have a|enjoy your|take care|good(?:bye| luck)|you're welcome)\b|\bhat (?:ihnen )?das geholfen\b",
)
HANDED_OVER = any_of(r"transfer|hand.?off|hand.?over|escalat|hang.?up|end[_ -]?(?:call|chat|conversation|session)")
GIVES_UP = Phrases(
    r"\bi(?:'ll| will| can| guess i'll| think i'll) (?:just |try to |try and )?(?:handle|do|manage|figure|sort|find"
    r"|look for|look up|check"
    r"|cancel|fix|take care of)\b[^.?!]{0,40}\b(?:myself|later|on my own|elsewhere|somewhere else)\b",
    r"\bi(?:'ll| will) (?:just )?(?:try to find|look for|check for|search for|go and find)\b[^.?!]{0,40}\b(?:it|id"
    r"|number|code|later)\b",
    r"\bi(?:'ll| will)\b[^.?!]{0,40}\b(?:get|come|call|write) back(?: (?:to|with) (?:you|it|this|that|them)|\W*$"
    r"| later| when| once)",
    r"\b(?:never ?mind|forget (?:about )?it|i give up|i'll pass|don't bother|no point|not worth it|i'll leave it)\b",
    r"\b(?:vergessen sie(?:'s| es)|schon gut|lassen wir das|ich (?:mache|kümmere|suche) (?:\w+ ){0,4}(?:selbst"
    r"|später))\b",
    r"\b(?:olvídelo|déjelo|no importa|lo haré (?:yo|después|más tarde)|lo buscaré)\b",
    r"\b(?:laissez tomber|tant pis|je (?:le|la|m'en) (?:ferai|chercherai|occuperai)|je me débrouille)\b",
)
# "I'll get back to you if I need more" is thanks.
IN_CASE = Phrases(r"\b(?:if (?:i|there|anything|something)|should i|falls|wenn ich|si (?:necesito|j'ai))\b")
STILL_WANTS = Phrases(
    r"\?|\b(?:can you|could you|would you|please|i (?:want to|need|would like|'d like)|let me know|one more)\b",
    r"\b(?:bitte|können sie|noch eine|por favor|puede|quiero|s'il vous plaît|pouvez-vous)\b",
)


def detect(session: SessionFacts) -> Iterator[Found]:
    """At most one finding: how it ends, else that the user gave up."""
    met = [step for step in session.steps if step.role != INTERNAL]
    if not any(step.role == USER for step in met) or len(met) < 2:  # noqa: PLR2004 # one lone message is no talk
        return
    found = _ending(met) or _gave_up(met)
    if found is not None:
        yield found


def _ending(met: Sequence[StepFacts]) -> Found | None:
    """Whether it ends on words that wait for an answer."""
    last = met[-1]
    if last.role == USER and _wants_answer(last) and not _was_handed_over(met):
        words = f"The session ends on the user's words, and nobody answered: {quoted(last.text, QUOTED)}."
        return Found("abandoned", last.key, UNANSWERED, words)
    if last.role == AGENT and (question := _open_question(last)):
        words = f"The session ends on the agent's question, which the user never answered: {quoted(question, QUOTED)}."
        return Found("abandoned", last.key, HANGING, words)
    return None


def _gave_up(steps: Sequence[StepFacts]) -> Found | None:
    """The last words with which the user gives up, where nothing was done after them."""
    last = None
    answered = False
    for step in steps:
        if step.role == USER and answered:
            said = next((one for one in GIVES_UP.among(step.text) if _leaves_it(one)), None)
            last = (step, said) if said else last
        elif is_deed(step) and worked(step):
            last = None
        answered = answered or step.role == AGENT
    return (
        None
        if last is None
        else Found("abandoned", last[0].key, GAVE_UP, f"The user left it at that: {quoted(last[1], QUOTED)}.")
    )


def _leaves_it(sentence: str) -> bool:
    return bool(GIVES_UP.search(sentence)) and not IN_CASE.search(sentence)


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
