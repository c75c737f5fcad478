"""any-agent, whose GenAI attributes bear names of their own."""

from ingest.dialects.tables import Dialect, Field, KindRule, MessageSource

DIALECT = Dialect(
    name="any_agent",
    marks=("any_agent.", "gen_ai.tool.args"),
    kinds=(KindRule(31, "gen_ai.operation.name", {"call_llm": "llm"}),),
    fields={
        Field.OUTPUT: {33: "gen_ai.output"},
        Field.ARGUMENTS: {11: "gen_ai.tool.args"},
    },
    outputs=(MessageSource(31, "gen_ai.output", kinds=("llm",)),),
    known=("any_agent.",),
)
