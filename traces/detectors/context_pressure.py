"""The model's memory runs full, or the beginning of the talk is gone from it: it forgets what was said.

Three things show it: a model says that it was given too much; a call fills most of what the model can read; a call is
given much less than the one before, though nothing was finished in between. A call is compared with the one before
it in the same turn, and the first of a turn with the first of the turn before: many agents forget the tools' answers
of a turn on purpose when it is over.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from traces.answers import any_of, clip
from traces.records import USER, Found, SessionFacts, StepFacts, Threshold
from traces.windows import window_of

VERSION = 1
LABELS = {"context_pressure": "Memory full or cut"}
ABOUT = {
    "context_pressure": "The model was given nearly all or more than it can read, or what was said before was cut.",
}
THRESHOLDS = {
    "filled": Threshold("Share of a model's window that a call may fill", 0.8, 0.3, 1.0),
    "kept": Threshold("Share of the talk that the next call must still be given", 0.6, 0.2, 0.9),
}
REFUSED = 0.9
WEAKEST, STRONGEST = 0.4, 0.8
CUT = 0.5
CUT_AT_THE_END = 0.35
# Tokens: below that nobody cuts anything, and a single long message makes a large share.
CUT_FROM = 4_000
# Anthropic's own count leaves out what came from its cache, so that a call may seem to be given nothing.
COUNTS_WITHOUT_CACHE = ("claude", "anthropic")
TOO_MUCH = any_of(
    r"(?:maximum )?context[_ ](?:length|window)|prompt is too long|input is too long|too many (?:input )?tokens",
    r"(?:exceeds?|over|beyond) the (?:model'?s )?(?:maximum )?(?:context|input token|token limit)|reduce the length",
)


def detect(session: SessionFacts, *, filled: float = 0.8, kept: float = 0.6) -> Iterator[Found]:
    """At most one finding of each sort: the first refusal, the fullest call, the first cut."""
    yield from _refused(session.steps)
    yield from _full(session.steps, filled)
    yield from _cut(session.steps, kept)


def _refused(steps: Iterable[StepFacts]) -> Iterator[Found]:
    for step in steps:
        said = step.error_message[:2000] or step.error_type
        if step.is_error and step.kind != "tool" and TOO_MUCH.search(said):
            yield Found(
                "context_pressure", step.key, REFUSED, f"The model was given more than it can read: “{clip(said)}”."
            )
            return


def _full(steps: Iterable[StepFacts], filled: float) -> Iterator[Found]:
    shares = [(share, step) for step in steps if (share := _share(step)) is not None]
    if not shares:
        return
    share, step = max(shares, key=lambda one: one[0])
    if share >= filled:
        strength = WEAKEST + (STRONGEST - WEAKEST) * min(1.0, (share - filled) / max(1 - filled, 0.01))
        words = (
            f"A call of {step.model} was given {step.tokens_in:,} tokens, {share:.0%} of the "
            f"{window_of(step.model):,} that it can read at once."
        )
        yield Found("context_pressure", step.key, round(strength, 2), words)


def _share(step: StepFacts) -> float | None:
    """How much of its window a call filled; more than all of it means that the window is another than we think."""
    window = window_of(step.model) if step.tokens_in and step.model else None
    share = step.tokens_in / window if window and step.tokens_in else None
    return share if share is not None and share <= 1 else None


def _cut(steps: Iterable[StepFacts], kept: float) -> Iterator[Found]:
    for turns in _by_caller(steps).values():
        firsts = [turn[0] for turn in turns]
        found = next((cut for calls in (*turns, firsts) for cut in _drops(calls, kept)), None)
        if found is not None:
            yield found
            return


def _by_caller(steps: Iterable[StepFacts]) -> dict[tuple[str, str], list[list[StepFacts]]]:
    """The calls of each model under each name, turn by turn: helpers are given other things than the agent."""
    found: dict[tuple[str, str], list[list[StepFacts]]] = {}
    seen: dict[tuple[str, str], int] = {}
    turn = 0
    for step in steps:
        turn += step.role == USER
        if not step.tokens_in or step.model.casefold().startswith(COUNTS_WITHOUT_CACHE):
            continue
        caller = (step.model, step.name)
        turns = found.setdefault(caller, [])
        if seen.get(caller) != turn:
            turns.append([])
            seen[caller] = turn
        turns[-1].append(step)
    return found


def _drops(calls: list[StepFacts], kept: float) -> Iterator[Found]:
    """A drop that stays: a single small call is a question of another sort."""
    given = [step.tokens_in or 0 for step in calls]
    for place, (before, after) in enumerate(pairwise(given)):
        later = given[place + 2] if place + 2 < len(given) else None
        if before < CUT_FROM or after >= kept * before or (later is not None and later >= kept * before):
            continue
        words = f"The model was given {before:,} tokens and then only {after:,}: what was said before was cut away."
        yield Found("context_pressure", calls[place + 1].key, CUT_AT_THE_END if later is None else CUT, words)
