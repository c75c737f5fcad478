"""OpenTelemetry's GenAI conventions in all generations that are still sent: up to 1.27, 1.28 to 1.36, from 1.37."""

from ingest.dialects.tables import Dialect, Field, KindRule, MessageSource, Style

OPERATIONS = {
    "chat": "llm",
    "text_completion": "llm",
    "completion": "llm",
    "generate_content": "llm",
    "embeddings": "embedding",
    "rerank": "reranker",
    "retrieval": "retriever",
    "search_memory": "retriever",
    "execute_tool": "tool",
    "invoke_agent": "agent",
    "create_agent": "agent",
    "invoke_workflow": "agent",
    "plan": "chain",
    "agent_step": "chain",
    "create_memory": "tool",
    "update_memory": "tool",
    "upsert_memory": "tool",
    "delete_memory": "tool",
}

DIALECT = Dialect(
    name="genai",
    marks=("gen_ai.",),
    kinds=(
        KindRule(30, "gen_ai.operation.name", OPERATIONS),
        KindRule(
            70, "llm.request.type", {"chat": "llm", "completion": "llm", "embedding": "embedding", "rerank": "reranker"}
        ),
        KindRule(90, "gen_ai.tool.name", {"*": "tool"}),
        KindRule(91, "gen_ai.tool.call.id", {"*": "tool"}),
        KindRule(110, "gen_ai.request.model", {"*": "llm"}),
        KindRule(111, "gen_ai.response.model", {"*": "llm"}),
    ),
    fields={
        Field.SESSION: {30: "gen_ai.conversation.id", 60: "gcp.vertex.agent.session_id"},
        Field.USER: {30: "enduser.id", 31: "enduser.pseudo.id", 32: "user.hash"},
        Field.RELEASE: {20: "service.version", 30: "gen_ai.agent.version"},
        Field.ENVIRONMENT: {20: "deployment.environment.name", 21: "deployment.environment"},
        Field.WORKFLOW: {10: "gen_ai.agent.name", 40: "gen_ai.workflow.name"},
        Field.INPUT: {30: "gen_ai.retrieval.query.text", 70: "gen_ai.prompt"},
        Field.OUTPUT: {30: "gen_ai.retrieval.documents", 70: "gen_ai.completion"},
        Field.TOOL_NAME: {10: "gen_ai.tool.name"},
        Field.CALL_ID: {10: "gen_ai.tool.call.id"},
        Field.ARGUMENTS: {10: "gen_ai.tool.call.arguments"},
        Field.RESULT: {10: "gen_ai.tool.call.result"},
        Field.ERROR_TYPE: {10: "error.type"},
        Field.TOKENS_IN: {10: "gen_ai.usage.input_tokens", 20: "gen_ai.usage.prompt_tokens"},
        Field.TOKENS_OUT: {10: "gen_ai.usage.output_tokens", 20: "gen_ai.usage.completion_tokens"},
        Field.COST: {30: "gen_ai.usage.cost"},
        Field.MODEL: {10: "gen_ai.response.model", 11: "gen_ai.request.model"},
    },
    inputs=(
        MessageSource(30, "gen_ai.input.messages", Style.LIST),
        MessageSource(50, "gen_ai.prompt", Style.NUMBERED),
    ),
    outputs=(
        MessageSource(30, "gen_ai.output.messages", Style.LIST),
        MessageSource(50, "gen_ai.completion", Style.NUMBERED),
    ),
)
