"""Two machine scores of the same thing contradict each other: one of the evaluators is wrong, and people can say which.

Scores are of the same thing when they are about the same step, or both about the session, and ask the same: names that
differ only in a version, a model or spelling, or that all ask whether the work was done well. What asks for something
else (polite, but wrong) contradicts nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from traces.answers import clip, quoted
from traces.detectors.scores import is_feedback
from traces.records import Found, ScoreFacts, SessionFacts

VERSION = 2
LABELS = {"evaluator_disagrees": "Evaluators disagree"}
ABOUT = {
    "evaluator_disagrees": "Two evaluators say the opposite about the same thing.",
}
CONTRADICT = 0.6
FAR_APART = 0.4
# Of numbers that nobody calls good or bad, on a scale of 0 to 1.
APART = 0.6
# Of one step: pairs are compared, and a hostile sender has as many scores as they like.
MOST = 40
QUOTED = 80
# Words that ask whether the work was done well, and words beside them that do not ask for something narrower.
VERDICT = re.compile(
    r"(?:in|un)?(?:correct|accura|success|resol|solved)\w*|(?:in)?complet\w*|pass(?:ed)?|fail\w*"
    r"|outcome|verdict|overall|reward"
)
BESIDE = re.compile(
    r"answer|response|output|task|goal|session|conversation|agent|issue|request|final|user|is|was|not|the|of|quality"
)
# What tells versions of one evaluator apart, and says nothing of what it asks.
TRIMMING = re.compile(
    r"\b(?:v?\d[\w.]*|gpt\w*|claude\w*|gemini\w*|llama\w*|mini|judge|llm|eval(?:uator|uation)?s?|score|metric|check|auto|"
    r"new|old|beta|prod|test)\b"
)


def detect(session: SessionFacts) -> Iterator[Found]:
    """At most one finding for each step, and one for the session: the plainest contradiction."""
    found = [one for group in _groups(session.scores) for pair in combinations(group, 2) if (one := _judged(*pair))]
    for key in dict.fromkeys(one.step_key for one in found):
        yield max((one for one in found if one.step_key == key), key=lambda one: one.strength)


def _groups(scores: Sequence[ScoreFacts]) -> list[list[ScoreFacts]]:
    """Machine scores that are of the same thing."""
    groups: dict[tuple[str, str], list[ScoreFacts]] = defaultdict(list)
    for score in scores:
        family = _family(score.name)
        if family and not is_feedback(score) and len(groups[score.step_key, family]) < MOST:
            groups[score.step_key, family].append(score)
    return [group for group in groups.values() if len(group) > 1]


def _family(name: str) -> str:
    """What a score asks, by its name; "" where that is not told."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\W]+", " ", name[:200]).casefold()
    words = TRIMMING.sub(" ", spaced).split()
    verdicts = [word for word in words if VERDICT.fullmatch(word)]
    if verdicts and all(BESIDE.fullmatch(word) for word in words if word not in verdicts):
        return "verdict"
    return " ".join(words)


def _judged(one: ScoreFacts, other: ScoreFacts) -> Found | None:
    if {one.polarity, other.polarity} == {"good", "bad"}:
        strength = CONTRADICT
    elif _are_far_apart(one, other):
        strength = FAR_APART
    else:
        return None
    about = "this step" if one.step_key else "the session"
    words = f"Two evaluators contradict each other about {about}: {_told(one)}, {_told(other)}."
    return Found("evaluator_disagrees", one.step_key, strength, words)


def _are_far_apart(one: ScoreFacts, other: ScoreFacts) -> bool:
    """Numbers of the same name, where nobody has said what is good: those of two names may have two directions."""
    if one.name != other.name or one.value is None or other.value is None or one.polarity or other.polarity:
        return False
    low, high = sorted((one.value, other.value))
    return low >= 0 and high <= 1 and high - low >= APART


def _told(score: ScoreFacts) -> str:
    by = f" ({clip(score.author, 40)})" if score.author.strip() else ""
    value = clip(score.label, 40) or ("" if score.value is None else f"{score.value:.3g}")
    why = f" because {quoted(score.explanation, QUOTED)}" if score.explanation.strip() else ""
    return f"“{clip(score.name, 60)}”{by} says {value}{why}"
