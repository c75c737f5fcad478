"""What others said of the session: an evaluator that finds it bad or far below its usual, an end user who does.

Whether a value is good or bad is for the project to say. Where it has not, only what speaks for itself counts: a thumb
that points down, a label such as "bad", and a score far below what scores of its name usually are here.
"""

from collections.abc import Iterator

from traces.answers import any_of, clip, quoted
from traces.records import Baseline, Found, ScoreFacts, SessionFacts, Threshold

VERSION = 2
LABELS = {"low_score": "Low score", "negative_feedback": "Negative feedback"}
ABOUT = {
    "low_score": "An evaluator found it bad, or far below what its scores usually are in this workflow.",
    "negative_feedback": "An end user, or another person, gave bad feedback.",
}
THRESHOLDS = {"below": Threshold("How far below its usual a score must be (robust z)", 3.5, 2.0, 10.0)}
BAD = "bad"
HUMAN = "human"
LOW = 0.6
LOW_AND_UNUSUAL = 0.75
UNUSUAL = 0.4
SAID_BAD = 0.8
LOOKS_BAD = 0.6
SESSIONS_NEEDED = 30
CONSISTENT = 0.6745
# Where most scores are alike, a tiny difference has a large z: it must also be large in itself.
PART_OF_USUAL = 0.2
QUOTED = 140
# Many clients send their users' thumbs as a program's score.
OF_USERS = any_of(r"thumb|(?:user|customer|human).?(?:feedback|rating|score|vote)|^feedback$|\bcsat\b|\bnps\b|^like$")
THUMB = any_of(r"thumb")
HIGH_IS_BAD = any_of(
    r"hallucinat|toxic|harm|bias|error|fail|violat|jailbreak|frustrat|refus|unsafe|incorrect|irrelevan|risk|leak|spam",
    r"latency|duration|cost|price|length|count|token|time|distance|perplexity|repetit",
)
BAD_LABELS = frozenset(
    ("bad", "poor", "negative", "down", "thumbs-down", "thumbs_down", "thumbs down", "dislike", "disliked", "👎")
)


def detect(session: SessionFacts, *, below: float = 3.5) -> Iterator[Found]:
    """One finding for each bad score; of a number that its project calls good also none."""
    for score in session.scores:
        found = _feedback(score) if is_feedback(score) else _low(score, below)
        if found is not None:
            yield found


def is_feedback(score: ScoreFacts) -> bool:
    """Whether a person gave it: one who says so, or one whose client calls it so."""
    return score.by == HUMAN or bool(OF_USERS.search(score.name))


def _feedback(score: ScoreFacts) -> Found | None:
    if score.polarity == BAD:
        return Found("negative_feedback", score.step_key, SAID_BAD, _told(score))
    if not score.polarity and _looks_bad(score):
        return Found("negative_feedback", score.step_key, LOOKS_BAD, _told(score))
    return None


def _looks_bad(score: ScoreFacts) -> bool:
    """A thumb is up or down, whatever the scale: 0 and -1 are down."""
    if score.label.strip().casefold() in BAD_LABELS:
        return True
    return score.value is not None and score.value <= 0 and bool(THUMB.search(score.name))


def _told(score: ScoreFacts) -> str:
    about = "this answer" if score.step_key else "the conversation"
    who = "Feedback" if score.by == HUMAN else "A user's feedback"
    said = f": {quoted(score.explanation, QUOTED)}." if score.explanation.strip() else "."
    return f"{who} on {about} is bad ({_value(score)}){said}"


def _low(score: ScoreFacts, below: float) -> Found | None:
    unusual = _unusual(score, below)
    if score.polarity == BAD:
        strength = LOW_AND_UNUSUAL if unusual else LOW
    elif unusual:
        strength = UNUSUAL
    else:
        return None
    return Found("low_score", score.step_key, strength, _judged(score, unusual))


def _unusual(score: ScoreFacts, below: float) -> Baseline | None:
    """What is usual, where the score is far below it. Of scores that ought to be low, a low one is no news."""
    usual = score.usual
    if score.value is None or usual is None or usual.sessions < SESSIONS_NEEDED or HIGH_IS_BAD.search(score.name):
        return None
    distance = usual.median - score.value
    spread = usual.mad or abs(usual.median) / 10
    far = spread > 0 and CONSISTENT * distance / spread >= below and distance >= PART_OF_USUAL * abs(usual.median)
    return usual if far else None


def _judged(score: ScoreFacts, unusual: Baseline | None) -> str:
    by = f" ({clip(score.author, 60)})" if score.author.strip() else ""
    about = "this step" if score.step_key else "the session"
    usual = f"; usual here is {unusual.median:.3g} ({unusual.sessions} sessions)" if unusual else ""
    said = f": {quoted(score.explanation, QUOTED)}." if score.explanation.strip() else "."
    return f"The evaluator “{clip(score.name, 60)}”{by} gave {about} {_value(score)}{usual}{said}"


def _value(score: ScoreFacts) -> str:
    number = "" if score.value is None else f"{score.value:.3g}"
    label = clip(score.label, 40)
    return f"{label}, {number}" if label and number else label or number or "without a value"
