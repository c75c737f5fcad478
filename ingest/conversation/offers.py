"""The tools that a session's model calls were offered: the same whatever order their spans came in."""

from collections.abc import Iterable, Sequence

from ingest.conversation.tree import Node, Turn
from ingest.dialects.fields import grouped, value_of
from ingest.dialects.offers import Offer, offered_in, together
from ingest.dialects.registry import offers
from ingest.dialects.tables import Field
from ingest.dialects.values import as_json
from traces.records import ToolSchema

# A request stands in the input of model calls, beside messages; most other inputs would be parsed in vain.
TELLING = ('"tools"', '"functions"', '"toolConfig"')


def tools_of(turns: Sequence[Turn]) -> dict[str, ToolSchema]:
    """By name; a later call's word counts."""
    return together(offer for turn in turns for node in turn.nodes for offer in _offers(node))


def _offers(node: Node) -> Iterable[Offer]:
    groups = node.words.groups
    told = [offered_in(_whole(node, name)) for name in offers() if name in groups] if groups else []
    return told if any(told) or node.kind != "llm" else [_requested(value_of(node.words, Field.INPUT))]


def _whole(node: Node, name: str) -> object:
    """What stands under a name, its JSON left as it came: the same text is read once."""
    pieces = node.words.groups[name]
    return pieces[0][1] if len(pieces) == 1 and not pieces[0][0] else grouped(node.words, name)


def _requested(given: object) -> Offer:
    if isinstance(given, str) and not any(name in given for name in TELLING):
        return {}
    request = as_json(given)
    return offered_in(request) if isinstance(request, dict) else {}
