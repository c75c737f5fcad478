"""Tokens and cost, each counted once: agents repeat the sums of their models, and clients wrap clients."""

from collections.abc import Iterable
from dataclasses import replace

from ingest.conversation.steps import usage_of
from ingest.conversation.tree import Node, Turn
from ingest.records import StepRecord

COUNTING = ("llm", "embedding", "reranker")
Usage = tuple[int | None, int | None, float | None]
NOTHING: Usage = (None, None, None)


def with_usage(steps: Iterable[StepRecord], turns: Iterable[Turn]) -> list[StepRecord]:
    """The steps with usage on exactly those whose sum is the session's."""
    usage = {key: value for turn in turns for key, value in _usage(turn).items()}
    return [_used(step, usage.get((step.trace_id, step.key), NOTHING)) for step in steps]


def _used(step: StepRecord, usage: Usage) -> StepRecord:
    return step if usage == NOTHING else replace(step, tokens_in=usage[0], tokens_out=usage[1], cost_usd=usage[2])


def _usage(turn: Turn) -> dict[tuple[str, str], Usage]:
    """Model calls that call no other model; where none of them tells, the outermost span that does."""
    told: dict[tuple[str, str], Usage] = {}
    counted: set[int] = set()
    for node in reversed(turn.nodes):  # children come before their parents this way
        below = any(id(child) in counted for child in node.children)
        usage = usage_of(node) if node.kind in COUNTING and not below else NOTHING
        if usage != NOTHING:
            told[_place(node)] = usage
        if below or usage != NOTHING:
            counted.add(id(node))
    return told or _outermost(turn)


def _outermost(turn: Turn) -> dict[tuple[str, str], Usage]:
    for node in turn.nodes:
        usage = usage_of(node)
        if usage != NOTHING:
            return {_place(node): usage}
    return {}


def _place(node: Node) -> tuple[str, str]:
    return node.span.trace_id, node.span.span_id
