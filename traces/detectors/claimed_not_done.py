"""The agent says that it did something, or will at once, and no call that could have done it stands there.

Or it writes a call down as words, which does nothing. A call counts as doing unless its name clearly only reads: of
tools with opaque names nothing is claimed here. What the agent merely reports ("your order has been shipped", as a
look-up said) is no claim of its own.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from traces.answers import any_of, clip, quoted
from traces.records import AGENT, TOOL, USER, Found, SessionFacts, StepFacts
from traces.speech import (
    ASKS_LEAVE,
    CONDITION,
    NEGATION,
    Phrases,
    agrees,
    asks,
    heard,
    is_deed,
    is_speech,
    worked,
)

VERSION = 2
LABELS = {"claimed_not_done": "Said, but not done"}
ABOUT = {
    "claimed_not_done": "The agent said that it did something, or would do it at once, and no successful call did it.",
}
QUOTED = 140
# So short a sentence says little: the whole message is quoted.
TERSE = 30
# With a failed attempt before it; with look-ups alone; where no tool was used at all; after other deeds.
AFTER_FAILURE = 0.95
NOTHING_DONE = 0.9
NO_TOOLS = 0.6
NOTHING_NEW = 0.5
PROMISED = 0.5
AGREED = 0.6
WRITTEN_DOWN = 0.8
# So many answers are searched for the words of a claim, and so much of each.
ANSWERS_READ = 200
ANSWER_READ = 20_000

# Deeds in the world. Finding, checking, noting and writing a text are none.
DEED = (
    r"(?:cancell?ed|refunded|reimbursed|issued|processed|updated|changed|modified|corrected|(?:re)?booked|reserved"
    r"|(?:re)?scheduled|(?:re)?sent|e-?mailed|forwarded|(?:re)?submitted|filed|created|opened|closed|deleted|removed"
    r"|added|applied|credited|charged|transferred|escalated|(?:de|re)?activated|enabled|disabled|reset|registered"
    r"|enrolled|unsubscribed|subscribed|upgraded|downgraded|moved|switched|replaced|exchanged|renewed|extended"
    r"|(?:un)?blocked|(?:un)?locked|suspended|resumed|restored|placed|ordered|shipped|dispatched|notified|assigned"
    r"|merged|waived|redeemed|(?:un)?installed|deployed|published|uploaded|initiated|finali[sz]ed|revoked|granted)"
)
AT_ONCE = r"(?:(?:now|just|also|already|successfully|gone ahead and|went ahead and|then|officially) ){0,3}"
MINE = Phrases(
    rf"\b(?:i|we)(?:'ve| have) {AT_ONCE}(?P<en>{DEED})\b",
    rf"\b(?:i|we) (?:just|successfully|went ahead and|also) {AT_ONCE}(?P<en2>{DEED})\b",
    r"\bich habe\b[^.!?\n]{1,80}?\b(?P<de>storniert|erstattet|gebucht|umgebucht|geändert|aktualisiert|gesendet"
    r"|verschickt|gelöscht|angelegt|erstellt|überwiesen|weitergeleitet|gekündigt|veranlasst|bestellt|gesperrt)\b",
    r"(?<!\w)(?:he|hemos) (?:ya )?(?P<es>cancelado|reembolsado|reservado|actualizado|cambiado|modificado|enviado"
    r"|emitido|eliminado|creado|procesado|transferido|activado|desactivado|programado)\b",
    r"\b(?:j'ai|nous avons) (?:bien |déjà )?(?P<fr>annulé|remboursé|réservé|mis à jour|modifié|changé|envoyé|supprimé"
    r"|créé|traité|transféré|activé|désactivé|émis|programmé)(?!\w)",
)
DONE = Phrases(
    rf"\b(?:has|have) {AT_ONCE}been {AT_ONCE}(?P<en>{DEED})\b",
    rf"\b(?:is|are) now (?P<en2>{DEED})\b",
    rf"\b(?:was|were) successfully (?P<en3>{DEED})\b|\bsuccessfully (?P<en4>{DEED})\b",
    r"\bwurden? (?:\w+ ){0,3}(?P<de>storniert|erstattet|gebucht|umgebucht|geändert|aktualisiert|gesendet|verschickt"
    r"|gelöscht|angelegt|erstellt|überwiesen|gekündigt|veranlasst|gesperrt)\b",
    r"\bha(?:n)? sido (?P<es>(?:cancelad|reembolsad|reservad|actualizad|cambiad|modificad|enviad|emitid|eliminad|cread"
    r"|procesad|transferid|activad)[oa]s?)\b",
    r"\b(?:a|ont) (?:bien )?été (?P<fr>annulé|remboursé|réservé|modifié|envoyé|supprimé|créé|traité|activé|effectué)",
)
# A text is written by saying it: no call is needed for that.
WRITTEN = Phrases(
    r"\b(?:draft|paragraph|sentence|section|summary|code|script|function|snippet|essay|text|table|bullet|outline"
    r"|poem)s?\b",
    r"\b(?:below|above|here(?:'s| is| are)|as follows:?$|my (?:records|notes|understanding|answer|response))\b",
)
NOW = r"(?:now |go ahead and |proceed (?:to |with )?|begin |start |immediately |right away )"
PROMISES = Phrases(
    rf"\b(?:i|we)(?:'ll| will| am going to|'m going to) (?:{NOW}|(?:\w+ ){{1,12}}(?:now|right away|immediately)\b)",
    r"\b(?:i am|i'm|we are|we're) (?:now )?(?:processing|cancell?ing|updating|booking|issuing|submitting)\b",
    r"\b(?:let me|allow me to) (?:go ahead|proceed|process|cancel|update|book|issue|submit|check|look|pull|retrieve)\b",
    r"\b(?:one|just a|give me a) (?:moment|minute|second)\b|\bplease (?:hold|wait|bear with)\b|\bhold on\b",
    r"\bich werde (?:\w+ ){0,8}(?:jetzt|nun|sofort)\b|\beinen (?:moment|augenblick)\b",
    r"\b(?:voy a|procederé|un momento|procedo a)\b|\b(?:je vais|je procède|un instant|un moment)\b",
)
# How models write a call where the program around them does not take it for one.
CALL_IN_WORDS = any_of(
    r"\"(?:name|tool|tool_name|function|action)\"\s{0,9}:\s{0,9}\"(?P<json>[\w.:-]{1,100})\"\s{0,9},\s{0,9}"
    r"\"(?:arguments|parameters|args|input|action_input|tool_input)\"\s{0,9}:",
    r"<(?:function|tool)(?:=|_call name=\"|_call>\s{0,9}(?:<function=)?)(?P<tag>[\w.:-]{1,100})",
)
CALL_SIGNS = '"<'
WANTS_WORD = Phrases(
    r"\b(?:confirm|let me know|provide|reply|tell me|would you|do you|could you|can you)\b",
    r"\bplease (?:check|try|restart|turn|open|go to)\b|\bbestätig\w+|\b(?:geben|teilen) sie\b",
    r"\b(?:confirm[ae]\w*|indíqu\w+|proporci\w+|veuillez|pouvez-vous|souhaitez-vous)\b",
)
EXPLAINS = Phrases(
    r"\b(?:unfortunately|unable|cannot|can't|not able|not possible|sorry|apologi[sz]e|error|issue|problem|however)\b",
    r"\b(?:leider|lamentablemente|lo siento|malheureusement|désolée?)\b",
)


def detect(session: SessionFacts) -> Iterator[Found]:
    """Claims without a deed, calls in words, a promise that nothing followed, a yes after which nothing was done."""
    claims = [*_written_calls(session.steps), *_claims(session)]
    yield from claims
    if not claims:
        yield from islice(_left_undone(session.steps), 1)


def _written_calls(steps: Sequence[StepFacts]) -> Iterator[Found]:
    """Each message with a call written down that was not made as well before anybody spoke again."""
    for place, step in enumerate(steps):
        may_hold = step.role == AGENT and any(sign in step.text for sign in CALL_SIGNS)
        match = CALL_IN_WORDS.search(heard(step.text)) if may_hold else None
        if match is not None:
            name = next(said for said in match.groupdict().values() if said)
            if not any(call.name == name for call in _calls_around(steps, place)):
                words = f"The agent wrote the call “{clip(name, QUOTED)}” into its message, and it was never made."
                yield Found("claimed_not_done", step.key, WRITTEN_DOWN, words)


def _calls_around(steps: Sequence[StepFacts], place: int) -> Iterator[StepFacts]:
    """The calls between the words said before and those said after."""
    for side in (reversed(steps[:place]), steps[place + 1 :]):
        for step in side:
            if is_speech(step):
                break
            if step.role == TOOL:
                yield step


def _claims(session: SessionFacts) -> Iterator[Found]:
    """Each deed that the agent says it did, once, where nothing before it could have been that deed."""
    steps = session.steps
    claimed: set[str] = set()
    fresh = 0  # the first step after the last claim
    for place, step in enumerate(steps):
        if step.role != AGENT:
            continue
        found = _claim(step.text)
        if found is None:
            continue
        sentence, deed, is_mine = found
        if deed not in claimed and (is_mine or not _was_reported(deed, steps[:place])):
            strength, missing = _missing(session, steps[:place], steps[fresh:place], is_mine=is_mine)
            if strength:
                words = f"The agent said {quoted(sentence, QUOTED)}, but {missing}."
                yield Found("claimed_not_done", step.key, strength, words)
        claimed.add(deed)
        fresh = place + 1


def _claim(text: str) -> tuple[str, str, bool] | None:
    """The sentence, the deed in one word, and whether the agent says "I"; of a message the surest claim."""
    told = [(sentence, match) for sentence in MINE.among(text) if (match := _told(sentence, MINE))]
    if told:
        return told[0][0], _deed(told[0][1]), True
    reported = [(sentence, match) for sentence in DONE.among(text) if (match := _told(sentence, DONE))]
    return (reported[0][0], _deed(reported[0][1]), False) if reported else None


def _told(sentence: str, pattern: Phrases) -> re.Match[str] | None:
    """Where a sentence tells of a deed as a fact: not asked, denied or on a condition, and no text that it wrote."""
    match = pattern.search(sentence)
    if match is None or asks(sentence) or WRITTEN.search(sentence):
        return None
    return None if CONDITION.search(sentence[: match.start()]) or NEGATION.search(sentence[: match.end()]) else match


def _deed(match: re.Match[str]) -> str:
    return _spelt(next(said for said in match.groupdict().values() if said))


def _spelt(text: str) -> str:
    """Small, and canceled as cancelled."""
    return text.casefold().replace("ll", "l")


def _was_reported(deed: str, before: Sequence[StepFacts]) -> bool:
    """Whether a tool's answer or the user spoke of it: then the agent only passes it on."""
    read = (step for step in reversed(before) if step.role in {TOOL, USER})
    return any(
        deed in _spelt(f"{step.text[:ANSWER_READ]} {step.result[:ANSWER_READ]}") for step in islice(read, ANSWERS_READ)
    )


def _missing(
    session: SessionFacts, before: Sequence[StepFacts], since: Sequence[StepFacts], *, is_mine: bool
) -> tuple[float, str]:
    """How strong the case is and what is missing; 0 where a call may have done it."""
    calls = [step for step in before if step.role == TOOL]
    deeds = [step for step in calls if is_deed(step)]
    done = [step for step in deeds if worked(step)]
    if done:
        new = any(step in done for step in since)
        # A deed may be spoken of twice, and by other words: only the agent's own "I" is taken at its word.
        return (NOTHING_NEW, "nothing was done since it last reported") if is_mine and not new else (0.0, "")
    if deeds:
        return AFTER_FAILURE, f"the only attempt, “{deeds[-1].name}”, had failed"
    if calls:
        return NOTHING_DONE, "until then it had only looked things up: nothing was changed"
    told = session.tools or any(step.role == TOOL for step in session.steps)
    return (NOTHING_DONE if told else NO_TOOLS), "it had used no tool at all"


def _left_undone(steps: Sequence[StepFacts]) -> Iterator[Found]:
    """What was promised, or agreed to, and never came."""
    last_deed = max((place for place, step in enumerate(steps) if is_deed(step)), default=-1)
    last_call = max((place for place, step in enumerate(steps) if step.role == TOOL), default=-1)
    speech = [(place, step) for place, step in enumerate(steps) if is_speech(step)]
    for number, (place, step) in enumerate(speech):
        heard_before = speech[number - 1] if number else (-1, step)
        # Who asks for patience right after doing something speaks of what was done.
        if step.role == AGENT and place > last_call and last_deed < heard_before[0] and (said := _promise(step.text)):
            promise = said if len(said) > TERSE else step.text
            words = f"The agent said {quoted(promise, QUOTED)}, but nothing was done after that."
            yield Found("claimed_not_done", step.key, PROMISED, words)
        if (
            step.role == USER
            and place > last_deed
            and (leave := _agreed_to(heard_before[1], step, speech[number + 1 :]))
        ):
            words = f"The user agreed ({quoted(step.text, 60)}) to {quoted(leave, QUOTED)}, but nothing was done."
            yield Found("claimed_not_done", step.key, AGREED, words)


def _promise(text: str) -> str:
    """The sentence that promises something at once; "" where the agent waits for the user's word first."""
    if "?" in text or WANTS_WORD.search(heard(text)):
        return ""
    told = ((sentence, PROMISES.search(sentence)) for sentence in PROMISES.among(text))
    return next((said for said, match in told if match and not CONDITION.search(said[: match.start()])), "")


def _leave(text: str) -> str:
    """The sentence in which the agent asks whether it may do something."""
    return next((sentence for sentence in reversed(ASKS_LEAVE.among(text)) if ASKS_LEAVE.search(sentence)), "")


def _agreed_to(asking: StepFacts, step: StepFacts, after: Sequence[tuple[int, StepFacts]]) -> str:
    """What the user's yes gave the agent leave for; "" where it is no such yes, or the agent's answer explains."""
    if asking.role != AGENT or not after or not agrees(step.text):
        return ""
    answer = heard(after[0][1].text)
    return "" if "?" in answer or EXPLAINS.search(answer) or WANTS_WORD.search(answer) else _leave(asking.text)
