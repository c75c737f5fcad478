"""A session's steps as a pure function of all its spans and logs: any order, any repetition, the same steps."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ingest.conversation.calls import Calls
from ingest.conversation.offers import tools_of
from ingest.conversation.prompts import prompts_of
from ingest.conversation.speech import Listener, speakers
from ingest.conversation.steps import step_of
from ingest.conversation.stitching import session_of_trace, sessions_ended
from ingest.conversation.summary import summarise
from ingest.conversation.totals import NOTHING, Usage, usages
from ingest.conversation.tree import Node, Turn, turns_of
from ingest.dialects.fields import session_of
from ingest.records import LogRecord, MessageRecord, SessionRecord, SpanRecord, StepRecord, moment

__all__ = ["read_session", "session_of_trace", "sessions_ended"]

OTHER_SESSION = "other_session"


def read_session(external_id: str, spans: Sequence[SpanRecord], logs: Iterable[LogRecord]) -> SessionRecord:
    """The whole session. Deterministic: nothing in it depends on when or how often something arrived."""
    logs = list(logs)
    turns = turns_of(spans, logs)
    reader = _Reader(external_id, turns)
    steps = [step for turn in turns for step in reader.steps_of(turn)]
    told = tuple(_distinct(steps))
    summary = summarise(external_id, turns, told, logs)
    return replace(summary, tools=tools_of(turns), prompts=prompts_of(turns, told))


class _Reader:
    """Reads turn after turn; what was heard in one is history in the next."""

    def __init__(self, external_id: str, turns: Sequence[Turn]) -> None:
        self.external_id = external_id
        self.listener = Listener(turns)
        self.calls = Calls(turns)

    def steps_of(self, turn: Turn) -> list[StepRecord]:
        """The user's words, what was done, and the agent's words last."""
        heard = self.listener.hear(turn)
        said = speakers(turn, heard)
        used = usages(turn)
        closing = _closing_words(turn, said)
        steps: list[StepRecord] = []
        for place, node in enumerate(turn.nodes):
            if id(node) in heard:
                steps += self._told_steps(heard[id(node)].node, heard[id(node)].messages)
            if not _speaks_last(node, said):
                steps.append(self._step(node, said.get(id(node)), used))
            steps += self.calls.steps_after(node)
            for agent in closing.get(place, ()):
                steps += self._told_steps(agent, self._untold(agent), name="answer")
                steps.append(_closed(self._step(agent, said[id(agent)], used), agent))
        return steps

    def _step(self, node: Node, words: str | None, used: dict[int, Usage]) -> StepRecord:
        step = step_of(node, words, used.get(id(node), NOTHING))
        said = session_of(node.words)
        if said and not self.external_id.startswith(said[: len(self.external_id)]):
            step = replace(step, flags=(*step.flags, OTHER_SESSION))
        return self.calls.completed(node, step) if node.kind == "tool" else step

    def _untold(self, agent: Node) -> list[MessageRecord]:
        """What an agent's answer tells of its own work, where nothing below it was traced."""
        return [message for message in agent.answered if message.role == "assistant" and message.calls]

    def _told_steps(self, node: Node, messages: list[MessageRecord], name: str = "user") -> list[StepRecord]:
        """Steps of what only a history tells: the user's words, and what was said and done before tracing began."""
        self.calls.learn(messages if name == "user" else node.answered)
        steps: list[StepRecord] = []
        spoken = 0
        for message in messages:
            if message.role == "user" and message.text.strip():
                steps.append(_line(node, f"user{spoken or ''}", "user", message.text.strip()))
                spoken += 1
            elif message.role == "assistant" and name == "user" and self.listener.is_unheard(message):
                steps.append(_line(node, f"said{len(steps)}", "agent", message.text.strip()))
            for call in message.calls:
                if self.calls.is_news(call):
                    steps.append(self.calls.step_of_call(node, call, f"{name}{len(steps)}:call"))
        return steps


def _line(node: Node, key: str, role: str, text: str) -> StepRecord:
    return StepRecord(
        key=f"{node.span.span_id}:{key}",
        kind=role,
        role=role,
        text=text,
        trace_id=node.span.trace_id,
        span_id=node.span.span_id,
        started_at=moment(node.span.start_ns),
    )


def _closed(step: StepRecord, agent: Node) -> StepRecord:
    """What an agent said when all below it was done: it was said at the end of its span, not at its start."""
    return replace(step, started_at=moment(agent.span.end_ns) or step.started_at)


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


def _distinct(steps: Iterable[StepRecord]) -> Iterable[StepRecord]:
    """Span ids are unique in their trace only; a key that is taken gets its trace's id in front."""
    taken: set[str] = set()
    for step in steps:
        fresh = step if step.key not in taken else replace(step, key=f"{step.trace_id}/{step.key}")
        taken.add(fresh.key)
        yield fresh
