"""The agent declines to do what it was asked, or says that it cannot do it."""

from collections.abc import Iterator

from traces.answers import quoted
from traces.records import AGENT, USER, Found, SessionFacts
from traces.speech import Phrases, asks

VERSION = 2
LABELS = {"refused": "Agent declined"}
ABOUT = {
    "refused": "The agent declined what it was asked, or said that it cannot do it.",
}
DECLINED = 0.5
CANNOT = 0.3
QUOTED = 160
DECLINES = Phrases(
    r"\b(?:i|we)(?:'m| am|'re| are) (?:sorry,? but )?(?:not able|unable) to (?:help|assist|do (?:that|this)|comply"
    r"|fulfil|discuss"
    r"|provide|answer|accommodate|process|proceed)",
    r"\b(?:i|we) (?:can't|cannot|can not|won't|will not|must decline to|have to decline"
    r"|am afraid i can't) (?:be able to )?"
    r"(?:help|assist|do (?:that|this)|comply|fulfil|discuss|provide|answer|accommodate|share|give|write|create"
    r"|support)",
    r"\b(?:i|we) (?:must|have to|need to) (?:respectfully )?(?:decline|refuse)\b|\bi(?:'m| am) not (?:allowed"
    r"|permitted|authori[sz]ed)\b",
    r"\b(?:against|outside|beyond|violates?) (?:of )?(?:my|our|the) (?:policy|policies|guidelines|scope|capabilities"
    r"|terms)\b",
    r"\b(?:kann|darf) ich (?:ihnen |dir |dabei |das )*(?:leider )?nicht (?:helfen|weiterhelfen|tun|beantworten"
    r"|anbieten)\b",
    r"\bich (?:kann|darf) (?:ihnen |dir |das |dabei |diese \w+ |ihre \w+ )*(?:leider )?nicht\b",
    r"\bno puedo (?:ayudar\w*|asistir\w*|hacer|proporcionar|responder|realizar|procesar|compartir)\b",
    r"\bno (?:me es|nos es|es) posible (?:ayudar\w*|realizar|procesar|hacer|cancelar|cambiar|ofrecer)\b",
    r"\bje ne (?:peux|suis) (?:malheureusement )?pas (?:en mesure |vous |autorisée? |de |à )*"
    r"(?:aider|faire|fournir|répondre|traiter|effectuer|procéder|annuler|partager)",
    r"\bnon posso (?:aiutar\w*|fornire|procedere)|\bnão posso (?:ajudar|fornecer)|\bkan ik (?:u |je )?niet helpen\b",
)
SELF_CANNOT = Phrases(
    r"\b(?:i|we)(?:'m| am|'re| are) (?:currently )?(?:not able|unable) to (?!find|locate|see|access|verify|tell|hear"
    r"|reach|say)\w+",
    r"\b(?:i|we) (?:can't|cannot|can not) (?!find|locate|see|access|verify|tell|hear|reach|say|wait|thank|imagine"
    r"|guarantee|be)\w+",
    r"\b(?:no (?:se puede|es posible)|nicht möglich|ist leider nicht|n'est pas possible|ce n'est pas possible)\b",
)
IS_IMPOSSIBLE = Phrases(
    r"\b(?:that|this|it|which|they|tickets?|orders?|reservations?|changes?|refunds?|flights?|bookings?|items?|plans?"
    r"|accounts?)"
    r" (?:\w+ ){0,4}(?:cannot|can't|can not|may not) be (?!found|sure|certain)\w+",
    r"\b(?:is|are|was|were) not (?:eligible|permitted|allowed|possible|refundable|covered)\b|\bnot eligible (?:for"
    r"|to)\b",
    r"\b(?:our|the|company|airline|store) polic(?:y|ies) (?:\w+ ){0,4}(?:does not|doesn't|do not|don't|prohibits?"
    r"|forbids?)\b",
)
SAYS_SO = Phrases(*(one.pattern.pattern for one in (DECLINES, SELF_CANNOT, IS_IMPOSSIBLE)))
# What cannot be done is a refusal where the agent regrets it or leans on a rule, and a mere fact elsewhere.
REGRETS = Phrases(r"\b(?:unfortunately|sorry|i'm afraid|however|regret|polic(?:y|ies)|rules?|terms|therefore|so)\b")
# "If I cannot find it, I'll …" declines nothing.
SUPPOSED = Phrases(r"^\W*(?:if|in case|should|unless|wenn|falls|si)\b", r"\bwhy (?:i|we) (?:can't|cannot)\b")


def detect(session: SessionFacts) -> Iterator[Found]:
    """One finding for the first and each further message between two words of the user that declines something new."""
    told: set[str] = set()
    asked = False
    for step in session.steps:
        asked = asked or step.role == USER
        if step.role != AGENT or not asked:
            continue
        strength, sentence = max(map(_refusal, SAYS_SO.among(step.text)), default=(0.0, ""), key=lambda one: one[0])
        if strength and sentence not in told:
            told.add(sentence)
            yield Found("refused", step.key, strength, f"The agent declined: {quoted(sentence, QUOTED)}.")


def _refusal(sentence: str) -> tuple[float, str]:
    if asks(sentence) or SUPPOSED.search(sentence):
        return 0.0, sentence
    levels = ((DECLINED, DECLINES), (CANNOT, SELF_CANNOT))
    strength = next((level for level, pattern in levels if pattern.search(sentence)), 0.0)
    return strength or (CANNOT if IS_IMPOSSIBLE.search(sentence) and REGRETS.search(sentence) else 0.0), sentence
