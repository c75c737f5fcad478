"""The agent says nearly the same again, although the user said something in between."""

from collections.abc import Iterator

from traces.answers import quoted
from traces.records import AGENT, USER, Found, SessionFacts, Threshold
from traces.speech import are_alike, content_words

VERSION = 2
LABELS = {"repeated_answer": "Agent repeats itself"}
ABOUT = {
    "repeated_answer": "The agent said nearly the same again, although the user spoke in between.",
}
SAME_WORDS = 0.8
THRESHOLDS = {
    "same_words": Threshold("Share of the words that two answers must have in common", SAME_WORDS, 0.5, 1.0),
}
TWICE = 0.5
EACH_MORE = 0.15
QUOTED = 140
# "You're welcome! Have a nice day" is said twice without harm.
FEWEST_WORDS = 6
COMPARED_WITH = 30


def detect(session: SessionFacts, *, same_words: float = SAME_WORDS) -> Iterator[Found]:
    """One finding for each answer that was repeated, at its first repetition; stronger with each further one."""
    said: list[tuple[frozenset[str], list[str]]] = []
    texts: dict[str, str] = {}
    spoke = False
    for step in session.steps:
        spoke = spoke or step.role == USER
        words = content_words(step.text) if step.role == AGENT else frozenset()
        if len(words) < FEWEST_WORDS:
            continue
        keys = next((keys for others, keys in said[-COMPARED_WITH:] if are_alike(words, others, same_words)), None)
        if keys is None:
            said.append((words, [step.key]))
        elif spoke:
            keys.append(step.key)
            texts.setdefault(keys[0], step.text)
        spoke = False
    for _, keys in said:
        if len(keys) > 1:
            yield Found("repeated_answer", keys[1], _strength(len(keys)), _sentence(texts[keys[0]], len(keys)))


def _strength(times: int) -> float:
    return round(min(1.0, TWICE + EACH_MORE * (times - 2)), 2)


def _sentence(text: str, times: int) -> str:
    often = "twice" if times == 2 else f"{times} times"  # noqa: PLR2004 # twice is two times
    return f"The agent said almost the same {often}: {quoted(text, QUOTED)}."
