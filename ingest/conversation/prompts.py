"""The system prompts that a session's model calls were given, each told where it begins to hold."""

from collections.abc import Iterable, Sequence

from ingest.conversation.tree import Node, Turn
from ingest.dialects.chat import read_message
from ingest.dialects.values import as_json
from ingest.records import StepRecord

APART = "gen_ai.system_instructions"  # beside the messages, as the conventions have it since 1.37
MOST = 50
LONGEST = 20_000


def prompts_of(turns: Iterable[Turn], steps: Sequence[StepRecord]) -> dict[str, str]:
    """By the key of the step from which on it holds; models inside of tools have prompts of their own, left out."""
    keys = {step.key for step in steps}
    found: dict[str, str] = {}
    last = ""
    for node in (node for turn in turns for node in turn.nodes if node.kind == "llm" and not node.aside):
        prompt = _prompt(node)
        if prompt and prompt != last and node.span.span_id in keys and len(found) < MOST:
            found[node.span.span_id] = last = prompt
    return found


def _prompt(node: Node) -> str:
    told = [message.text for message in node.given if message.role == "system"]
    if not told and (apart := node.span.attributes.get(APART)):
        told = [message.text for message in read_message({"role": "system", "content": as_json(apart)})]
    return "\n\n".join(filter(None, (text.strip() for text in told)))[:LONGEST]
