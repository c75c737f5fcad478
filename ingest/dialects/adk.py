"""Google's Agent Development Kit: its own attributes beside GenAI's; older versions send little else."""

from ingest.dialects.tables import NAME, Dialect, Field, KindRule, MessageSource

SCOPE_NAME = "gcp.vertex.agent"
SPANS = {
    "call_llm": "llm",
    "generate_content*": "llm",
    "execute_tool*": "tool",
    "invocation": "agent",
    "agent_run*": "agent",
    "invoke_agent*": "agent",
}
USAGE = "gcp.vertex.agent.llm_response/usage_metadata"

DIALECT = Dialect(
    name="adk",
    marks=("gcp.vertex.agent.",),
    kinds=(KindRule(100, NAME, SPANS, scope=SCOPE_NAME),),
    fields={
        Field.SESSION: {60: "gcp.vertex.agent.session_id"},
        Field.ARGUMENTS: {85: "gcp.vertex.agent.tool_call_args"},
        Field.RESULT: {85: "gcp.vertex.agent.tool_response"},
        Field.MODEL: {85: "gcp.vertex.agent.llm_request/model"},
        Field.TOKENS_IN: {85: f"{USAGE}.prompt_token_count"},
        Field.TOKENS_OUT: {85: f"{USAGE}.candidates_token_count"},
        Field.CACHE_READ: {85: f"{USAGE}.cached_content_token_count"},
        Field.REASONING: {85: f"{USAGE}.thoughts_token_count"},
    },
    inputs=(MessageSource(85, "gcp.vertex.agent.llm_request", kinds=("llm",)),),
    outputs=(MessageSource(85, "gcp.vertex.agent.llm_response", kinds=("llm",)),),
    offers=("gcp.vertex.agent.llm_request",),
    known=("gcp.vertex.agent.",),
)
