"""BeeAI, which makes a span of each of its events; OpenInference tells the rest."""

from ingest.dialects.tables import Dialect, Field

DIALECT = Dialect(
    name="beeai",
    marks=("beeai.",),
    fields={Field.TOOL_NAME: {199: "target"}, Field.INPUT: {199: "tool.parameters"}},
    known=("beeai.", "target", "ctx.", "thought", "iteration", "traceId"),
)
