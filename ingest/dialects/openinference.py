"""OpenInference (Arize Phoenix and its instrumentations), specification of August 2026."""

from ingest.dialects.tables import Dialect, Field, KindRule, MessageSource, plain

KINDS = plain("agent", "tool", "llm", "embedding", "retriever", "reranker", "guardrail", "evaluator", "chain")

DIALECT = Dialect(
    name="openinference",
    marks=("openinference.", "llm.input_messages", "llm.output_messages", "llm.token_count", "llm.model_name"),
    kinds=(
        KindRule(
            20, "openinference.span.kind", {name.upper(): kind for name, kind in KINDS.items()} | {"PROMPT": "chain"}
        ),
        KindRule(21, "openinference.span.kind", {**KINDS, "prompt": "chain"}),
        KindRule(112, "llm.model_name", {"*": "llm"}),
    ),
    fields={
        Field.SESSION: {
            20: "session.id",
            120: "metadata/session_id",
            121: "metadata/thread_id",
            122: "metadata/conversation_id",
            123: "metadata/sessionId",
            124: "metadata/threadId",
        },
        Field.USER: {20: "user.id", 120: "metadata/user_id", 121: "metadata/userId"},
        Field.RELEASE: {120: "metadata/release", 121: "metadata/version"},
        Field.ENVIRONMENT: {120: "metadata/environment"},
        Field.WORKFLOW: {20: "agent.name"},
        Field.INPUT: {35: "reranker.query", 40: "input.value"},
        Field.OUTPUT: {40: "output.value"},
        Field.TOOL_NAME: {20: "tool.name"},
        Field.CALL_ID: {20: "tool.id"},
        Field.TOKENS_IN: {30: "llm.token_count.prompt"},
        Field.TOKENS_OUT: {30: "llm.token_count.completion"},
        Field.CACHE_READ: {30: "llm.token_count.prompt_details.cache_read"},
        Field.CACHE_WRITE: {30: "llm.token_count.prompt_details.cache_write"},
        Field.REASONING: {30: "llm.token_count.completion_details.reasoning"},
        Field.COST: {20: "llm.cost.total"},
        Field.COST_IN: {20: "llm.cost.prompt"},
        Field.COST_OUT: {20: "llm.cost.completion"},
        Field.MODEL: {
            30: "llm.response.model_name",
            31: "llm.model_name",
            32: "llm.request.model_name",
            33: "embedding.model_name",
            34: "reranker.model_name",
        },
        Field.PROVIDER: {30: "llm.provider", 31: "llm.system"},
        Field.TAGS: {20: "tag.tags"},
    },
    # A LangChain root carries roles without content here: messages are the conversation on model calls only.
    inputs=(
        MessageSource(20, "llm.input_messages", kinds=("llm",)),
        MessageSource(90, "llm.prompts", kinds=("llm",)),
    ),
    outputs=(
        MessageSource(20, "llm.output_messages", kinds=("llm",)),
        MessageSource(90, "llm.choices", kinds=("llm",)),
    ),
    offers=("llm.tools", "llm.invocation_parameters"),
    documents=("retrieval.documents", "reranker.output_documents"),
    metadata=("metadata",),
    known=(
        *(
            "llm.tools",
            "llm.invocation_parameters",
            "llm.token_count",
            "llm.cost",
            "llm.finish_reason",
            "llm.function_call",
        ),
        *(
            "llm.prompt_template",
            "input.mime_type",
            "output.mime_type",
            "tool.",
            "embedding.",
            "reranker.",
            "graph.node",
        ),
        *("prompt.vendor", "prompt.id", "prompt.url"),
    ),
)
