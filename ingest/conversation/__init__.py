"""A session's steps as a pure function of all its spans and logs: any order, any repetition, the same steps."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ingest.conversation.calls import Calls
from ingest.conversation.speech import Listener, speakers
from ingest.conversation.steps import name_of, step_of
from ingest.conversation.stitching import session_of_trace
from ingest.conversation.summary import summarise
from ingest.conversation.totals import with_usage
from ingest.conversation.tree import Node, Turn, turns_of
from ingest.dialects.fields import value_of
from ingest.dialects.tables import Field
from ingest.dialects.values import as_word
from ingest.records import LogRecord, SessionRecord, SpanRecord, StepRecord, moment

__all__ = ["read_session", "session_of_trace"]


def read_session(external_id: str, spans: Sequence[SpanRecord], logs: Iterable[LogRecord]) -> SessionRecord:
    """The whole session. Deterministic: nothing in it depends on when or how often something arrived."""
    logs = list(logs)
    turns = turns_of(spans, logs)
    listener = Listener()
    calls = Calls(turns)
    steps = [step for turn in turns for step in _turn_steps(turn, listener, calls)]
    return summarise(external_id, turns, tuple(_distinct(with_usage(steps, turns))), logs)


def _turn_steps(turn: Turn, listener: Listener, calls: Calls) -> list[StepRecord]:
    """The user's words, what was done, and the agent's words last."""
    heard = listener.hear(turn)
    said = speakers(turn, heard)
    tools = _tools(turn)
    closing = _closing_words(turn, said)
    steps: list[StepRecord] = []
    for place, node in enumerate(turn.nodes):
        steps += _user_steps(node, heard.get(id(node), []))
        if not _speaks_last(node, said):
            steps.append(step_of(node, node.span.span_id, said.get(id(node))))
        steps += calls.steps_after(node, tools)
        steps += [_closing_step(agent, said[id(agent)]) for agent in closing.get(place, ())]
    return steps


def _closing_step(agent: Node, words: str) -> StepRecord:
    """What an agent said when all below it was done: it was said at the end of its span, not at its start."""
    step = step_of(agent, agent.span.span_id, words)
    return replace(step, started_at=moment(agent.span.end_ns) or step.started_at)


def _tools(turn: Turn) -> set[str]:
    """Ids and names of the tools that have spans in this turn."""
    nodes = [node for node in turn.nodes if node.kind == "tool"]
    ids = {as_word(value_of(node.words, Field.CALL_ID)) for node in nodes}
    return (ids | {name_of(node) for node in nodes}) - {""}


def _speaks_last(node: Node, said: dict[int, str]) -> bool:
    return node.kind != "llm" and id(node) in said


def _closing_words(turn: Turn, said: dict[int, str]) -> dict[int, list[Node]]:
    """The agents to be heard after the node at each place, which is the last one below them; inner agents first."""
    places = {id(node): place for place, node in enumerate(turn.nodes)}
    found: dict[int, list[Node]] = {}
    for node in reversed(turn.nodes):
        if _speaks_last(node, said):
            found.setdefault(places[id(_last_below(node, places))], []).append(node)
    return found


def _last_below(node: Node, places: dict[int, int]) -> Node:
    """The last descendant; in a circle of parents, the last one that stands after."""
    last = node
    while last.children and places.get(id(last.children[-1]), -1) > places[id(last)]:
        last = last.children[-1]
    return last


def _user_steps(node: Node, words: list[str]) -> list[StepRecord]:
    return [
        StepRecord(
            key=f"{node.span.span_id}:user{index or ''}",
            kind="user",
            role="user",
            text=text,
            trace_id=node.span.trace_id,
            span_id=node.span.span_id,
            started_at=moment(node.span.start_ns),
        )
        for index, text in enumerate(words)
    ]


def _distinct(steps: Iterable[StepRecord]) -> Iterable[StepRecord]:
    """Span ids are unique in their trace only; a key that is taken gets its trace's id in front."""
    taken: set[str] = set()
    for step in steps:
        fresh = step if step.key not in taken else replace(step, key=f"{step.trace_id}/{step.key}")
        taken.add(fresh.key)
        yield fresh
