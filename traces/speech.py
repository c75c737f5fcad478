"""Shared words of conversations: sentences, who asked and agreed, which calls change something, how alike texts are.

Everything here is bounded: of a long text only the beginning and the end are read, and no pattern can backtrack far.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache, reduce
from itertools import count
from operator import or_
from typing import ClassVar

from traces.answers import complaint
from traces.needed import needed
from traces.records import AGENT, TOOL, USER, StepFacts

# What is said to a person fits into this; what is longer is a document, whose middle nobody says.
HEARD = 6_000
# Of a longer session, who looks for what is said once or soon said again reads only its beginning.
MOST_STEPS = 2_000
SENTENCE = 600
# After a full stop, but that of "1. ", and closing quotes, or at a line's end. It begins with what is cut away, because
# so most characters are passed over at once.
SENTENCE_END = re.compile(
    r"[\"”’»)*_\s](?:(?<=[.!?。！？][\"”’»)*_])(?<!\s\d\..)[\"”’»)*_]*\s+|(?<=[.!?。！？]\s)(?<!\s\d\.\s)\s*"
    r"|(?<= )\n\s*|(?<=\n)\s*)"
)
# But a single space, which is what they become.
BLANKS = re.compile(r"[^\S\n](?:(?<! )[^\S\n]*|[^\S\n]+)")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
RUN = re.compile(r"[^\W\d_]+")  # no digits: what is said of numbers is looked for by its words
LONGEST = 20  # letters, of a run that phrases need
NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Words that say little, in the languages in which most is said.
COMMON = frozenset(
    WORD.findall("""
    a an the this that these those i i'm i've i'd i'll me my you your you're it it's its we our they them their he
    she is are was were be been am do does did have has had can could would will should may might to of in on at
    for from with by as and or but so if then than not no yes please just also there here what which who how when
    where why any some all more about into out up now ok okay thanks thank hi hello sure like want need know let
    get der die das ein eine einen ich du sie wir ihr mein meine ihre ist sind war hat haben habe bitte und oder
    aber nicht mit von zu im in auf für es den dem el la los las un una yo mi su es son por para con de que en y o
    pero no me se lo favor le les des je vous nous mon ma votre est sont pour avec du dans et ou mais pas ne que
    """)
)
ENDING = re.compile(r"(?:ing|ed|es|s|'s)$")
ENDINGS_FROM = 4
# A step behind an agent's words that reads or thinks, whatever its name.
READING_KINDS = {"retriever", "reranker", "embedding", "guardrail", "evaluator"}
READS = frozenset(
    WORD.findall("""
    get list search find look lookup check fetch retrieve read show view query calculate calc calculator compute
    think reason plan describe count browse validate verify authenticate identify estimate preview compare
    summarize summarise translate classify extract analyze analyse inspect detect exists whoami ping status
    details detail info information history weather forecast clock time now convert rank recall remember login
    grep ls cat glob track poll monitor
    """)
)
CHANGES = frozenset(
    WORD.findall("""
    cancel refund reimburse issue process update change modify edit book rebook reserve schedule reschedule send
    email mail sms notify forward submit file create open close delete remove add append insert apply credit debit
    charge pay transfer escalate handoff activate deactivate enable disable toggle reset resend register enroll
    enrol subscribe unsubscribe upgrade downgrade move switch replace exchange renew extend block unblock lock
    unlock suspend resume restore place order purchase buy ship dispatch log record assign merge approve reject
    waive redeem install deploy publish upload save write set put post patch start stop restart reboot configure
    return confirm complete finalize finalise initiate terminate revoke grant link unlink sync grade commit push
    run execute perform make do
    """)
)
# Also nouns, or too general: `order_status` and `run_query` read.
ALSO_NOUNS = frozenset(
    WORD.findall("""
    order book refund return exchange transfer charge credit issue file email mail sms record log schedule process
    change update post message grade place link lock ship block run execute perform make do set
    """)
)
READING_ARGUMENTS = re.compile(
    r'^[\s"{]*(?:select|show|describe|explain)\b|"method"\s*:\s*"(?:get|head)"', re.IGNORECASE
)
CHECK_IN = re.compile(r"check[_\- ]?(?:in|out)(?:$|[_\-. ])", re.IGNORECASE)


class Phrases:
    """What people say in one of many ways, in whatever letter case."""

    # By a run of letters that they need, all phrases that need it, one bit for each; those under "" may stand anywhere.
    needing: ClassVar[defaultdict[str, int]] = defaultdict(int)
    numbers: ClassVar[Iterator[int]] = count()

    def __init__(self, *patterns: str) -> None:
        """`patterns` are in small letters: looking for them in a lowered text takes a third of the time."""
        self.pattern = re.compile("|".join(patterns))
        self._bit = 1 << next(self.numbers)
        for text in needed(self.pattern) or ("",):
            self.needing[max(RUN.findall(text), key=len, default="")[:LONGEST]] |= self._bit
        for known in (_phrases_with, _phrases_in, _marked):  # they do not know of this one
            known.cache_clear()

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first place from `start` on where one of them stands; what it holds is in small letters."""
        return self.pattern.search(text.lower(), start) if self.may_stand(text) else None

    def may_stand(self, text: str) -> bool:
        """False where surely none of them stands in a text, which takes far less time than a search."""
        return bool(_phrases_in(text) & self._bit)

    def among(self, text: str) -> Sequence[str]:
        """The sentences of a message in which one of them may stand: mostly none."""
        return [sentence for sentence, phrases in _marked(text) if phrases & self._bit]


@lru_cache(maxsize=16_384)  # the words of a language, and some numbers
def _phrases_with(word: str) -> int:
    """The phrases, one bit for each, that may stand around a lowered word, by all parts of it."""
    places = range(len(word))
    parts = (word[start:end] for start in places for end in range(start + 1, min(start + LONGEST, len(word)) + 1))
    return reduce(or_, (Phrases.needing[part] for part in parts if part in Phrases.needing), Phrases.needing[""])


@lru_cache(maxsize=1024)
def _phrases_in(text: str) -> int:
    """The phrases that may stand in a text, one bit for each: one look at its words serves all detectors."""
    return reduce(or_, map(_phrases_with, RUN.findall(text.lower())), Phrases.needing[""])


@lru_cache(maxsize=256)
def _marked(text: str) -> tuple[tuple[str, int], ...]:
    """The sentences of a message, each with the phrases that may stand in it."""
    return tuple((sentence, _phrases_in(sentence)) for sentence in sentences(text))


CONDITION = Phrases(
    r"\b(?:if|once|when|whenever|after|until|unless|before|as soon as|in case|whether|assuming)\b",
    r"\b(?:should you|that|which|who)\b",
    r"\b(?:would|could|will|shall|can|may|might|must|should|to|please|wenn|falls|sobald|nachdem|bevor|würde|wird"
    r"|kann)\b",
    r"(?<!\w)(?:si|cuando|después|despues|una vez|antes|puede|podría|quand|lorsque|après|dès|avant|peut|pourra)(?!\w)",
)
NEGATION = Phrases(
    r"\b(?:no|not|never|none|nothing|neither|nor|without|cannot|unable|nicht|kein\w*|nie)\b",
    r"\b(?:nunca|ningun\w*|sin|jamais|aucun\w*)\b",
    r"n['’]t\b|\bne\b.{0,30}\bpas\b|\bpas encore\b",
)
AGREES = Phrases(
    r"^\W*(?:yes|yep|yeah|yup|sure|ok|okay|confirmed?|correct|absolutely|definitely|perfect|great)\b",
    r"^\W*(?:sounds good|of course)\b",
    r"^\W*(?:please (?:do|go ahead|proceed)|go ahead|proceed|do it|that works|let['’]?s do)",
    r"\b(?:please (?:go ahead|proceed|do (?:so|it|that))|go ahead (?:and|with)|i (?:confirm|agree)|you can proceed)\b",
    r"^\W*(?:ja|jawohl|gerne|einverstanden|genau|sí|si|claro|de acuerdo|vale|adelante)\b",
    r"^\W*(?:oui|d['’]accord|bien sûr|allez-y)\b",
)
DECLINES = Phrases(
    r"^\W*(?:no|nope|not|don['’]t|wait|hold on|actually|nein|nicht|non|never ?mind)\b|^\W*\w+,? but\b",
    r"\b(?:do not|don['’]t|instead|rather not|hold off|before (?:you|we|i|that)|but first)\b",
    r"\b(?:nicht mehr|en lugar|plutôt)\b",
)
ASKS_LEAVE = Phrases(
    r"\b(?:would you like|do you want|want) me to (?:proceed|go ahead|continue|cancel|book|process|update|change"
    r"|submit|send|issue|apply|make|place)\b",
    r"\b(?:shall|should|may) i (?:proceed|go ahead|continue|cancel|book|process|update|change|submit|send|issue"
    r"|apply|make|place)\b",
    r"\b(?:please|can you|could you) (?:\w+ )?confirm\b.{0,60}\b(?:proceed|go ahead|correct|like to|want to|these"
    r"|this)\b",
    r"\b(?:do you|can you) (?:confirm|approve|authori[sz]e|agree|consent)\b|\breply (?:with )?[\"“]?yes\b"
    r"|\b(?:yes/no|y/n)\b",
    r"\bwould you like to (?:proceed|go ahead|continue with)\b|\b(?:need|require) your (?:approval|confirmation"
    r"|permission|consent)\b",
    r"\bsoll ich (?:\w+ ){0,6}(?:fortfahren|stornieren|buchen|ändern|senden|bestellen)\b|\bbestätigen sie\b",
    r"\b(?:desea|quiere) que (?:proceda|continúe|cancele|reserve|cambie|envíe)\b|\b(?:me )?confirma(?:s|r)?\b.{0,20}\?",
    r"\b(?:souhaitez|voulez)-vous que je\b|\b(?:pouvez-vous|veuillez) confirmer\b",
)
HANDING_NAME = Phrases(
    r"(?:transfer|hand.?(?:off|over)|escalat\w*|forward|route|connect|assign|request|contact|call|notify).{0,12}"
    r"(?:human|person|operator|staff|supervisor|manager|specialist|representative|support|live)",
    r"^(?:escalate|escalation|hand.?over|hand.?off|human.?(?:handoff|takeover|escalation))(?:$|[_\-. ])",
    r"\b(?:human|live)[_\- ]?(?:agent|support|handoff|handover|transfer)",
)
LEAVES = Phrases(
    r"\b(?:bye|goodbye|have a (?:great|good|nice|lovely|wonderful)|no more questions|nothing (?:else|more|further))\b",
    r"\b(?:take care|you too|all done|done (?:then|now)|reach out|everything i need(?:ed)?)\b",
    r"\b(?:that's|that is|that'll be|that will be|that was|this is) (?:all|everything|it)\b(?! (?:right|very|not))"
    r"|\bi'm (?:all set|good)\b",
    r"\b(?:call|come|write|get|reach) (?:you )?(?:back|again|out)? ?(?:later|another time|tomorrow)\b",
    r"\b(?:tschüss|wiedersehen|das war['’]?s|das war alles|adiós|hasta luego|nada más|eso es todo)\b",
    r"\b(?:au revoir|bonne (?:journée|soirée)|c['’]est tout|arrivederci|è tutto)\b",
)
THANKS = Phrases(
    r"\b(?:thanks?|thank you|thx|cheers|appreciate|all set|danke\w*|vielen dank|gracias|merci|grazie|obrigad[oa]"
    r"|bedankt)\b",
)
# A polite end that happens to be a question.
OFFERS_MORE = Phrases(
    r"\b(?:anything|something|what|how) else\b",
    r"\bany (?:other|further|more) (?:\w+ )?(?:questions?|help|assistance|requests?)\b",
    r"\b(?:noch etwas|sonst noch|weitere fragen|algo más|otra cosa|autre chose|d['’]autres questions)\b",
    r"\b(?:can|may|could) i (?:help|assist)\b.{0,40}\b(?:with|today|further)\b|\bhow (?:can|may) i (?:help|assist)\b",
)


@lru_cache(maxsize=256)  # several detectors read the same words
def heard(text: str) -> str:
    """A message as far as it is read: its first and its last words, apostrophes and spaces made alike."""
    if len(text) > HEARD:
        text = f"{text[: HEARD // 2]}\n{text[-HEARD // 2 :]}"
    return BLANKS.sub(" ", text.replace("’", "'").replace("**", ""))


@lru_cache(maxsize=256)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences and lines of a message, without empty ones, each at most 600 characters."""
    return tuple(part.strip()[:SENTENCE] for part in SENTENCE_END.split(heard(text)) if part.strip())


def asks(sentence: str) -> bool:
    """Whether a sentence is a question, by its mark."""
    return "?" in sentence[-4:] or "？" in sentence[-2:]


def agrees(text: str) -> bool:
    """Whether the user says yes, and no more than that: a "yes, but" is none."""
    said = heard(text)
    return bool(AGREES.search(said)) and not DECLINES.search(said)


def hands_over(name: str) -> bool:
    """Whether a tool of this name hands the session to a person."""
    return bool(HANDING_NAME.search(name))


def closes(text: str) -> bool:
    """Whether somebody takes leave or says thanks."""
    return takes_leave(text) or bool(THANKS.search(heard(text)))


def takes_leave(text: str) -> bool:
    """Whether somebody says goodbye, or that this was all: more than thanks."""
    return bool(LEAVES.search(heard(text)))


def is_speech(step: StepFacts) -> bool:
    """Whether somebody says something with this step."""
    return step.role in {USER, AGENT} and bool(step.text.strip())


@lru_cache(maxsize=512)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a tool's name, small: `orders.cancelOrder` is orders, cancel, order."""
    return tuple(part.lower() for part in NAME_PART.findall(name[:200]))


@lru_cache(maxsize=512)
def changes(name: str) -> bool | None:
    """Whether a tool of this name changes something in the world; None where its name does not tell."""
    if CHECK_IN.search(name):
        return True
    words = name_words(name)
    known = [word for word in words if word in READS or word in CHANGES]
    if not known:
        return None
    if any(word in CHANGES and word not in ALSO_NOUNS for word in known[1:]):
        return True
    if known[0] in READS:
        return False
    return known[0] not in ALSO_NOUNS or not any(word in READS for word in known)


def is_deed(step: StepFacts) -> bool:
    """Whether a call may have changed something: all that does not clearly only read, by whomever."""
    if step.role != TOOL or step.kind in READING_KINDS or changes(step.name) is False:
        return False
    return changes(step.name) is True or not READING_ARGUMENTS.search(step.arguments[:400])


def worked(step: StepFacts) -> bool:
    """Whether a call went well, as far as its status and its answer tell."""
    return not step.is_error and not complaint(step.result)


def spoken(steps: Sequence[StepFacts], role: str) -> list[tuple[int, StepFacts]]:
    """What one side said, with its place among the steps."""
    return [(place, step) for place, step in enumerate(steps) if step.role == role and step.text.strip()]


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How many of the words of two texts are in both, 0..1 (Jaccard)."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


@lru_cache(maxsize=256)
def content_words(text: str) -> frozenset[str]:
    """The words of a message that carry its meaning, small and without common endings."""
    return frozenset(map(_stem, set(WORD.findall(heard(text))))) - {""}


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    """A word, small and without a common ending; "" where it says little."""
    small = word.casefold()
    if small in COMMON:
        return ""
    return small if len(small) <= ENDINGS_FROM else ENDING.sub("", small)


def are_alike(one: frozenset[str], other: frozenset[str], least: float) -> bool:
    """Whether two texts share so many of their words, and have the same numbers: two orders are two requests."""
    few, many = sorted((len(one), len(other)))
    return few >= least * many and likeness(one, other) >= least and numbers_in(one) == numbers_in(other)


def numbers_in(words: frozenset[str]) -> frozenset[str]:
    """Those of the words that have a digit: amounts, dates, ids."""
    return frozenset(word for word in words if any(letter.isdigit() for letter in word))
