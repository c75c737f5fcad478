"""OpenInference (Arize Phoenix and its instrumentations), specification of August 2026."""

from ingest.dialects.tables import Dialect, Field, KindRule, MessageSource, Style, plain

KINDS = {
    name.upper(): kind
    for name, kind in plain(
        "agent", "tool", "llm", "embedding", "retriever", "reranker", "guardrail", "evaluator", "chain"
    ).items()
}

DIALECT = Dialect(
    name="openinference",
    marks=("openinference.", "llm."),
    kinds=(KindRule(20, "openinference.span.kind", {**KINDS, "PROMPT": "chain"}),),
    fields={
        Field.SESSION: {
            20: "session.id",
            120: "metadata/session_id",
            121: "metadata/thread_id",
            122: "metadata/conversation_id",
        },
        Field.USER: {20: "user.id", 120: "metadata/user_id"},
        Field.RELEASE: {120: "metadata/release"},
        Field.WORKFLOW: {20: "agent.name"},
        Field.INPUT: {40: "input.value"},
        Field.OUTPUT: {40: "output.value"},
        Field.TOOL_NAME: {20: "tool.name"},
        Field.CALL_ID: {20: "tool.id"},
        Field.TOKENS_IN: {30: "llm.token_count.prompt"},
        Field.TOKENS_OUT: {30: "llm.token_count.completion"},
        Field.COST: {20: "llm.cost.total"},
        Field.MODEL: {
            30: "llm.response.model_name",
            31: "llm.model_name",
            32: "llm.request.model_name",
            33: "embedding.model_name",
        },
        Field.TAGS: {20: "tag.tags"},
        Field.METADATA: {20: "metadata"},
    },
    # A LangChain root carries roles without content here: messages are the conversation on model calls only.
    inputs=(MessageSource(20, "llm.input_messages", Style.UNFLATTENED, kinds=("llm",)),),
    outputs=(MessageSource(20, "llm.output_messages", Style.UNFLATTENED, kinds=("llm",)),),
)
