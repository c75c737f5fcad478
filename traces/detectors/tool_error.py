"""A tool call failed: what sort of failure, in words for someone who never saw the tool."""

from collections.abc import Iterator

from traces.answers import any_of, clip, complaint, unquoted
from traces.records import TOOL, Found, SessionFacts, StepFacts

VERSION = 1
LABELS = {"tool_error": "Tool error"}
STRENGTH = 0.5
BY_USER = 0.2
OTHER = "other"

# The first class whose pattern is found in the type or the words names the failure: the order is part of the meaning.
CLASSES = {
    "rate limit": any_of(
        r"\b429\b|rate.?limit|too many requests|throttl",
        r"quota|resource.?exhausted",
    ),
    "auth": any_of(
        r"\b40[13]\b|unauthori[sz]ed|unauthenticated|authenticat|forbidden",
        r"(?:permission|access).?denied|not authori[sz]ed|not allowed to access",
        r"(?:token|session|credential|api.?key|password|certificate)s? (?:\w+ )?(?:expired|revoked|missing|wrong)",
        r"(?:invalid|expired|missing|revoked|bad) (?:\w+ )?(?:token|credential|api.?key|signature)",
    ),
    "network": any_of(
        r"\b(?:408|50[234])\b|time(?:d)?.?\s?out|connection|network|unreachable|dns\b|socket|econn|name resolution",
        r"(?:service|server|host|upstream|gateway)\b.{0,20}\b(?:unavailable|down|unreachable|offline)|bad gateway",
    ),
    "schema": any_of(
        r"schema|json.?(?:decode|parse)|malformed|validation.?error|unprocessable|\b422\b|keyerror|required property",
        r"(?:cannot|could not|failed to|unable to) (?:parse|decode|deserial)",
        r"(?:unexpected|missing|unknown|no such) (?:token|field|key|property|column)",
    ),
    "not found": any_of(
        r"\b404\b|\bnot.?found|no such|does ?n[o']t exist",
        r"\b(?:no|unknown) (?:record|user|order|customer|match|id)",
    ),
    "invalid call": any_of(
        r"\b400\b|invalid|illegal|bad request|typeerror|valueerror|unknown tool|no tool named",
        r"(?:missing|required|unexpected|unknown) (?:\w+ ){0,3}(?:argument|parameter|keyword)",
        r"must (?:be|not)|should (?:be|match|not)|does not (?:match|add up)|cannot be",
        r"not (?:allowed|enough|available|supported)",
    ),
}
EXPLANATIONS = {
    "rate limit": "“{tool}” was asked too often and refused",
    "auth": "“{tool}” refused access",
    "network": "“{tool}” could not be reached or did not answer in time",
    "schema": "“{tool}” got or gave data in a form that was not expected",
    "not found": "“{tool}” did not find what it was asked for",
    "invalid call": "“{tool}” could not be used in this way",
    OTHER: "“{tool}” failed",
}


def detect(session: SessionFacts) -> Iterator[Found]:
    """One finding for each call that failed, whether its status or only its answer says so."""
    for step in session.steps:
        if step.role == TOOL and (step.is_error or complaint(step.result)):
            yield Found("tool_error", step.key, BY_USER if step.by_user else STRENGTH, sentence(step))


def evidence(step: StepFacts) -> str:
    """The words in which a failed call says so; "" where there are none."""
    return clip(unquoted(step.error_message)) or complaint(step.result) or clip(step.result) or clip(step.error_type)


def classify(step: StepFacts) -> str:
    """Of what sort a failed call is: a key of CLASSES, or OTHER."""
    for text in (step.error_message, complaint(step.result) or step.result[:2000], step.error_type):
        for name, pattern in CLASSES.items():
            if text and pattern.search(text):
                return name
    return OTHER


def sentence(step: StepFacts) -> str:
    """What happened, for a domain expert, with the evidence quoted."""
    said = evidence(step)
    what = EXPLANATIONS[classify(step)].format(tool=step.name or "a tool")
    return f"{what}: “{said}”." if said else f"{what}, and gave no reason."
