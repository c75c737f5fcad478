"""MLflow's tracing over OpenTelemetry: every attribute is a JSON string."""

from ingest.dialects.tables import Dialect, Field, KindRule

KINDS = {
    "AGENT": "agent",
    "WORKFLOW": "agent",
    "TOOL": "tool",
    "MEMORY": "tool",
    "LLM": "llm",
    "CHAT_MODEL": "llm",
    "RETRIEVER": "retriever",
    "RERANKER": "reranker",
    "EMBEDDING": "embedding",
    "GUARDRAIL": "guardrail",
    "EVALUATOR": "evaluator",
    "CHAIN": "chain",
    "PARSER": "chain",
    "TASK": "chain",
}

DIALECT = Dialect(
    name="mlflow",
    marks=("mlflow.",),
    kinds=(KindRule(50, "mlflow.spanType", KINDS),),
    fields={
        Field.SESSION: {90: "mlflow.trace.session"},
        Field.USER: {90: "mlflow.trace.user"},
        Field.INPUT: {50: "mlflow.spanInputs"},
        Field.OUTPUT: {50: "mlflow.spanOutputs"},
        Field.TOKENS_IN: {50: "mlflow.chat.tokenUsage/input_tokens"},
        Field.TOKENS_OUT: {50: "mlflow.chat.tokenUsage/output_tokens"},
        Field.CACHE_READ: {50: "mlflow.chat.tokenUsage/cache_read_input_tokens"},
        Field.CACHE_WRITE: {50: "mlflow.chat.tokenUsage/cache_creation_input_tokens"},
        Field.COST: {50: "mlflow.llm.cost/total_cost"},
        Field.MODEL: {50: "mlflow.llm.model", 51: "mlflow.chat_model.model"},
        Field.PROVIDER: {50: "mlflow.llm.provider", 51: "mlflow.message.format"},
    },
    offers=("mlflow.chat.tools",),
    metadata=("mlflow.trace.metadata",),
    known=("mlflow.",),
)
