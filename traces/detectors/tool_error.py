"""A tool call failed: what sort of failure, in words for someone who never saw the tool."""

from collections.abc import Iterator

from traces.answers import any_of, clip, complaint, quoted, unquoted
from traces.records import TOOL, Found, SessionFacts, StepFacts

VERSION = 3
LABELS = {"tool_error": "Tool error"}
ABOUT = {
    "tool_error": "A tool call failed, by its status or by what it answered.",
}
STRENGTH = 0.5
BY_USER = 0.2
OTHER = "other"
READ = 2000  # characters: what failed stands in front

RATE_LIMIT, AUTH, NETWORK, SCHEMA = "rate limit", "auth", "network", "schema"
NOT_FOUND, INVALID_CALL = "not found", "invalid call"
CLASSES = (AUTH, SCHEMA, NETWORK, RATE_LIMIT, NOT_FOUND, INVALID_CALL, OTHER)


def _status(codes: str) -> str:
    """An HTTP status where one is meant: at the beginning, or after a word for it. Orders have numbers, too."""
    return rf"(?:^\W*|\b(?:http[s/\d.]*|status|code|error|response|returned|with|got)\b\W{{0,4}})(?:{codes})\b"


# The first rule whose pattern is found in the words or the type names the failure: the order is part of the meaning.
RULES = (
    (
        INVALID_CALL,
        any_of(
            r"(?:unknown|no such|undefined) (?:tool|function)\b",
            r"\b(?:tool|function)\b.{0,60}\bnot.?(?:found|exist)",
        ),
    ),
    (
        RATE_LIMIT,
        any_of(
            _status("429|529") + r"|rate.?limit|too many requests|throttl|overloaded|slow.?down",
            r"quota|resource.?exhausted|throughput.?exceeded|requests?[ _]?(?:limit|rate)\b|request_limit",
        ),
    ),
    (
        SCHEMA,
        any_of(
            r"schema|json.?(?:decode|parse)|json (?:input|at position)|malformed|well-formed|parseerror|unmarshal",
            r"validation.?error|unprocessable|required property|input syntax|looking for beginning of value",
            _status("422") + r"|(?:key|index|attribute|decode)error|cannot read propert|of undefined|nonetype",
            r"(?:cannot|could not|failed to|unable to|can'?t) (?:parse|decode|deserial|query field)",
            r"\b(?:unexpected|missing|unknown|no such) (?:field|key|property|column)\b|unexpected token",
            r"\b(?:column|relation|table|field) \S{1,80} (?:does ?n[o']t|does not) exist",
        ),
    ),
    (
        AUTH,
        any_of(
            _status("40[137]") + r"|unauthori[sz]ed|unauthenticated|authenticat|forbidden|jwt (?:expired|malformed)",
            r"(?:permission|access).?denied|not authori[sz]ed|not allowed to access|missing.scope|not_authed",
            r"insufficient.(?:\w+ )?(?:scope|permission|privilege)",
            r"not have (?:\w+ ){0,3}(?:permission|access|rights?)\b",
            r"(?:token|session|credential|api.?key|password|certificate)s? (?:\w+ ){0,6}"
            r"(?:expired|revoked|missing|wrong)",
            r"(?:security|access|bearer|refresh|auth\w*) token (?:\w+ ){0,6}invalid|expiredtoken|tokenexpired",
            r"(?:invalid|expired|missing|revoked|bad|incorrect) (?:\w+ )?"
            r"(?:token|credential|api.?key|signature|password)",
            r"invalid_(?:auth|grant|token|client)|signaturedoesnotmatch|unrecognizedclient",
        ),
    ),
    (
        NETWORK,
        any_of(
            _status("408|50[234]|52[0-7]") + r"|timeout|timed[ _-]out|time[ -]out\b|deadline.?exceeded|bad gateway",
            r"connection ?(?:\w+ ){0,2}(?:refused|reset|closed|aborted|lost|fail\w*|error|dropped|terminated)",
            r"(?:could not|cannot|can'?t|failed to|unable to) connect\b|clos\w+ the connection",
            r"connect error|retries exceeded",
            r"network(?:error| error| is unreachable| failure| issue| request)|unreachable|\bdns\b|name resolution",
            r"\be(?:conn\w+|notfound|pipe|ai_again)\b|socket (?:hang|clos|error)|fetch failed",
            r"broken ?pipe|err_internet",
            r"certificate verify|\bssl|\btls\b|code = unavailable",
            r"(?:service|server|host|upstream|gateway)\b.{0,20}\b(?:unavailable|down|offline)",
        ),
    ),
    (
        NOT_FOUND,
        any_of(
            _status("404|410") + r"|\bnot.?found|no such|does ?n[o']t exist|does not exist|\bno rows\b",
            r"\b(?:no|unknown) (?:matching )?(?:record|user|order|customer|match|id|result|reservation|booking|item)",
            r"(?:could not|couldn't|cannot|can't|unable to) (?:find|locate)|\bthere (?:is|are) no\b",
        ),
    ),
    (
        INVALID_CALL,
        any_of(
            _status("40[059]") + r"|invalid|illegal|bad request|typeerror|valueerror|precondition|conflict|duplicate",
            r"(?:missing|required|unexpected|unknown) (?:\w+ ){0,3}(?:argument|param|keyword|field)",
            r"must (?:be|not)|should (?:be|match|not)|does not (?:match|add up)|cannot be|syntax error|declined",
            r"not (?:allowed|enough|available|supported)|already (?:been|exist|refunded|cancel)",
            r"(?:above|over|exceeds?|beyond) (?:the |your |my )?(?:\w+ )?(?:limit|maximum)\b",
            r"out of range|too (?:large|long|many)\b",
        ),
    ),
)
EXPLANATIONS = {
    RATE_LIMIT: "“{tool}” was asked too often and refused",
    AUTH: "“{tool}” refused access",
    NETWORK: "“{tool}” could not be reached or did not answer in time",
    SCHEMA: "“{tool}” got or gave data in a form that was not expected",
    NOT_FOUND: "“{tool}” did not find what it was asked for",
    INVALID_CALL: "“{tool}” could not be used in this way",
    OTHER: "“{tool}” failed",
}


def detect(session: SessionFacts) -> Iterator[Found]:
    """One finding for each call that failed, whether its status or only its answer says so."""
    for step in session.steps:
        if step.role == TOOL and (step.is_error or complaint(step.result)):
            strength = BY_USER if step.by_user else STRENGTH
            yield Found("tool_error", step.key, strength, sentence(step), detail=classify(step))


def evidence(step: StepFacts) -> str:
    """The words in which a failed call says so; "" where there are none."""
    return clip(unquoted(step.error_message)) or complaint(step.result) or clip(step.result) or clip(step.error_type)


def classify(step: StepFacts) -> str:
    """Of what sort a failed call is: one of CLASSES."""
    texts = (step.error_message, complaint(step.result) or step.result, step.error_type)
    said = (text[:READ] for text in texts if text)
    return next((name for text in said for name, pattern in RULES if pattern.search(text)), OTHER)


def sentence(step: StepFacts) -> str:
    """What happened, for a domain expert, with the evidence quoted."""
    said = evidence(step)
    what = EXPLANATIONS[classify(step)].format(tool=step.name or "a tool")
    return f"{what}: {quoted(said)}." if said else f"{what}, and gave no reason."
