"""Tool calls that only messages know of: an instrumented model client sees call and answer, but not the tool."""

from collections.abc import Iterable

from ingest.conversation.tree import Node, Turn
from ingest.records import CallRecord, StepRecord, moment


class Calls:
    """What the spans and messages of a whole session tell about tool calls."""

    def __init__(self, turns: Iterable[Turn]) -> None:
        self.answers: dict[str, str] = {}
        self.failed: set[str] = set()
        self.shown: set[str] = set()
        for turn in turns:
            for node in turn.nodes:
                self._learn(node)

    def _learn(self, node: Node) -> None:
        for message in node.given if node.kind == "llm" else ():
            if message.role == "tool" and message.call_id:
                self.answers.setdefault(message.call_id, message.text)
                self.failed |= {message.call_id} if message.is_error else set()

    def steps_after(self, node: Node, tools: set[str]) -> list[StepRecord]:
        """The calls that a model asked for and that no tool span shows. `tools`: the ids and names of those spans."""
        if node.kind != "llm":
            return []
        asked = [call for message in node.answered for call in message.calls]
        return [self._step(node, call, place) for place, call in enumerate(asked) if self._is_news(call, tools)]

    def _is_news(self, call: CallRecord, tools: set[str]) -> bool:
        if call.call_id in tools or call.name in tools or (call.call_id and call.call_id in self.shown):
            return False
        self.shown.add(call.call_id)
        return True

    def _step(self, node: Node, call: CallRecord, place: int) -> StepRecord:
        failed = call.call_id in self.failed
        answer = self.answers.get(call.call_id, "") if call.call_id else ""
        return StepRecord(
            key=f"{node.span.span_id}:call{place}",
            kind="tool",
            role="tool",
            name=call.name,
            arguments=call.arguments,
            result=answer,
            is_error=failed,
            error_message=answer if failed else "",
            trace_id=node.span.trace_id,
            span_id=node.span.span_id,
            started_at=moment(node.span.end_ns),
        )
