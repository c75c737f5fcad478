"""The user says that the agent got it wrong: the wrong thing done, a misunderstanding, words that were never theirs."""

from collections.abc import Iterator

from traces.answers import quoted
from traces.records import AGENT, USER, Found, SessionFacts
from traces.speech import Phrases

VERSION = 2
LABELS = {"corrected": "User corrects the agent"}
ABOUT = {
    "corrected": "The user said that the agent got it wrong, or that there is a mistake or a misunderstanding.",
}
GOT_IT_WRONG = 0.6
MISTAKE = 0.4
QUOTED = 140
WRONG = Phrases(
    r"\bi (?:only|just) (?:wanted|asked|meant)\b[^.?!]{0,80}\bnot\b|\bi only needed\b[^.?!]{0,80}\bnot\b",
    r"\b(?:(?:that's|that is|this is|that was|it's|it is) not|(?:that|this|it) (?:isn't|wasn't))"
    r" (?:\w+ )?what i (?:asked|wanted|meant|said|ordered)\b",
    r"\b(?:that's|that is|this is|that was|it's|it is) not (?:right|correct|true|quite right|my|the (?:right|correct"
    r"|one))\b",
    r"\b(?:that|this) (?:isn't|is not|wasn't|doesn't (?:look|sound|seem)) (?:right|correct|true)\b",
    r"\b(?:that's|that is|this is|that was|you are|you're|you were) (?:\w+ )?(?:wrong|incorrect|mistaken)\b",
    r"\bi (?:didn't|did not|never) (?:ask(?:ed)?|say|said|want(?:ed)?|request(?:ed)?|order(?:ed)?|agreed?|approved?"
    r"|authori[sz]ed?)\b",
    r"\byou(?:'ve| have)? (?:\w+ )?(?:cancell?ed|booked|charged|sent|changed|removed|ordered|picked|used|returned"
    r"|deleted|refunded)"
    r" (?:me )?(?:the wrong|too (?:much|many|little|few)|twice|everything)\b",
    r"\bno,? (?:that's not|i (?:meant|said|asked|wanted))\b|\bthat's not how\b|\byou misunderst(?:ood|and)\b",
    r"\bdas (?:ist|war|stimmt) (?:\w+ )?(?:falsch|nicht|nicht richtig|nicht das)\b|\bich (?:meinte"
    r"|wollte) (?:\w+ ){0,6}nicht\b"
    r"|\bsie haben (?:mich )?(?:falsch|das falsche|die falsche|den falschen|missverstanden)\b",
    r"\b(?:eso|esto) (?:está mal|es incorrecto|no es correcto|no es lo que)\b|\bno,? (?:quise|quería) decir\b"
    r"|\bse equivoc\w+\b",
    r"\bc'est (?:faux|incorrect|une erreur|pas (?:ça|correct|juste|ce que))\b|\bvous vous trompez\b|\bje (?:voulais"
    r"|parlais) (?:dire|de)\b",
)
MIX_UP = Phrases(
    r"\b(?:there(?:'s| is| must be| seems to be| might be| has been| was)) (?:been )?(?:a |an |some )?(?:\w+ )?"
    r"(?:mistake|mix-?up|confusion|misunderstanding)\b",
    r"\byou (?:seem to|must|may|might) (?:be confus\w+|have (?:confused|mixed up|misread|misunderstood))\b",
    r"\b(?:missverständnis|verwechslung|malentendido|confusión|malentendu)\b",
)
SAYS_SO = Phrases(WRONG.pattern.pattern, MIX_UP.pattern.pattern)
# The user's own slip, or none.
MY_OWN = Phrases(
    r"\b(?:my (?:mistake|bad|fault)|i (?:made|might have made|may have|must have|got)|sorry,? i)\b|\bno (?:confusion"
    r"|mistake|mix-?up)\b",
    r"\b(?:mein fehler|me equivoqué|je me suis trompée?)\b",
)


def detect(session: SessionFacts) -> Iterator[Found]:
    """One finding for each message of the user that says so, once the agent has spoken after them."""
    opened = answered = False
    for step in session.steps:
        answered = answered or (opened and step.role == AGENT)
        if step.role != USER:
            continue
        opened = True
        strength, sentence = max(map(_told, SAYS_SO.among(step.text)), default=(0.0, ""), key=lambda one: one[0])
        if strength and answered:
            yield Found("corrected", step.key, strength, f"The user corrected the agent: {quoted(sentence, QUOTED)}.")


def _told(sentence: str) -> tuple[float, str]:
    if MY_OWN.search(sentence):
        return 0.0, sentence
    return (GOT_IT_WRONG if WRONG.search(sentence) else MISTAKE if MIX_UP.search(sentence) else 0.0), sentence
