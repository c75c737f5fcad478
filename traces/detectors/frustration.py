"""The user says that they have had enough. Only plain words of it count: a terse or sad user is not an angry one."""

from collections.abc import Iterator, Sequence

from traces.answers import quoted
from traces.records import AGENT, USER, Found, SessionFacts
from traces.speech import Phrases, heard, sentences

VERSION = 2
LABELS = {"frustration": "User is frustrated"}
ABOUT = {
    "frustration": "The user said in plain words that they have had enough.",
}
ABOUT_AGENT = 0.8
ANGRY = 0.65
SAID = 0.5
SHOUTED = 0.4
# Who is angry before the agent has said a word is angry about the matter.
ABOUT_MATTER = 0.5
QUOTED = 140
SHOUTED_WORDS = 4
SHOUTED_LETTERS = 15
# What is wrong with the agent itself.
AT_AGENT = Phrases(
    r"\byou(?:'re| are) (?:not (?:listening|understanding|helping|reading|getting)|(?:so |completely "
    r"|totally )?useless)\b",
    r"\byou (?:(?:still |really )?(?:don't|do not|aren't|didn't|did not) (?:understand|listen|get it|read"
    r"|answer(?:ed)? my)"
    r"|keep (?:asking|saying|repeating|giving|telling|sending)|got (?:it|that) wrong again|just made that up)\b",
    r"\b(?:stupid|dumb|useless|terrible|awful|worst|worthless|idiotic) (?:\w+ )?(?:bot|chat ?bot|assistant|agent|ai"
    r"|robot)\b",
    r"\bthis (?:bot|chat ?bot|assistant|ai|chat) is (?:\w+ )?(?:useless|terrible|awful|garbage|a joke|no help"
    r"|not helpful)\b",
    r"\b(?:that's|that is|this is) not what i (?:asked|said|wanted|meant|need)|\bare you (?:even )?(?:listening"
    r"|reading)\b",
    r"\bstop (?:asking|repeating|saying|telling me|sending)\b|\bgoing (?:round|around) in circles\b",
    r"\b(?:sie|du) (?:verstehen|verstehst|hören|hörst) (?:mich |mir )?(?:nicht|gar nicht)\b"
    r"|\bdas habe ich nicht gefragt\b",
    r"\bno (?:me )?(?:entiende|entiendes|escucha|escuchas)\b|\beso no es lo que (?:pedí|pregunté|dije)\b",
    r"\bvous ne (?:comprenez|m'écoutez|écoutez) (?:rien|pas)\b|\bce n'est pas ce que j'ai (?:demandé|dit)\b",
)
ANGER = Phrases(
    r"\b(?:ridiculous|unacceptable|outrageous|infuriating|disgraceful|pathetic|fed up|sick of|what a joke"
    r"|waste of (?:my )?time)\b",
    r"\bi(?:'m| am) (?:(?:so|very|really|extremely|quite|getting) )?(?:angry|furious|mad at|livid|pissed|outraged)\b",
    r"\b(?:wtf|ffs|bullshit|damn it|for god's sake|for the love of god)\b|\bi(?:'ve| have) had enough\b",
    r"\b(?:worst|terrible|horrible|awful) (?:customer )?(?:service|experience|support)\b|\bi give up\b"
    r"|\bthis is hopeless\b",
    r"\b(?:unverschämt\w*|frechheit|unmöglich!|lächerlich|es reicht|ich habe (?:genug|die nase voll)"
    r"|zeitverschwendung)\b",
    r"\b(?:inaceptable|ridículo|indignante|vergüenza|harto|harta|pérdida de tiempo|pésimo servicio)\b",
    r"\b(?:inacceptable|scandaleux|ridicule|ras[- ]le[- ]bol|j'en ai (?:assez|marre)|perte de temps|n'importe quoi)\b",
    r"\b(?:inaccettabile|sono stuf[oa]|inaceitável|onacceptabel)\b",
)
WEARY = Phrases(
    r"\b(?:(?:very|so|really|extremely|quite|incredibly|getting|just|this is|it's|been) )(?:frustrat(?:ed|ing)"
    r"|annoy(?:ed|ing))\b",
    r"\bi(?:'m| am) (?:\w+ )?(?:frustrated|annoyed|upset|disappointed|losing patience)\b",
    r"\bhow many times\b|\b(?:third|fourth|fifth|umpteenth) time\b|\bwhy is (?:this|it) so (?:hard|difficult"
    r"|complicated)\b",
    r"\bthis (?:isn't|is not) (?:working|helping|helpful)\b|\byou(?:'re| are) not helping\b"
    r"|\bnot helpful(?: at all)?\b",
    r"\bfrustriert\b|\b(?:ich bin |so )?(?:enttäuscht|genervt|verärgert)\b|\bzum (?:dritten|vierten|x-ten) mal\b",
    r"\b(?:frustrad[oa]|molest[oa]|decepcionad[oa]|enfadad[oa])\b|\bcuántas veces\b",
    r"\b(?:frustrée?|agacée?|énervée?|déçue?)\b|\bcombien de fois\b",
)
SAYS_SO = Phrases(*(one.pattern.pattern for one in (AT_AGENT, ANGER, WEARY)))
NOT_MEANT = Phrases(
    r"\b(?:not|isn't|no longer|never|wasn't|less) (?:\w+ ){0,2}(?:frustrat|annoy|angry|upset|disappoint|ridiculous"
    r"|unacceptable)",
    r"\b(?:don't|do not|won't|wouldn't) (?:\w+ ){0,3}(?:frustrat|annoy|upset|disappoint)"
    r"|\bnicht (?:\w+ )?(?:enttäuscht|genervt)",
    r"\bno (?:estoy|me siento) (?:\w+ )?(?:molest|enfad|frustrad)|\bpas (?:\w+ )?(?:déçu|énervé|agacé|frustré)",
)


def detect(session: SessionFacts) -> Iterator[Found]:
    """One finding for each message of the user that says so in new words."""
    told: set[str] = set()
    opened = answered = False
    for step in session.steps:
        answered = answered or (opened and step.role == AGENT)
        if step.role != USER:
            continue
        opened = True
        strength, sentence = max(map(_told, _sentences(step.text)), default=(0.0, ""), key=lambda one: one[0])
        if strength and sentence not in told:
            told.add(sentence)
            weight = strength if answered else strength * ABOUT_MATTER
            yield Found("frustration", step.key, round(weight, 2), f"The user said: {quoted(sentence, QUOTED)}.")


def _sentences(text: str) -> Sequence[str]:
    """Those of a message that may say it; what is shouted may be any words."""
    may_shout = "!" in text and sum(map(str.isupper, heard(text))) >= SHOUTED_LETTERS
    return sentences(text) if may_shout else SAYS_SO.among(text)


def _told(sentence: str) -> tuple[float, str]:
    """How plainly a sentence says it, 0 where it does not, and the sentence."""
    if NOT_MEANT.search(sentence):
        return 0.0, sentence
    levels = ((ABOUT_AGENT, AT_AGENT), (ANGRY, ANGER), (SAID, WEARY))
    strength = next((level for level, pattern in levels if pattern.search(sentence)), 0.0)
    return strength or (SHOUTED if _is_shouted(sentence) else 0.0), sentence


def _is_shouted(said: str) -> bool:
    """Whether somebody writes a whole sentence in capitals and means it."""
    letters = [letter for letter in said if letter.isalpha()]
    shouted = len(letters) >= SHOUTED_LETTERS and all(letter.isupper() for letter in letters)
    return shouted and "!" in said and len(said.split()) >= SHOUTED_WORDS
