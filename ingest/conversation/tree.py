"""Spans as turns: each root with what it caused, in reading order, whatever order they arrived in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ingest.conversation.joining import joined
from ingest.dialects.chat import is_tool_message
from ingest.dialects.feedback import is_carrier
from ingest.dialects.fields import Reader, Words, value_of
from ingest.dialects.messages import answered_by, given_to
from ingest.dialects.registry import FEEDBACK
from ingest.dialects.tables import Field
from ingest.dialects.values import as_json
from ingest.records import STAND_IN, LogRecord, MessageRecord, SpanRecord, is_good_time

NOT_SPEECH = ("tool", "retriever", "reranker", "guardrail", "evaluator", "embedding")


@dataclass(eq=False)
class Node:
    """A span in its tree. `agents_above` counts the agents over it; `aside`: inside a tool, where no user listens.

    `is_error` and `spoken` are kept here by whom it concerns, once they are known.
    """

    span: SpanRecord
    logs: list[LogRecord]
    words: Words
    kind: str
    children: list["Node"] = field(default_factory=list)
    has_parent: bool = False
    start: int = 0
    agents_above: int = 0
    aside: bool = False
    is_error: bool | None = None
    spoken: str | None = None

    @cached_property
    def given(self) -> list[MessageRecord]:
        """The messages it was called with."""
        return joined(given_to(self.words, self.kind, self.span, self.logs))

    @cached_property
    def answered(self) -> list[MessageRecord]:
        """The messages it answered."""
        return joined(answered_by(self.words, self.kind, self.span, self.logs))

    @property
    def is_speaker(self) -> bool:
        """An agent that no other agent called: it talks to the user."""
        return self.kind == "agent" and self.agents_above == 0 and not self.aside


@dataclass(eq=False)
class Turn:
    """One root and all below it, parents before children, earlier before later."""

    root: Node
    nodes: list[Node]


def turns_of(spans: Sequence[SpanRecord], logs: Iterable[LogRecord]) -> list[Turn]:
    """The session's turns by start. Feedback carriers are left out."""
    nodes = _nodes(_without_stand_ins(spans), logs)
    _join(nodes)
    _date(nodes)
    for node in nodes.values():
        node.children.sort(key=_order)
    return _turns(sorted(nodes.values(), key=_order))


def _without_stand_ins(spans: Sequence[SpanRecord]) -> Iterable[SpanRecord]:
    """An export may tell of a trace before its spans are here: what stands for them goes when they come."""
    told = {span.trace_id for span in spans if STAND_IN not in span.flags}
    return [span for span in spans if STAND_IN not in span.flags or span.trace_id not in told]


def _order(node: Node) -> tuple[int, str, str]:
    return node.start, node.span.trace_id, node.span.span_id


def _nodes(spans: Iterable[SpanRecord], logs: Iterable[LogRecord]) -> dict[tuple[str, str], Node]:
    by_span: dict[tuple[str, str], list[LogRecord]] = {}
    for log in sorted(logs, key=lambda log: log.time_ns):
        by_span.setdefault((log.trace_id, log.span_id), []).append(log)
    nodes = {}
    reader = Reader()
    for span in spans:
        place = (span.trace_id, span.span_id)
        beside = by_span.get(place, [])
        words = reader.words_of(span, beside)
        if FEEDBACK.isdisjoint(words.groups) or not is_carrier(span):
            nodes[place] = Node(span=span, logs=beside, words=words, kind=_kind(words))
    return nodes


def _kind(words: Words) -> str:
    """The kind as told; a span that tells none but answers with a tool's message is a tool."""
    is_tool = words.kind == "other" and is_tool_message(as_json(value_of(words, Field.OUTPUT)))
    return "tool" if is_tool else words.kind


def _join(nodes: dict[tuple[str, str], Node]) -> None:
    for node in nodes.values():
        parent = nodes.get((node.span.trace_id, node.span.parent_id))
        if parent is not None and parent is not node:
            parent.children.append(node)
            node.has_parent = True
    for node, root in _strays(nodes.values()):
        root.children.append(node)
        node.has_parent = True


def _strays(nodes: Iterable[Node]) -> list[tuple[Node, Node]]:
    """Spans whose parent was never sent, with the one root of their trace, if they happened within it."""
    roots: dict[str, list[Node]] = {}
    lost: list[Node] = []
    for node in nodes:
        if not node.span.parent_id.strip("0"):
            roots.setdefault(node.span.trace_id, []).append(node)
        elif not node.has_parent:
            lost.append(node)
    found = [(node, root) for node in lost for root in roots.get(node.span.trace_id, ())]
    return [
        (node, root) for node, root in found if len(roots[node.span.trace_id]) == 1 and _within(node.span, root.span)
    ]


def _within(span: SpanRecord, root: SpanRecord) -> bool:
    return is_good_time(root.start_ns) and root.start_ns <= span.start_ns <= root.end_ns


def _date(nodes: dict[tuple[str, str], Node]) -> None:
    """Gives a span whose clock is broken the place of what it caused, or of what caused it."""
    for node in nodes.values():
        if is_good_time(node.span.start_ns):
            node.start = node.span.start_ns
    for node in nodes.values():
        if not node.start:
            node.start = min((child.span.start_ns for child in node.children if child.start), default=0)
    for node in nodes.values():
        parent = nodes.get((node.span.trace_id, node.span.parent_id))
        if not node.start and parent is not None:
            node.start = parent.start


def _turns(ordered: list[Node]) -> list[Turn]:
    """Roots first; then whatever no root reaches, because spans name each other as parents in a circle."""
    seen: set[int] = set()
    roots = [node for node in ordered if not node.has_parent]
    turns = [Turn(node, _walk(node, seen)) for node in [*roots, *ordered] if id(node) not in seen]
    return sorted(turns, key=lambda turn: _order(turn.root))


def _walk(root: Node, seen: set[int]) -> list[Node]:
    """Parents before children, without recursion: a hostile chain may be thousands deep."""
    found = []
    stack = [root]
    seen.add(id(root))
    while stack:
        node = stack.pop()
        found.append(node)
        for child in reversed(node.children):
            if id(child) not in seen:
                seen.add(id(child))
                child.agents_above = node.agents_above + (node.kind == "agent")
                child.aside = node.aside or node.kind in NOT_SPEECH
                stack.append(child)
    return found
