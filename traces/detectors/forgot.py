"""The agent asks for what the user already gave, or the user says that they gave it already."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from traces.answers import clip, quoted
from traces.records import AGENT, USER, Found, SessionFacts, StepFacts
from traces.speech import MOST_STEPS, Phrases, asks, heard, sentences

VERSION = 2
LABELS = {"forgot": "Asked for what was given"}
ABOUT = {
    "forgot": "The agent asked for something that the user had given, or the user said so.",
}
ASKED_AGAIN = 0.6
SAID_SO = 0.7
QUOTED = 110
AROUND = 30
# How far behind the words that ask the thing may stand, and how long a line of a list is.
NEAR = 90
LINE = 80
ID = r"[#№]?(?=[\w-]{0,30}\d)[A-Za-z0-9][\w-]{3,40}"
IS = r"(?:'s| is| was| are|:| =|#| no\.?| number| id| code| nummer| lautet| ist| es| est| número| numéro|,| -){0,3}\s?"


@dataclass(frozen=True, slots=True)
class Thing:
    """What may be asked for: its name, how it is called, how it looks, and whether digits are in it."""

    name: str
    called: Phrases
    value: Phrases
    has_digits: bool = True
    several: bool = False


def _numbered(name: str, nouns: str) -> Thing:
    """A thing that goes by a number or code; a user may well have several."""
    marked = r"(?: |-)?(?:id|ids|number|code|no\.?|#|reference|nummer|kennung)\b"
    return Thing(
        name,
        Phrases(
            rf"\b(?:{nouns}){marked}",
            rf"\b(?:id|number|número|numéro|code|código) (?:of|for|de|du|de la|der) (?:\w+ )?(?:{nouns})",
        ),
        Phrases(rf"\b(?:{nouns})(?: |-)?{IS}(?P<it>{ID})"),
        several=True,
    )


THINGS = (
    Thing(
        "e-mail address",
        Phrases(r"\be-?mail\b", r"\bcorreo\b"),
        Phrases(r"(?P<it>[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{2,20})+)"),
        has_digits=False,
    ),
    Thing(
        "phone number",
        Phrases(
            r"\b(?:phone|mobile|cell|telephone) number\b|\btelefonnummer\b|\bteléfono\b|\btéléphone\b"
            r"|\bhandynummer\b"
        ),
        Phrases(r"(?<![\w.-])(?P<it>\+?\(?\d{2,4}\)?(?:[ ./-]?\d{2,5}){2,4})(?![\w-])"),
    ),
    Thing(
        "zip code",
        Phrases(r"\bzip(?: ?code)?\b|\bpost(?:al)? ?code\b|\bpostleitzahl\b|\bplz\b|\bcódigo postal\b|\bcode postal\b"),
        Phrases(
            rf"(?:zip|post|plz|código postal|code postal)(?: ?code|al code|al|leitzahl)?{IS}(?P<it>\d{{4,5}}"
            rf"|[a-z]{{1,2}}\d\w? ?\d[a-z]{{2}})\b"
        ),
    ),
    Thing(
        "name",
        Phrases(
            r"\b(?:full|first|last|your|vollständigen|ihren) names?\b|\b(?:nombre|nom) (?:completo|complet"
            r"|y apellido)|\bvotre nom\b"
        ),
        Phrases(
            r"\b(?:my (?:full )?name is|my name's|mein name ist|ich heiße|me llamo|mi nombre es|je m'appelle"
            r"|mon nom est) (?P<it>[^\W\d_]+ [^\W\d_]+)"
        ),
        has_digits=False,
    ),
    Thing(
        "date of birth",
        Phrases(
            r"\bdate of birth\b|\bbirth ?(?:date|day)\b|\bdob\b|\bgeburtsdatum\b|\bfecha de nacimiento\b"
            r"|\bdate de naissance\b"
        ),
        Phrases(
            r"(?:birth|dob|born|geboren|nacimiento|naissance|née?"
            r"|nací)[^.!?\n]{0,25}?(?P<it>\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|[a-z]+ \d{1,2},? \d{4})"
        ),
    ),
    _numbered("order number", "order|bestell|bestellung|pedido|commande"),
    _numbered("booking number", "booking|reservation|confirmation|buchungs|buchung|reserva|réservation"),
    _numbered("account number", "account|customer|user|member(?:ship)?|kunden|konto|cliente|client|compte|cuenta"),
    _numbered(
        "case number", "case|ticket|claim|policy|invoice|tracking|reference|vorgangs|rechnungs|factura|facture|dossier"
    ),
)
WORDY = tuple(thing for thing in THINGS if not thing.has_digits)
CALLED = Phrases(*(thing.called.pattern.pattern for thing in THINGS))
DIGIT = re.compile(r"\d")
REQUESTS = Phrases(
    r"\b(?:provide|share|give|tell|enter|send|supply|specify|type|state|let me know (?:your|the)|what(?:'s| is| are"
    r"| was))\b",
    r"\b(?:may|can|could) i (?:please )?(?:have|get)\b|\bi(?:'ll| will)? (?:also )?(?:need|require)\b",
    r"\b(?:nennen|geben|teilen|mitteilen|wie lautet|brauche|benötige)\b|\b(?:proporcion\w+|indi[cq]\w+|dígame"
    r"|facilit\w+|cuál es|necesito)\b",
    r"\b(?:fournir|donner|indiquer|communiquer|quel(?:le)? est|j'ai besoin)\b",
)
# Another one than that which was given, or the same because it did not work.
OTHERWISE = Phrases(
    r"\b(?:another|other|different|new|second|next|additional|alternat\w+|else|each|remaining|(?:re|double.?)check"
    r"|correct|updated)\b",
    r"\b(?:confirm|verify|is it|is this|is that|would you like|do you want|which of|if you (?:have|want|prefer)|or)\b",
    r"\b(?:look (?:it )?up|access|check|you (?:provided|gave|mentioned|shared|used))\b",
    r"\b(?:recipient|passenger|friend|traveler|traveller|companion|someone|new address)s?\b",
    r"\b(?:ander\w+|neue\w*|otr[oa]s?|nuev[oa]s?|autres?|nouve\w+|richtig\w*|oder|ou|o)\b",
)
# The answer to one question for one number.
ALONE = re.compile(rf"(?:^|\bit's |\bit is |[:,] )\W{{0,2}}(?P<it>{ID})\W*(?:$|[.,!])", re.IGNORECASE)
SUPPOSED = Phrases(r"\b(?:if|once|when|whenever|after|before|unless|until|wenn|falls|sobald|si|cuando|quand|lorsque)\b")
DID_NOT_WORK = Phrases(
    r"\b(?:couldn't|could not|can't|cannot|unable to|wasn't able to|not able to|didn't|did not|doesn't|does not"
    r"|no) (?:\w+ ){0,3}"
    r"(?:find|found|locate|match|verify|see|exist|recogni[sz]e|authenticate|results?|record|account|order)",
    r"\b(?:not found|invalid|incorrect|error|failed|no (?:match|record|account)|mistyped|typo)\b",
    r"\b(?:nicht (?:gefunden|finden)|ungültig|no (?:encuentro|encontré|existe)|introuvable|ne trouve pas"
    r"|n'ai pas trouvé)\b",
)
MORE_THAN_ONE = Phrases(
    r"\b(?:another|other|different|second|also|new|one more|else|two|three|both|noch ein\w*|andere\w*|otr[oa]|autre)\b"
)
GAVE_ALREADY = Phrases(
    r"\bi(?:'ve| have)?(?: just| already){1,2} (?:told|gave|given|provided|sent|shared|mentioned|said|answered"
    r"|confirmed|explained|stated)"
    r" (?:it|this|that|these|those|them|all|everything|you\b|(?:my|the) (?:\w+ )?(?:name|e-?mail|number|id|code"
    r"|address|details|information|info)\b)",
    r"\bi (?:just )?(?:told|gave) you (?:that|this|it|my \w+|the \w+)? ?(?:already|before|earlier|twice|above"
    r"|just now|a moment ago|multiple times)\b",
    r"\byou (?:just |already |have already )?(?:asked|have) (?:me )?(?:that|this|it|for (?:that|this"
    r"|it)) ?(?:already|before|twice)\b|\byou already asked\b",
    r"\b(?:das )?habe ich (?:ihnen |dir |doch |das |euch ){0,3}(?:schon|bereits|gerade) (?:\w+ ){0,3}(?:gesagt"
    r"|gegeben|genannt|mitgeteilt|geschrieben)\b",
    r"\bya (?:se |te |le |les |os )?(?:lo |la |los |las )?(?:dije|di|proporcioné|envié|mencioné|he dicho|he dado)\b",
    r"\bje (?:vous |te )?(?:l'|les? |la )?(?:ai|avais) déjà (?:dit|donnée?s?|fournie?s?|envoyée?s?|indiquée?s?"
    r"|communiquée?s?)\b",
)


def detect(session: SessionFacts) -> Iterator[Found]:
    """One finding for each thing and message that asks for it again, and for each message in which the user says so."""
    given: dict[str, str] = {}
    asked: tuple[Thing, ...] = ()
    latest = ""
    for step in session.steps[:MOST_STEPS]:
        if step.role == USER:
            given |= _given(step.text, asked)
            latest, asked = heard(step.text), ()
            yield from _says_so(step)
        elif step.role == AGENT and step.text.strip():
            requests = [one for one in _requests(step.text) if CALLED.may_stand(one)]
            asked = tuple(thing for thing in THINGS if any(thing.called.search(one) for one in requests))
            if asked and not DID_NOT_WORK.search(heard(step.text)):
                held = {thing: given[thing.name] for thing in asked if thing.name in given}
                yield from _asked_again(step, requests, held, latest)


def _requests(text: str) -> Iterator[str]:
    """The sentences in which something is asked for; of a list, each line behind the words that open it."""
    opening, likely = "", frozenset(REQUESTS.among(text))
    for sentence in sentences(text) if likely else ():
        if sentence in likely and REQUESTS.search(sentence):
            opening = sentence if sentence.endswith(":") else ""
            yield sentence
        elif opening and len(sentence) <= LINE:
            yield f"{opening} {sentence}"
        else:
            opening = ""


def _given(text: str, asked: tuple[Thing, ...]) -> dict[str, str]:
    """The things that the user's message holds, each with the words around it."""
    said = heard(text)
    likely = THINGS if DIGIT.search(said) else WORDY
    found = {
        thing.name: match for thing in likely if thing.value.may_stand(said) and (match := thing.value.search(said))
    }
    numbers = [thing for thing in asked if thing.several]
    is_short = len(said) <= LINE
    if len(numbers) == 1 and is_short and numbers[0].name not in found and (match := ALONE.search(said)):
        found[numbers[0].name] = match
    return {name: _around(said, match) for name, match in found.items()}


def _around(said: str, match: re.Match[str]) -> str:
    """The value with a few words before it and after it."""
    start = max(0, match.start("it") - AROUND)
    start = said.rfind(" ", 0, start) + 1 if start else 0
    return clip(said[start : match.end("it") + AROUND], 2 * AROUND + 40)


def _asked_again(step: StepFacts, requests: list[str], held: Mapping[Thing, str], latest: str) -> Iterator[Found]:
    for thing, words in held.items():
        if thing.several and MORE_THAN_ONE.search(latest):
            continue
        sentence = next((one for one in requests if _wants(one, thing)), None)
        if sentence is not None:
            what = f"The agent asked for the {thing.name}, {quoted(sentence, QUOTED)}"
            told = f"{what}, although the user had given it: {quoted(words)}."
            yield Found("forgot", step.key, ASKED_AGAIN, told)


def _wants(sentence: str, thing: Thing) -> bool:
    """Whether a sentence asks for this very thing, plainly."""
    request = REQUESTS.search(sentence)
    if request is None or OTHERWISE.search(sentence):
        return False
    called = thing.called.search(sentence, request.end())
    condition = SUPPOSED.search(sentence[: request.start()])
    return called is not None and called.start() - request.end() <= NEAR and (asks(sentence) or condition is None)


def _says_so(step: StepFacts) -> Iterator[Found]:
    told = next((one for one in GAVE_ALREADY.among(step.text) if GAVE_ALREADY.search(one)), None)
    if told is not None:
        yield Found("forgot", step.key, SAID_SO, f"The user says that they gave it already: {quoted(told, QUOTED)}.")
