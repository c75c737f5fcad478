"""Names that several senders use without agreeing on them: the last resort for what no dialect above reads."""

from ingest.dialects.tables import Dialect, Field, KindRule

TYPES = {
    "agent_run": "agent",
    "model_generation": "llm",
    "llm_generation": "llm",
    "model_step": "chain",
    "tool_call": "tool",
    "mcp_tool_call": "tool",
    "workflow_run": "agent",
    "workflow_step": "chain",
}
ENTITIES = {
    "agent": "agent",
    "tool": "tool",
    "llm": "llm",
    "retriever": "retriever",
    "guardrail": "guardrail",
    "workflow": "agent",
}

DIALECT = Dialect(
    name="generic",
    is_base=True,
    marks=(),
    kinds=(
        KindRule(92, "mastra.span.type", TYPES),  # Mastra
        KindRule(93, "entity.type", ENTITIES),  # VoltAgent
        KindRule(98, "span.type", {**ENTITIES, "chain": "chain", "embedding": "embedding"}),
    ),
    fields={
        Field.SESSION: {
            95: "voltagent.conversation_id",
            200: "session_id",
            201: "conversation_id",
            202: "thread_id",
            203: "conversation.id",
            204: "thread.id",
            205: "chat.id",
        },
        Field.USER: {200: "user_id", 201: "userId"},
        Field.INPUT: {200: "input"},
        Field.OUTPUT: {200: "output"},
        Field.TOOL_NAME: {210: "tool"},
        Field.MODEL: {200: "llm.model"},
        Field.TOKENS_IN: {200: "usage.prompt_tokens", 201: "usage.input_tokens", 202: "llm.usage.input_tokens"},
        Field.TOKENS_OUT: {200: "usage.completion_tokens", 201: "usage.output_tokens", 202: "llm.usage.output_tokens"},
        Field.FIRST_WORD_S: {200: "metrics.ttfb"},
    },
)
