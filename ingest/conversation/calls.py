"""Tool calls, however they are told: a model client sees call and answer but not the tool; a tool, not the call."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ingest.conversation.tree import Node, Turn
from ingest.dialects.fields import value_of
from ingest.dialects.tables import Field
from ingest.dialects.transcript import step_of_call
from ingest.dialects.values import as_word
from ingest.records import CallRecord, MessageRecord, StepRecord, moment

NAMES = {"tool": Field.TOOL_NAME, "agent": Field.WORKFLOW}


def name_of(node: Node) -> str:
    """The tool's or the agent's name, else the span's."""
    said = as_word(value_of(node.words, NAMES[node.kind])) if node.kind in NAMES else ""
    return said or node.span.name


class Calls:
    """What the spans and messages of a whole session tell about tool calls: each is one step, wherever it was told."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.answers: dict[str, MessageRecord] = {}
        self.asked: dict[str, CallRecord] = {}
        self.of_span: dict[int, str] = {}
        self.alone: dict[int, list[CallRecord]] = defaultdict(list)
        self._ids: dict[str, Node] = {}
        self._unnamed: dict[str, deque[Node]] = defaultdict(deque)
        nodes = [node for turn in turns for node in turn.nodes]
        models = [node for node in nodes if node.kind == "llm"]
        for node in models:
            self.learn(node.given)
        asked = [(node, call) for node in models for message in node.answered for call in message.calls]
        self._place_spans([node for node in nodes if node.kind == "tool"], {call.call_id for _, call in asked})
        for node, call in asked:
            if self.is_news(call):
                self.alone[id(node)].append(call)

    def learn(self, messages: Iterable[MessageRecord]) -> None:
        """Keeps the answers in a history; the first one counts."""
        for message in messages:
            if message.role == "tool" and message.call_id:
                self.answers.setdefault(message.call_id, message)

    def _place_spans(self, tools: Iterable[Node], asked: set[str]) -> None:
        """Tools whose spans bear the id of a call; the others wait, by name, for a call that has none."""
        for node in tools:
            said = as_word(value_of(node.words, Field.CALL_ID))
            if said:
                self._ids.setdefault(said, node)
                self.of_span[id(node)] = said
            if said not in asked:
                self._unnamed[name_of(node)].append(node)

    def is_news(self, call: CallRecord) -> bool:
        """Whether nothing has told this call yet. From now on something has."""
        if call.call_id in self.asked:
            return False
        self.asked[call.call_id] = call
        if call.call_id in self._ids:
            return False
        waiting = self._unnamed[call.name]
        if waiting:
            self.of_span[id(waiting.popleft())] = call.call_id
            return False
        return True

    def step_of_call(self, node: Node, call: CallRecord, key: str) -> StepRecord:
        """The step of a call that no span shows."""
        answer = self.answers.get(call.call_id)
        failed = answer is not None and answer.is_error
        return step_of_call(
            f"{node.span.span_id}:{key}",
            call,
            answer,
            failed=failed,
            trace_id=node.span.trace_id,
            span_id=node.span.span_id,
            started_at=moment(node.span.end_ns),
        )

    def steps_after(self, node: Node) -> list[StepRecord]:
        """The calls that a model asked for and that no tool span shows."""
        return [
            self.step_of_call(node, call, f"call{place}") for place, call in enumerate(self.alone.get(id(node), ()))
        ]

    def completed(self, node: Node, step: StepRecord) -> StepRecord:
        """A tool's step with what only the messages around it tell: arguments, answer, failure."""
        call_id = self.of_span.get(id(node), "")
        call, answer = self.asked.get(call_id), self.answers.get(call_id)
        if call is not None and not step.arguments.startswith("{") and call.arguments:
            step = replace(step, arguments=call.arguments)
        if answer is not None and not step.result and not step.is_error:
            failure = answer.text if answer.is_error else ""
            step = replace(step, result=answer.text, is_error=answer.is_error, error_message=failure)
        return step
