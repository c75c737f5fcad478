"""Genkit's own traces."""

from ingest.dialects.tables import Dialect, Field, KindRule, plain

SUBTYPES = {
    **plain("tool", "retriever", "reranker", "evaluator"),
    "model": "llm",
    "background-model": "llm",
    "embedder": "embedding",
    "indexer": "tool",
    "flow": "agent",
    "agent": "agent",
    "prompt": "chain",
    "executablePrompt": "chain",
    "util": "chain",
    "helper": "chain",
}

DIALECT = Dialect(
    name="genkit",
    marks=("genkit:",),
    kinds=(
        KindRule(100, "genkit:metadata:subtype", SUBTYPES),
        KindRule(101, "genkit:type", {"util": "chain", "flow": "agent", "helper": "chain", "action": "chain"}),
    ),
    fields={
        Field.SESSION: {100: "genkit:sessionId", 101: "genkit:metadata:sessionId"},
        Field.INPUT: {100: "genkit:input"},
        Field.OUTPUT: {100: "genkit:output"},
        Field.TOOL_NAME: {100: "genkit:name"},
        Field.MODEL: {100: "genkit:name"},
        Field.LEVEL: {100: "genkit:state"},
        Field.TOKENS_IN: {100: "genkit:output/usage.inputTokens"},
        Field.TOKENS_OUT: {100: "genkit:output/usage.outputTokens"},
    },
    known=("genkit:",),
)
