"""OpenLLMetry (Traceloop): its decorators' own attributes; its model calls speak an older GenAI."""

from ingest.dialects.tables import Dialect, Field, KindRule

DIALECT = Dialect(
    name="openllmetry",
    marks=("traceloop.",),
    kinds=(
        KindRule(40, "traceloop.span.kind", {"workflow": "agent", "agent": "agent", "task": "chain", "tool": "tool"}),
    ),
    fields={
        Field.SESSION: {
            40: "traceloop.association.properties.session_id",
            41: "traceloop.association.properties.thread_id",
            42: "traceloop.association.properties.conversation_id",
        },
        Field.USER: {40: "traceloop.association.properties.user_id"},
        Field.WORKFLOW: {30: "traceloop.workflow.name"},
        Field.INPUT: {60: "traceloop.entity.input"},
        Field.OUTPUT: {60: "traceloop.entity.output"},
        Field.TOOL_NAME: {40: "traceloop.entity.name"},
    },
)
