"""Langfuse's own attributes, which its SDK from version 3 on writes over OpenTelemetry."""

from ingest.dialects.tables import Dialect, Field, KindRule, plain

KINDS = {
    **plain("agent", "tool", "embedding", "retriever", "guardrail", "evaluator", "chain", "event"),
    "generation": "llm",
}

DIALECT = Dialect(
    name="langfuse",
    marks=("langfuse.",),
    kinds=(KindRule(10, "langfuse.observation.type", KINDS),),
    fields={
        Field.SESSION: {10: "langfuse.session.id", 110: "langfuse.trace.metadata.langfuse_session_id"},
        Field.USER: {10: "langfuse.user.id"},
        Field.RELEASE: {10: "langfuse.release", 40: "langfuse.version"},
        Field.ENVIRONMENT: {10: "langfuse.environment"},
        Field.WORKFLOW: {50: "langfuse.trace.name"},
        Field.INPUT: {10: "langfuse.observation.input", 100: "langfuse.trace.input"},
        Field.OUTPUT: {10: "langfuse.observation.output", 100: "langfuse.trace.output"},
        Field.ERROR_MESSAGE: {10: "langfuse.observation.status_message"},
        Field.TOKENS_IN: {40: "langfuse.observation.usage_details/input"},
        Field.TOKENS_OUT: {40: "langfuse.observation.usage_details/output"},
        Field.COST: {10: "langfuse.observation.cost_details/total"},
        Field.MODEL: {40: "langfuse.observation.model.name"},
        Field.TAGS: {10: "langfuse.trace.tags"},
        Field.METADATA: {10: "langfuse.trace.metadata"},
    },
)
