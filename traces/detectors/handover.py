"""Where a person came in, and where the agent needed a second go: hand-overs, rescues, approvals and retries.

They are rates of a workflow as much as evidence against a session, and so are weak where they are usual.
"""

from collections.abc import Iterator, Sequence

from traces.answers import arguments_line, quoted
from traces.records import AGENT, TOOL, USER, Found, SessionFacts, StepFacts
from traces.speech import ASKS_LEAVE, CONDITION, MOST_STEPS, NEGATION, Phrases, asks, hands_over, worked

VERSION = 2
LABELS = {
    "escalated": "Handed to a person",
    "manual_rescue": "Rescued by a person",
    "approval": "Asked for approval",
    "retry": "Tried again",
}
ABOUT = {
    "escalated": "It was handed to a person, by a call or by words, or the user asked for one.",
    "manual_rescue": "A person took over, or did by hand what the agent should have done.",
    "approval": "The agent asked for approval before it acted.",
    "retry": "A call that had failed was made again, with or without success.",
}
BY_TOOL = 0.5
BY_WORDS = 0.4
WANTED = 0.35
RESCUED = 0.7
APPROVAL = 0.1
IN_VAIN = 0.4
IN_THE_END = 0.2
QUOTED = 140
PERSON = (
    r"(?:human(?: agent)?|live (?:agent|person|representative)|(?:customer )?(?:service|support) (?:agent"
    r"|representative|team|specialist)"
    r"|representative|supervisor|manager|specialist|colleague|member of (?:our|the) team|real person|operator)"
)
HANDS_OVER = Phrases(
    rf"\b(?:i(?:'m| am|'ll| will|'ve| have)|we(?:'ll| will|'re| are)|let me|you (?:are being|will be"
    rf"|have been)) (?:\w+ ){{0,3}}"
    rf"(?:transferr?(?:ing|ed)?|connect(?:ing|ed)?|escalat(?:e|ing|ed)|hand(?:ing|ed)?|forward(?:ing|ed)?"
    rf"|put(?:ting)?)\b"
    rf".{{0,50}}\b{PERSON}\b",
    r"\b(?:ich verbinde|ich leite|sie werden) .{0,40}\b(?:mitarbeiter\w*|kolleg\w*|menschen|kundendienst)\b",
    r"\b(?:le |lo |la )?(?:transfiero|transferiré|paso|comunico|conecto) (?:\w+ ){0,3}(?:agente|persona|humano"
    r"|representante|compañer\w)\b",
    r"\bje vous (?:transfère|mets en relation|passe) .{0,30}\b(?:agent|conseiller|collègue|humain|responsable)\b",
)
WANTS_PERSON = Phrases(
    rf"\b(?:speak|talk|chat|connect(?:ed)?|transfer(?:red)?|put) (?:me )?(?:\w+ )?(?:to|with|through to) (?:a |an "
    rf"|the |your )?(?:\w+ )?{PERSON}\b",
    rf"\b(?:get|want|need|give|find) (?:me )?(?:a |an |your )?(?:\w+ )?{PERSON}\b|^\W*(?:human|agent|representative"
    rf"|operator)\W*$",
    r"\b(?:mit einem (?:menschen|mitarbeiter|kollegen)|einen (?:menschen|mitarbeiter)) (?:sprechen|reden|verbinden)?",
    r"\b(?:hablar con|páseme con|quiero) (?:un |una )?(?:persona|humano|agente|operador|supervisor)\w*\b",
    r"\bparler (?:à|avec) (?:un |une |quelqu'un)(?:\w+ )?(?:personne|humain|conseiller|agent|responsable)?\b",
)
TAKES_OVER = Phrases(
    r"\b(?:this is|i'm|i am|my name is) \w+(?: \w+)?,? (?:from|with|at|of) (?:the |our )?(?:\w+ )?(?:support|service"
    r"|billing|care|operations|human)"
    r" ?(?:team|desk|department|staff)?\b.{0,80}\b(?:taking over|took over|take (?:it )?(?:over|from here)"
    r"|look(?:ing|ed) into|step(?:ping|ped) in)\b",
    r"\b(?:i(?:'m| am|'ve| have)|i) (?:now )?(?:taking|taken|took) over (?:from|for) (?:the|our) (?:\w+ )?(?:bot|ai"
    r"|assistant|agent|chatbot)\b",
    r"\b(?:a|our|the) (?:human agent|colleague|operator|representative|support team) (?:has )?(?:joined|took over"
    r"|taken over|entered)\b",
    r"\b(?:done|fixed|corrected|processed|handled|completed|cancelled|refunded|updated|overridden) (?:it |this "
    r"|that )?(?:manually|by hand)\b",
    r"\bmanual(?:ly)? (?:override|overrode|overridden|intervention|takeover|took over|corrected by)\b",
    r"\b(?:manuell|von hand) (?:korrigiert|erledigt|storniert|nachgebucht|übernommen)\b|\b(?:hecho|corregido"
    r"|procesado) (?:manualmente|a mano)\b",
    r"\b(?:corrigé|traité|fait|annulé) (?:manuellement|à la main)\b",
)
RESCUE_EVENT = Phrases(
    r"human[_\- ]?(?:takeover|took|joined|override|intervention|correction)|manual[_\- ]?(?:override|rescue"
    r"|takeover)|takeover"
)
APPROVAL_NAME = Phrases(
    r"(?:ask|request|get|await|wait).{0,8}(?:approval|confirmation|permission|consent)|human.?(?:input|approval"
    r"|review)|approval"
)


def detect(session: SessionFacts) -> Iterator[Found]:
    """At most one `escalated` and one `approval`, one `manual_rescue`, and one `retry` for each tool tried again."""
    steps = session.steps
    for found in (_escalated(steps), _rescued(steps), _approval(steps)):
        if found is not None:
            yield found
    yield from _retries(steps)


def _escalated(steps: Sequence[StepFacts]) -> Found | None:
    """By a call that went through, else by words, else the user's wish for a person."""
    call = next((step for step in steps if step.role == TOOL and hands_over(step.name) and worked(step)), None)
    if call is not None:
        why = arguments_line(call.arguments, 100)
        return Found(
            "escalated", call.key, BY_TOOL, f"The agent handed the session to a person{f': “{why}”' if why else ''}."
        )
    said = _first(steps, AGENT, HANDS_OVER)
    if said is not None:
        return Found(
            "escalated",
            said[0].key,
            BY_WORDS,
            f"The agent said that it hands over to a person: {quoted(said[1], QUOTED)}.",
        )
    wanted = _first(steps, USER, WANTS_PERSON)
    if wanted is None:
        return None
    return Found("escalated", wanted[0].key, WANTED, f"The user asked for a person: {quoted(wanted[1], QUOTED)}.")


def _first(steps: Sequence[StepFacts], role: str, pattern: Phrases) -> tuple[StepFacts, str] | None:
    """The first step of one side with a sentence that says it plainly, and that sentence."""
    for step in steps[:MOST_STEPS]:
        if step.role == role:
            for sentence in pattern.among(step.text):
                if _says(sentence, pattern, may_ask=role == USER):
                    return step, sentence
    return None


def _says(sentence: str, pattern: Phrases, *, may_ask: bool) -> bool:
    match = pattern.search(sentence)
    if match is None or (asks(sentence) and not may_ask):
        return False
    before = sentence[: match.start()]
    return not NEGATION.search(before) and (may_ask or not CONDITION.search(before))


def _rescued(steps: Sequence[StepFacts]) -> Found | None:
    """A person who took over, by what is said or by an event that says so."""
    event = next(
        (step for step in steps if step.role not in {USER, AGENT} and RESCUE_EVENT.search(step.name[:200])), None
    )
    if event is not None:
        return Found("manual_rescue", event.key, RESCUED, f"A person took over: “{event.name}”.")
    said = _first(steps, AGENT, TAKES_OVER)
    return (
        None
        if said is None
        else Found("manual_rescue", said[0].key, RESCUED, f"A person took over: {quoted(said[1], QUOTED)}.")
    )


def _approval(steps: Sequence[StepFacts]) -> Found | None:
    call = next((step for step in steps if step.role == TOOL and APPROVAL_NAME.search(step.name)), None)
    if call is not None:
        return Found("approval", call.key, APPROVAL, f"The agent asked for approval with “{call.name}”.")
    for step in steps[:MOST_STEPS]:
        said = (
            next((one for one in ASKS_LEAVE.among(step.text) if ASKS_LEAVE.search(one)), None)
            if step.role == AGENT
            else None
        )
        if said is not None:
            return Found("approval", step.key, APPROVAL, f"The agent asked for approval: {quoted(said, QUOTED)}.")
    return None


def _retries(steps: Sequence[StepFacts]) -> Iterator[Found]:
    """Each tool that was called again after it had failed, until the user said something, and with what luck."""
    failed: set[str] = set()
    again: dict[str, list[StepFacts]] = {}
    for step in steps:
        if step.role == USER:
            yield from _told_retries(again)
            failed, again = set(), {}
        elif step.role == TOOL and not step.by_user:
            if step.name in failed:
                again.setdefault(step.name, []).append(step)
            failed = failed - {step.name} if worked(step) else failed | {step.name}
    yield from _told_retries(again)


def _told_retries(again: dict[str, list[StepFacts]]) -> Iterator[Found]:
    for name, calls in again.items():
        often = "once more" if len(calls) == 1 else f"{len(calls)} more times"
        luck = any(worked(call) for call in calls)
        ended = "which worked in the end" if luck else "which never worked"
        words = f"“{name or 'A tool'}” failed and was called {often}, {ended}."
        yield Found("retry", calls[0].key, IN_THE_END if luck else IN_VAIN, words)
