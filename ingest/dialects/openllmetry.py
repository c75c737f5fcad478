"""OpenLLMetry (Traceloop): its decorators' own attributes; its model calls speak GenAI, older ones their own words."""

from ingest.dialects.tables import Dialect, Field, KindRule

NAMES = ("session_id", "thread_id", "conversation_id", "sessionId", "threadId", "chat_id")

DIALECT = Dialect(
    name="openllmetry",
    marks=("traceloop.", "llm.request.type", "llm.usage."),
    kinds=(
        KindRule(40, "traceloop.span.kind", {"workflow": "agent", "agent": "agent", "task": "chain", "tool": "tool"}),
        KindRule(
            70, "llm.request.type", {"chat": "llm", "completion": "llm", "embedding": "embedding", "rerank": "reranker"}
        ),
    ),
    fields={
        Field.SESSION: {40 + place: f"traceloop.association.properties/{name}" for place, name in enumerate(NAMES)},
        Field.USER: {40: "traceloop.association.properties/user_id", 41: "traceloop.association.properties/userId"},
        Field.WORKFLOW: {30: "traceloop.workflow.name"},
        Field.INPUT: {60: "traceloop.entity.input"},
        Field.OUTPUT: {60: "traceloop.entity.output"},
        Field.TOOL_NAME: {40: "traceloop.entity.name"},
        Field.TOKENS_IN: {60: "llm.usage.prompt_tokens"},
        Field.TOKENS_OUT: {60: "llm.usage.completion_tokens"},
        Field.MODEL: {60: "llm.response.model", 61: "llm.request.model"},
        Field.PROVIDER: {60: "llm.vendor"},
    },
    offers=("llm.request.functions",),
    metadata=("traceloop.association.properties",),
    known=(
        "traceloop.",
        "llm.request.",
        "llm.usage.",
        "llm.headers",
        "llm.is_streaming",
        "llm.user",
        "llm.chat",
        "gen_ai.openai.",
    ),
)
