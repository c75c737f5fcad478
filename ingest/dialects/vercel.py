"""The Vercel AI SDK up to version 6; from 7 on it speaks GenAI."""

from ingest.dialects.tables import Dialect, Field, KindRule, MessageSource, Style

OPERATIONS = {
    "ai.toolCall": "tool",
    "ai.generateText": "agent",
    "ai.streamText": "agent",
    "ai.generateObject": "agent",
    "ai.streamObject": "agent",
    "ai.generateText.doGenerate": "llm",
    "ai.streamText.doStream": "llm",
    "ai.generateObject.doGenerate": "llm",
    "ai.streamObject.doStream": "llm",
    "ai.embed.doEmbed": "embedding",
    "ai.embedMany.doEmbed": "embedding",
}

DIALECT = Dialect(
    name="vercel",
    marks=("ai.",),
    kinds=(KindRule(80, "ai.operationId", OPERATIONS),),
    fields={
        Field.SESSION: {70: "ai.settings.context.sessionId", 71: "ai.telemetry.metadata.sessionId"},
        Field.USER: {70: "ai.telemetry.metadata.userId"},
        Field.WORKFLOW: {60: "ai.telemetry.functionId"},
        Field.OUTPUT: {80: "ai.response.text", 81: "ai.response.object"},
        Field.TOOL_NAME: {80: "ai.toolCall.name"},
        Field.CALL_ID: {80: "ai.toolCall.id"},
        Field.ARGUMENTS: {80: "ai.toolCall.args"},
        Field.RESULT: {80: "ai.toolCall.result"},
        Field.TOKENS_IN: {80: "ai.usage.inputTokens", 81: "ai.usage.promptTokens"},
        Field.TOKENS_OUT: {80: "ai.usage.outputTokens", 81: "ai.usage.completionTokens"},
        Field.MODEL: {80: "ai.model.id"},
    },
    inputs=(MessageSource(80, "ai.prompt.messages", Style.LIST),),
)
