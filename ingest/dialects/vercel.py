"""The Vercel AI SDK up to version 6; from 7 on it speaks GenAI."""

from ingest.dialects.tables import Dialect, Field, KindRule, MessageSource

# Later versions add operations: what ends so is a call of a model, whatever stands before.
OPERATIONS = {
    "ai.toolCall": "tool",
    "*.doGenerate": "llm",
    "*.doStream": "llm",
    "*.doEmbed": "embedding",
    "*.doRerank": "reranker",
    "ai.embed": "embedding",
    "ai.embedMany": "embedding",
    "ai.rerank": "reranker",
    "ai.*": "agent",
}
# The same, followed by the name of the function that the call was for.
NAMED = {
    "ai.toolCall*": "tool",
    "ai.generateText.doGenerate*": "llm",
    "ai.streamText.doStream*": "llm",
    "ai.generateObject.doGenerate*": "llm",
    "ai.streamObject.doStream*": "llm",
    "ai.embed.doEmbed*": "embedding",
    "ai.embedMany.doEmbed*": "embedding",
    "ai.embed*": "embedding",
    "ai.*": "agent",
}
MODEL_ONLY = ("llm", "agent")

DIALECT = Dialect(
    name="vercel",
    marks=("ai.",),
    kinds=(KindRule(80, "ai.operationId", OPERATIONS), KindRule(81, "operation.name", NAMED)),
    fields={
        Field.SESSION: {
            70: "ai.settings.context.sessionId",
            71: "ai.telemetry.metadata/sessionId",
            72: "ai.telemetry.metadata/session_id",
            73: "ai.telemetry.metadata/threadId",
            74: "ai.telemetry.metadata/conversationId",
            75: "ai.telemetry.metadata/chatId",
        },
        Field.USER: {
            69: "ai.settings.context.userId",
            70: "ai.telemetry.metadata/userId",
            71: "ai.telemetry.metadata/user_id",
        },
        Field.WORKFLOW: {60: "ai.telemetry.functionId"},
        Field.INPUT: {80: "ai.prompt", 81: "ai.value", 82: "ai.values"},
        Field.OUTPUT: {
            80: "ai.response.text",
            81: "ai.response.object",
            82: "ai.result.text",
            83: "ai.result.object",
        },
        Field.CALLS: {80: "ai.response.toolCalls", 81: "ai.result.toolCalls"},
        Field.THOUGHTS: {80: "ai.response.reasoning"},
        Field.TOOL_NAME: {80: "ai.toolCall.name"},
        Field.CALL_ID: {80: "ai.toolCall.id"},
        Field.ARGUMENTS: {80: "ai.toolCall.args", 81: "ai.toolCall.input"},
        Field.RESULT: {80: "ai.toolCall.result", 81: "ai.toolCall.output"},
        Field.TOKENS_IN: {80: "ai.usage.inputTokens", 81: "ai.usage.promptTokens", 82: "ai.usage.tokens"},
        Field.TOKENS_OUT: {80: "ai.usage.outputTokens", 81: "ai.usage.completionTokens"},
        Field.CACHE_READ: {80: "ai.usage.cachedInputTokens", 81: "ai.usage.inputTokenDetails.cacheReadTokens"},
        Field.CACHE_WRITE: {81: "ai.usage.inputTokenDetails.cacheWriteTokens"},
        Field.REASONING: {80: "ai.usage.reasoningTokens", 81: "ai.usage.outputTokenDetails.reasoningTokens"},
        Field.MODEL: {79: "ai.response.model", 80: "ai.model.id"},
        Field.PROVIDER: {80: "ai.model.provider"},
        Field.RESPONSE_ID: {80: "ai.response.id"},
        Field.FIRST_WORD_MS: {80: "ai.response.msToFirstChunk", 81: "ai.stream.msToFirstChunk"},
    },
    inputs=(
        MessageSource(80, "ai.prompt.messages", kinds=MODEL_ONLY),
        MessageSource(81, "ai.prompt", kinds=MODEL_ONLY),
    ),
    offers=("ai.prompt.tools",),
    metadata=("ai.telemetry.metadata", "ai.settings.context"),
    known=(
        "ai.settings.",
        "ai.operationId",
        "ai.request.",
        "ai.response.",
        "ai.prompt.",
        "ai.usage.",
        "ai.model.",
        "ai.schema",
        "resource.name",
        "operation.name",
    ),
)
