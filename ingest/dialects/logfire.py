"""Pydantic AI and Logfire, the latter also where it instruments OpenAI's agents."""

from ingest.dialects.tables import Dialect, Field, KindRule, MessageSource

# Logfire instruments OpenAI's agents without a kind: the template of the message tells what a span is.
TEMPLATES = {
    "OpenAI Agents trace*": "agent",
    "Agent run*": "agent",
    "Function:*": "tool",
    "MCP:*": "other",
    "Handoff*": "event",
    "Guardrail*": "guardrail",
    "Responses API*": "llm",
    "Chat completion*": "llm",
    "Chat Completion*": "llm",
    "Message with*": "llm",
    "running tool*": "chain",
}

DIALECT = Dialect(
    name="logfire",
    marks=("logfire.", "pydantic_ai."),
    kinds=(
        KindRule(94, "logfire.msg_template", TEMPLATES),
        KindRule(95, "pydantic_ai.all_messages", {"*": "agent"}),
        KindRule(96, "all_messages_events", {"*": "agent"}),
        KindRule(97, "agent_name", {"*": "agent"}),
    ),
    fields={
        Field.SESSION: {105: "group_id"},
        Field.WORKFLOW: {55: "agent_name", 56: "workflow_name"},
        Field.INPUT: {90: "prompt", 91: "raw_input"},
        Field.OUTPUT: {90: "final_result", 91: "response"},
        Field.TOOL_NAME: {205: "name"},
        Field.ARGUMENTS: {90: "tool_arguments"},
        Field.RESULT: {90: "tool_response"},
        Field.RESPONSE_ID: {90: "response_id"},
        Field.MODEL: {90: "model_name"},
    },
    inputs=(
        MessageSource(90, "pydantic_ai.all_messages"),
        MessageSource(91, "all_messages_events", events=True),
        MessageSource(92, "events", events=True),
        MessageSource(93, "request_data", kinds=("llm",)),
    ),
    outputs=(
        MessageSource(92, "events", events=True),
        MessageSource(93, "response_data", kinds=("llm",)),
    ),
    offers=("model_request_parameters", "tools", "request_data"),
    known=(
        "logfire.",
        "code.",
        "model_request_parameters",
        "thread.",
        "pydantic_ai.",
        "tools",
        "agent_trace_id",
        "handoffs",
    ),
)
