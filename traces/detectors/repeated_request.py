"""The user asks for the same thing again: in nearly the same words, or with words that say so."""

from collections.abc import Iterator

from traces.answers import quoted
from traces.records import AGENT, USER, Found, SessionFacts, Threshold
from traces.speech import Phrases, are_alike, content_words

VERSION = 2
LABELS = {"repeated_request": "User asks again"}
ABOUT = {
    "repeated_request": "The user asked again, in nearly the same words or saying so.",
}
LIKENESS = 0.6
THRESHOLDS = {
    "same_words": Threshold("Share of the words that two requests must have in common", LIKENESS, 0.4, 1.0),
}
IN_SAME_WORDS = 0.6
SAID_SO = 0.5
QUOTED = 110
# Two short answers ("Yes, that one") may well be the same; a request has words of its own.
FEWEST_WORDS = 4
# Who asks again does so soon; comparing with all before would take long in a long talk.
COMPARED_WITH = 30
ASKS_AGAIN = Phrases(
    r"\bi(?:'m| am) asking (?:you )?(?:again|once more)\b",
    r"^\W*(?:so )?(?:again|once more|one more time),? (?:i|please|can|could|what|how)\b",
    r"\b(?:as|like) i (?:already |just )?(?:said|asked|mentioned|requested)(?: (?:before|earlier|already))?,"
    r"? (?:i|please|can|could|my)\b",
    r"\bi(?:'ve| have)? (?:already|just) (?:asked|requested)\b|\bi asked (?:you )?(?:for|to|about|if"
    r"|whether)\b.{0,60}\b(?:already|before"
    r"|earlier|twice|times)\b",
    r"\byou (?:still )?(?:haven't|have not|didn't|did not) (?:answer(?:ed)?|address(?:ed)?|respond(?:ed)? to) (?:my"
    r"|the|what)\b",
    r"\b(?:my|the) (?:original |first |actual )?(?:question|request) (?:was|remains|still)\b|\bi(?:'ll| will) (?:ask"
    r"|say it) again\b",
    r"\bi still (?:want|need|would like|haven't (?:got|received|heard))\b|\bback to my (?:question|request)\b",
    r"\b(?:noch ?mals?|nochmal):? (?:ich|bitte|können|kann|wie|was)\b|\bich habe (?:doch )?(?:schon"
    r"|bereits) gefragt\b|\bwie gesagt\b",
    r"\bmeine frage (?:war|ist)\b|\b(?:otra vez|de nuevo|repito)[,:]|\bya (?:le|te|lo|os) (?:pregunté|pedí|dije)\b"
    r"|\bcomo (?:ya )?dije\b",
    r"\bje (?:répète|redemande)\b|\bj'ai déjà (?:demandé|posé)\b|\bcomme je l'ai (?:déjà )?dit\b|\bencore une fois[,:]",
)


def detect(session: SessionFacts, *, same_words: float = LIKENESS) -> Iterator[Found]:
    """One finding for each message that repeats an earlier one which the agent had answered."""
    earlier: list[tuple[str, frozenset[str]]] = []
    latest: list[tuple[str, frozenset[str]]] = []
    for step in session.steps:
        if step.role == AGENT:
            # What is said twice in one go was not asked again.
            earlier = (earlier + latest)[-COMPARED_WITH:]
            latest = []
        if step.role != USER or not step.text.strip():
            continue
        words = content_words(step.text)
        found = _same_words(step.text, words, earlier, same_words) or (_says_so(step.text) if earlier else None)
        if found is not None:
            yield Found("repeated_request", step.key, *found)
        latest.append((step.text, words))


def _same_words(
    text: str, words: frozenset[str], earlier: list[tuple[str, frozenset[str]]], least: float
) -> tuple[float, str] | None:
    if len(words) < FEWEST_WORDS:
        return None
    like = next((said for said, others in reversed(earlier) if are_alike(words, others, least)), None)
    if like is None:
        return None
    if quoted(like, QUOTED) == quoted(text, QUOTED):
        return IN_SAME_WORDS, f"The user asked twice for the same: {quoted(text, QUOTED)}."
    return IN_SAME_WORDS, f"The user asked again, {quoted(text, QUOTED)}, having said before: {quoted(like, QUOTED)}."


def _says_so(text: str) -> tuple[float, str] | None:
    told = next((sentence for sentence in ASKS_AGAIN.among(text) if ASKS_AGAIN.search(sentence)), None)
    return None if told is None else (SAID_SO, f"The user says that they ask again: {quoted(told, QUOTED)}.")
