"""LangSmith's SDK in its OpenTelemetry mode."""

from ingest.dialects.tables import Dialect, Field, KindRule, plain

NAMES = ("session_id", "thread_id", "conversation_id")

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
        Field.SESSION: {50 + place: f"langsmith.metadata/{name}" for place, name in enumerate(NAMES)},
        Field.USER: {50: "langsmith.metadata/user_id", 51: "langsmith.metadata/userId"},
        Field.RELEASE: {50: "langsmith.metadata/revision_id"},
        Field.WORKFLOW: {70: "langsmith.trace.name"},
        Field.MODEL: {70: "langsmith.metadata/ls_model_name"},
        Field.PROVIDER: {70: "langsmith.metadata/ls_provider"},
        Field.TAGS: {30: "langsmith.span.tags"},
    },
    metadata=("langsmith.metadata",),
    known=("langsmith.", "gen_ai.serialized"),
)
