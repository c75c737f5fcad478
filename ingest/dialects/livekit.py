"""LiveKit's agents, who speak and listen."""

from ingest.dialects.tables import NAME, Dialect, Field, KindRule, MessageSource

SPANS = {
    "function_tool": "tool",
    "agent_turn": "agent",
    "llm_request": "llm",
    "llm_node": "chain",
    "agent_session": "chain",
    "job_entrypoint": "chain",
    "user_turn": "event",
    "drain_agent_activity": "other",
}

DIALECT = Dialect(
    name="livekit",
    marks=("lk.",),
    kinds=(KindRule(100, NAME, SPANS, scope="livekit-agents"), KindRule(109, "lk.function_tool.name", {"*": "tool"})),
    fields={
        Field.SESSION: {100: "lk.session_id", 101: "lk.job_id", 102: "lk.room_name"},
        Field.USER: {100: "lk.participant_identity"},
        Field.WORKFLOW: {100: "lk.agent_name", 101: "lk.agent_label"},
        Field.INPUT: {100: "lk.user_input", 101: "lk.user_transcript"},
        Field.OUTPUT: {100: "lk.response.text"},
        Field.CALLS: {100: "lk.response.function_calls"},
        Field.TOOL_NAME: {100: "lk.function_tool.name"},
        Field.CALL_ID: {100: "lk.function_tool.id"},
        Field.ARGUMENTS: {100: "lk.function_tool.arguments"},
        Field.RESULT: {100: "lk.function_tool.output"},
        Field.FIRST_WORD_S: {100: "lk.response.ttft"},
    },
    inputs=(MessageSource(100, "lk.chat_ctx", kinds=("llm", "chain")),),
    offers=("lk.function_tools",),
    known=("lk.",),
)
