"""The session stops in the middle: in a call, at a limit, in a timeout or in an error."""

from collections.abc import Iterator, Mapping

from traces.answers import any_of, clip, complaint, quoted
from traces.records import AGENT, INTERNAL, TOOL, Found, SessionFacts, StepFacts

VERSION = 3
LABELS = {"unfinished": "Unfinished"}
ABOUT = {
    "unfinished": "It ends in a call, at a limit, in a timeout or in an error.",
}
IN_CALL = 0.7
IN_USERS_CALL = 0.4
IN_ERROR = 0.85
AT_LIMIT = 0.8
LIMIT = any_of(
    r"max(?:imum)?[_ -]?(?:number of )?(?:steps|turns|iterations|tokens|retries|tool[_ ]calls|rounds)",
    r"(?:iteration|recursion|step|turn|time|token|length|budget)[_ -]?limit|context[_ -]?(?:length|window)",
    r"too[_ -]many[_ -](?:errors|steps|turns)|agent[_ -]?error|cancell?ed|interrupted|aborted",
    r"time[_ -]?d?[_ -]?out|deadline exceeded",
)
# Where senders say why a session ended.
REASON_KEYS = (
    "termination_reason",
    "finish_reason",
    "stop_reason",
    "end_reason",
    "exit_reason",
    "status_message",
)
# A call that ends a session on purpose, or whose arguments are the answer: frameworks ask for structured output so.
CLOSING_CALL = any_of(
    r"transfer|hand.?off|hand.?over|escalat|hang.?up|goodbye|end[_ -]?(?:call|chat|conversation|session)",
    r"^(?=.)(?:final|finish|done|stop|exit|complete|attempt|reply|respond|answer|submit|return|give|provide|present"
    r"|deliver|emit|format|output|structured|task|mark)?(?:[_ -]?(?:final|structured|answer|task|response|results?"
    r"|output|report"
    r"|completed?|completion|finished|done|as|to|for|the|user))*$",
    r"send[_ -]?(?:message|reply|response)|(?:final|structured|formatted)[_ -]?(?:answer|result|response|output"
    r"|report)",
)
STOPPED_WORDS = any_of(
    r"^\W*(?:agent )?stopped (?:due to|because of)",
    r"^\W*(?:sorry, )?(?:need more steps|max(?:imum)? (?:iterations|steps|turns) reached)",
)


def detect(session: SessionFacts) -> Iterator[Found]:
    """At most one finding: how the session broke off."""
    last = _last_met(session.steps)
    if last is None:
        return
    found = _at_limit(session, last) or _in_error(session, last) or _in_call(last)
    if found is not None:
        yield found


def _last_met(steps: tuple[StepFacts, ...]) -> StepFacts | None:
    """The last step that a reader meets, or a failed one after it."""
    return next((step for step in reversed(steps) if step.role != INTERNAL or step.is_error), None)


def _at_limit(session: SessionFacts, last: StepFacts) -> Found | None:
    reason = _reason(session.metadata)
    if not reason and last.role == AGENT and STOPPED_WORDS.search(last.text):
        reason = clip(last.text)
    if not reason and last.is_error and last.role != TOOL and LIMIT.search(f"{last.error_type} {last.error_message}"):
        reason = clip(last.error_message) or last.error_type
    return Found("unfinished", last.key, AT_LIMIT, f"The session was cut off: {quoted(reason)}.") if reason else None


def _reason(metadata: Mapping[str, object]) -> str:
    """Why the sender says it ended, where that is a limit; a reason such as `stop` or `user_stop` is none."""
    for key in REASON_KEYS:
        value = metadata.get(key)
        if isinstance(value, str) and (LIMIT.search(value) or value == "length"):
            return clip(value.replace("_", " "))
    return ""


def _in_error(session: SessionFacts, last: StepFacts) -> Found | None:
    said = clip(last.error_message) or complaint(last.result) or last.error_type
    if last.is_error or (last.role == TOOL and complaint(last.result)):
        where = f" in “{last.name}”" if last.name else ""
        why = f": {quoted(said)}" if said else ""
        return Found("unfinished", last.key, IN_ERROR, f"The session ends in an error{where}{why}.")
    if session.status == "error" and last.role != AGENT:
        return Found("unfinished", last.key, IN_ERROR, "The session was reported as ended in an error.")
    return None


def _in_call(last: StepFacts) -> Found | None:
    if last.role != TOOL or CLOSING_CALL.search(last.name):
        return None
    if last.by_user:
        words = f"The session ends after the user did “{last.name}”: the agent never came back to it."
        return Found("unfinished", last.key, IN_USERS_CALL, words)
    return Found(
        "unfinished",
        last.key,
        IN_CALL,
        f"The session ends in a call to “{last.name}”: the user got no answer after it.",
    )
