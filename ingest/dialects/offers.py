"""The tools that a model was offered, in anybody's shape: their names, and the arguments that they must or may have.

OpenAI and those who follow it wrap a tool in `function`, Anthropic has `input_schema`, Gemini lists
`function_declarations`, Bedrock has `toolSpec`, OpenInference puts each one's JSON under `tool.json_schema`, and some
senders tell names only.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from ingest.dialects.values import as_json, as_text, first_of
from traces.records import ToolSchema

MOST_TOOLS = 200
MOST_ARGUMENTS = 60
MAX_NAME = 200
DEEPEST = 6
# Where a request keeps its tools, and what a request is wrapped in.
LISTS = (
    *("tools", "functions", "function_declarations", "functionDeclarations", "function_tools", "output_tools"),
    *("builtin_tools", "tool_definitions", "available_tools"),
)
WRAPPERS = ("config", "kwargs", "request", "body", "invocation_params", "toolConfig", "tool_config", "params", "data")
INNER = ("function", "toolSpec", "tool", "tool.json_schema", "json_schema")
NAMES = ("name", "tool.name", "tool_name", "toolName")
SCHEMAS = (
    *("parameters", "inputSchema", "input_schema", "parameters_json_schema", "parametersJsonSchema"),
    *("args_schema", "input_json_schema", "schema"),
)
SCHEMA_INNER = ("json", "jsonSchema", "schema", "json_schema")
PLAIN_NAME = re.compile(r"[A-Za-z_][\w.:/-]{0,199}")
Offer = Mapping[str, ToolSchema]


def offered_in(value: Any) -> Offer:
    """The tools in a list of definitions, or in a request that has one; none where there are none."""
    if isinstance(value, str):
        return _offered_in_text(value) if value[:1] in {"{", "[", '"'} else {}
    return together([_tools(value)])


@lru_cache(maxsize=64)  # an agent sends the same definitions with each of its calls
def _offered_in_text(text: str) -> Offer:
    return together([_tools(as_json(text))])


def together(offers: Iterable[Offer | Iterable[ToolSchema]]) -> dict[str, ToolSchema]:
    """All of them by name: of two with the same name the later counts. Bounded."""
    found: dict[str, ToolSchema] = {}
    for offer in offers:
        for tool in offer.values() if isinstance(offer, Mapping) else offer:
            if tool.name in found or len(found) < MOST_TOOLS:
                found[tool.name] = tool
    return found


def _tools(value: Any, depth: int = 0) -> Iterator[ToolSchema]:
    value = as_json(value)
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for item in value[: MOST_TOOLS * 2]:
            yield from _tool(item, depth + 1)
    elif isinstance(value, dict):
        lists = [held for name in LISTS if isinstance(held := as_json(value.get(name)), list)]
        wrapped = [held for name in WRAPPERS if isinstance(held := as_json(value.get(name)), dict)]
        for inner in (*lists, *wrapped):
            yield from _tools(inner, depth + 1)


def _tool(item: Any, depth: int) -> Iterator[ToolSchema]:
    """One entry of a list of tools. Gemini groups several in one."""
    item = as_json(item)
    if isinstance(item, str):
        if PLAIN_NAME.fullmatch(item):
            yield ToolSchema(item)
        return
    if not isinstance(item, dict):
        return
    inner = next((held for name in INNER if isinstance(held := as_json(item.get(name)), dict)), None)
    if inner is not None and depth < DEEPEST and not _has_schema(item):
        yield from _tool(inner, depth + 1)
    elif name := as_text(first_of(item, NAMES)).strip()[:MAX_NAME]:
        yield ToolSchema(name, *_arguments(item))
    else:
        yield from _tools(item, depth + 1)


def _has_schema(item: dict[str, Any]) -> bool:
    return any(name in item for name in NAMES) and any(name in item for name in SCHEMAS)


def _arguments(tool: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the arguments that it must be given, and of all that it takes."""
    schema = as_json(first_of(tool, SCHEMAS))
    if isinstance(schema, dict) and "properties" not in schema:
        schema = next((held for name in SCHEMA_INNER if isinstance(held := as_json(schema.get(name)), dict)), schema)
    if not isinstance(schema, dict):
        return (), ()
    properties, required = schema.get("properties"), schema.get("required")
    takes = _names(properties) if isinstance(properties, dict) else ()
    return _names(required) if isinstance(required, list) else (), takes


def _names(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(value[:MAX_NAME] for value in [*values][:MOST_ARGUMENTS] if isinstance(value, str) and value)
