"""The model's memory runs full, or the beginning of the talk is gone from it: it forgets what was said.

Three things show it: a model says that it was given too much; a call fills most of what the model can read; a call is
given much less than the one before, though nothing was finished in between. A call is compared with the one before
it in the same turn, and the first of a turn with the first of the turn before: many agents forget the tools' answers
of a turn on purpose when it is over.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from traces.answers import any_of, quoted
from traces.records import USER, Found, SessionFacts, StepFacts, Threshold
from traces.windows import tokens_given, window_of

VERSION = 2
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
# Anthropic's own count leaves out what came from its cache: where the sender does not tell that either, a call may
# seem to be given nothing.
COUNTS_WITHOUT_CACHE = ("claude", "anthropic")
TOO_MUCH = any_of(
    r"(?:maximum )?context[_ ](?:length|window)|prompt is too long|input is too long|too many (?:input )?tokens",
    r"(?:exceeds?|over|beyond) the (?:model'?s )?(?:maximum )?(?:context|input token|token limit)|reduce the length",
)


class Call(NamedTuple):
    """A model call, the tokens that it was given, and how many messages of the user came before it."""

    step: StepFacts
    given: int
    turn: int


def detect(session: SessionFacts, *, filled: float = 0.8, kept: float = 0.6) -> Iterator[Found]:
    """At most one finding of each sort: the first refusal, the fullest call, the first cut."""
    calls = _calls(session.steps)
    yield from _refused(session.steps)
    yield from _full(calls, filled)
    yield from _cut(calls, kept)


def _calls(steps: Sequence[StepFacts]) -> list[Call]:
    turns = accumulate(int(step.role == USER) for step in steps)
    told = zip(steps, tokens_given(steps), turns, strict=True)
    return [Call(step, given, turn) for step, given, turn in told if given]


def _refused(steps: Iterable[StepFacts]) -> Iterator[Found]:
    for step in steps:
        said = step.error_message[:2000] or step.error_type
        if step.is_error and step.kind != "tool" and TOO_MUCH.search(said):
            yield Found(
                "context_pressure", step.key, REFUSED, f"The model was given more than it can read: {quoted(said)}."
            )
            return


def _full(calls: Iterable[Call], filled: float) -> Iterator[Found]:
    shares = [(share, call) for call in calls if (share := _share(call)) is not None]
    if not shares:
        return
    share, call = max(shares, key=lambda one: one[0])
    if share >= filled:
        strength = WEAKEST + (STRONGEST - WEAKEST) * min(1.0, (share - filled) / max(1 - filled, 0.01))
        words = (
            f"A call of {call.step.model} was given {call.given:,} tokens, {share:.0%} of the "
            f"{window_of(call.step.model):,} that it can read at once."
        )
        yield Found("context_pressure", call.step.key, round(strength, 2), words)


def _share(call: Call) -> float | None:
    """How much of its window a call filled; more than all of it means that the window is another than we think."""
    window = window_of(call.step.model) if call.step.model else None
    share = call.given / window if window else None
    return share if share is not None and share <= 1 else None


def _cut(calls: Iterable[Call], kept: float) -> Iterator[Found]:
    for turns in _by_caller(calls):
        firsts = [turn[0] for turn in turns]
        found = next((cut for few in (*turns, firsts) for cut in _drops(few, kept)), None)
        if found is not None:
            yield found
            return


def _by_caller(calls: Iterable[Call]) -> Iterator[list[list[Call]]]:
    """The calls of each model under each name, turn by turn: helpers are given other things than the agent."""
    callers: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in calls:
        callers[call.step.model, call.step.name].append(call)
    for of_one in callers.values():
        if not _hides_cache([call.step for call in of_one]):
            yield [list(turn) for _, turn in groupby(of_one, key=lambda call: call.turn)]


def _hides_cache(calls: Sequence[StepFacts]) -> bool:
    """Whether the calls of a model may have been given more than is told: what is read from a cache was once written.

    Providers put names before the model's own: `us.anthropic.claude-sonnet-4-5`.
    """
    tells = any(call.tokens_cache_write is not None for call in calls)
    return not tells and any(maker in calls[0].model.casefold() for maker in COUNTS_WITHOUT_CACHE)


def _drops(calls: list[Call], kept: float) -> Iterator[Found]:
    """A drop that stays: a single small call is a question of another sort."""
    given = [call.given for call in calls]
    for place, (before, after) in enumerate(pairwise(given)):
        later = given[place + 2] if place + 2 < len(given) else None
        if before < CUT_FROM or after >= kept * before or (later is not None and later >= kept * before):
            continue
        words = f"The model was given {before:,} tokens and then only {after:,}: what was said before was cut away."
        yield Found("context_pressure", calls[place + 1].step.key, CUT_AT_THE_END if later is None else CUT, words)
