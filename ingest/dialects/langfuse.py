"""Langfuse's own attributes, which its SDK from version 3 on writes over OpenTelemetry."""

from ingest.dialects.tables import Dialect, Field, KindRule, plain

KINDS = {
    **plain("agent", "tool", "embedding", "retriever", "guardrail", "evaluator", "chain", "event"),
    "generation": "llm",
}

DIALECT = Dialect(
    name="langfuse",
    marks=("langfuse.",),
    kinds=(
        KindRule(10, "langfuse.observation.type", {**KINDS, **{name.upper(): kind for name, kind in KINDS.items()}}),
        KindRule(113, "langfuse.observation.model.name", {"*": "llm"}),
    ),
    fields={
        Field.SESSION: {
            10: "langfuse.session.id",
            110: "langfuse.trace.metadata/langfuse_session_id",
            111: "langfuse.trace.metadata/session_id",
            112: "langfuse.trace.metadata/thread_id",
        },
        Field.USER: {10: "langfuse.user.id", 110: "langfuse.trace.metadata/langfuse_user_id"},
        Field.RELEASE: {10: "langfuse.release", 40: "langfuse.version"},
        Field.ENVIRONMENT: {10: "langfuse.environment"},
        Field.WORKFLOW: {50: "langfuse.trace.name"},
        Field.INPUT: {10: "langfuse.observation.input", 100: "langfuse.trace.input"},
        Field.OUTPUT: {10: "langfuse.observation.output", 100: "langfuse.trace.output"},
        Field.LEVEL: {10: "langfuse.observation.level"},
        Field.ERROR_MESSAGE: {10: "langfuse.observation.status_message"},
        Field.TOKENS_IN: {
            40: "langfuse.observation.usage_details/input",
            41: "langfuse.observation.usage_details/prompt_tokens",
        },
        Field.TOKENS_OUT: {
            40: "langfuse.observation.usage_details/output",
            41: "langfuse.observation.usage_details/completion_tokens",
        },
        Field.CACHE_READ: {
            40: "langfuse.observation.usage_details/cache_read_input_tokens",
            41: "langfuse.observation.usage_details/input_cache_read",
            42: "langfuse.observation.usage_details/input_cached_tokens",
        },
        Field.CACHE_WRITE: {
            40: "langfuse.observation.usage_details/cache_creation_input_tokens",
            41: "langfuse.observation.usage_details/input_cache_creation",
        },
        Field.REASONING: {
            40: "langfuse.observation.usage_details/output_reasoning_tokens",
            41: "langfuse.observation.usage_details/output_reasoning",
        },
        Field.COST: {10: "langfuse.observation.cost_details/total"},
        Field.COST_PARTS: {10: "langfuse.observation.cost_details"},
        Field.MODEL: {40: "langfuse.observation.model.name"},
        Field.FIRST_WORD_AT: {10: "langfuse.observation.completion_start_time"},
        Field.TAGS: {10: "langfuse.trace.tags"},
    },
    offers=("langfuse.observation.model.parameters",),
    metadata=("langfuse.trace.metadata", "langfuse.observation.metadata"),
    known=(
        "langfuse.observation.model.",
        "langfuse.observation.prompt.",
        "langfuse.internal.",
        "langfuse.trace.public",
    ),
)
