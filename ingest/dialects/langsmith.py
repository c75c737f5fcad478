"""LangSmith's SDK in its OpenTelemetry mode."""

from ingest.dialects.tables import Dialect, Field, KindRule, plain

DIALECT = Dialect(
    name="langsmith",
    marks=("langsmith.",),
    kinds=(
        KindRule(
            60,
            "langsmith.span.kind",
            {**plain("llm", "tool", "retriever", "embedding", "chain"), "prompt": "chain", "parser": "chain"},
        ),
    ),
    fields={
        Field.SESSION: {
            50: "langsmith.metadata.session_id",
            51: "langsmith.metadata.thread_id",
            52: "langsmith.metadata.conversation_id",
        },
        Field.USER: {50: "langsmith.metadata.user_id"},
        Field.WORKFLOW: {70: "langsmith.trace.name"},
        Field.TAGS: {30: "langsmith.span.tags"},
    },
)
