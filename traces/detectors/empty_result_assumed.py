"""A search or look-up came back empty, and the agent left it at that.

Either it went on as if it had found something, or it told the user that there is none, after one look, without looking
otherwise, offering to or asking for what it could look for instead. Who looked for several things at once and found
some of them, or looked elsewhere, did what ought to be done.
"""

import re
from collections.abc import Iterator, Sequence

from traces.answers import any_of, arguments_line, clip, complaint, is_empty, quoted
from traces.detectors.hidden_tool_error import ADMITS
from traces.records import AGENT, TOOL, USER, Found, SessionFacts, StepFacts
from traces.speech import OFFERS_MORE, asks, heard, sentences

VERSION = 2
LABELS = {"empty_result_assumed": "Empty result taken as it is"}
ABOUT = {
    "empty_result_assumed": "A search found nothing; the agent went on as if it had, or gave up without another try.",
}
PASSED_OVER = 0.5
GAVE_UP = 0.25
QUOTED = 120
# An empty text is an answer of its own for tools that only do or note something; a look-up ought to say more.
LOOKUP = re.compile(r"(?:^|[_.\-\s])(?:search|find|get|list|look|query|fetch|retrieve|read|check|show)", re.IGNORECASE)
LOOKUP_KINDS = {"retriever"}
NONE_THERE = any_of(r"(?:^|[.!?:;,]\s+|\b(?:but|with|are|found) )no (?!problem|worr|need|doubt|matter)\w+")
WILL_LOOK = any_of(
    r"\b(?:let me|let's|let us|i will|i'll|i can|we can|i could|would you like me to|shall i|should i)\b(?!'t| not)"
    r".{0,60}\b(?:search|look|check|try|find|explore|see)\b",
    r"\b(?:ich (?:suche|prüfe|schaue|kann)|soll ich|busco|puedo buscar|buscaré|je (?:cherche|vérifie|peux))\b",
)
OTHERWISE = any_of(r"\b(?:other|another|different|alternativ\w*|instead|nearby|earlier|later)\b")


def detect(session: SessionFacts) -> Iterator[Found]:
    """At most one finding for each message of the agent: at the last look-up before it, which found nothing."""
    for start, end in _stretches(session.steps):
        calls = session.steps[start:end]
        looked = [step for step in calls if _is_lookup(step)]
        if not looked or not _is_nothing(looked[-1]):
            continue
        found = _passed_over(calls, looked[-1], session.steps[end]) or _gave_up(looked, session.steps[end:])
        if found is not None:
            yield found


def _stretches(steps: Sequence[StepFacts]) -> Iterator[tuple[int, int]]:
    """From where somebody last spoke to where the agent speaks next."""
    start = 0
    for place, step in enumerate(steps):
        if step.role in {USER, AGENT} and step.text.strip():
            if step.role == AGENT:
                yield start, place
            start = place + 1


def _is_lookup(step: StepFacts) -> bool:
    is_one = step.kind in LOOKUP_KINDS or bool(LOOKUP.search(step.name))
    return step.role == TOOL and not step.by_user and is_one


def _is_nothing(step: StepFacts) -> bool:
    return not step.is_error and is_empty(step.result)


def _passed_over(calls: Sequence[StepFacts], last: StepFacts, said: StepFacts) -> Found | None:
    """Nothing was found and the agent's words do not say so; what other calls answered may be what they tell of."""
    if _admits(said.text) or any(_works(call) for call in calls):
        return None
    words = f"{_looked_for(last)} found nothing, but the agent went on: {quoted(said.text, QUOTED)}."
    return Found("empty_result_assumed", last.key, PASSED_OVER, words)


def _admits(text: str) -> bool:
    said = heard(text)
    return bool(ADMITS.search(said) or NONE_THERE.search(said))


def _works(step: StepFacts) -> bool:
    return step.role == TOOL and not (step.is_error or is_empty(step.result) or complaint(step.result))


def _gave_up(looked: Sequence[StepFacts], after: Sequence[StepFacts]) -> Found | None:
    """The agent says that there is nothing after one look: no other try at any time, no offer and no question."""
    last, said = looked[-1], after[0]
    tries = [step for step in looked if step.name == last.name or _is_nothing(step)]
    if len(tries) > 1 or not _admits(said.text) or _goes_on(said.text):
        return None
    if any(_is_lookup(step) and step.name == last.name for step in after):
        return None
    words = f"{_looked_for(last)} found nothing, and the agent left it at that: {quoted(said.text, QUOTED)}."
    return Found("empty_result_assumed", last.key, GAVE_UP, words)


def _goes_on(text: str) -> bool:
    """Whether the agent asks for something, or says that it will look again; "anything else?" asks for nothing."""
    return any(WILL_LOOK.search(one) or (asks(one) and not _is_farewell(one)) for one in sentences(text))


def _is_farewell(question: str) -> bool:
    return bool(OFFERS_MORE.search(question)) and not OTHERWISE.search(question)


def _looked_for(step: StepFacts) -> str:
    what = clip(arguments_line(step.arguments), 80)
    return f"“{step.name or 'A search'}”" + (f" ({what})" if what else "")
