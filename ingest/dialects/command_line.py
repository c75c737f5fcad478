"""Coding agents at the command line - Claude Code, Codex, Gemini CLI - which tell what they do in log records alone.

Such a record has no span: it becomes one here, and the tables below read it like any other.
"""

import hashlib

import orjson

from ingest.dialects.tables import Dialect, Field, KindRule
from ingest.dialects.values import as_count, as_text, first_of
from ingest.receiving.checking import COMMAND_LINE, program_event
from ingest.records import LogRecord, SpanRecord

KINDS = {
    "*.user_prompt": "chain",
    "*.tool_result": "tool",
    "*.tool_call": "tool",
    "*.api_request": "llm",
    "*.api_response": "llm",
    "*.api_error": "llm",
    "*.assistant_response": "chain",
}
# Codex and Gemini's tell a request twice; what it cost stands in the other one.
SILENT = ("codex.api_request", "gemini_cli.api_request", "qwen-code.api_request")
SESSIONS = ("session.id", "conversation.id", "session_id", "conversation_id")

DIALECT = Dialect(
    name="command_line",
    marks=COMMAND_LINE,
    kinds=(KindRule(105, "event.name", KINDS),),
    fields={
        Field.SESSION: {106: "conversation.id"},
        Field.USER: {106: "user.account_uuid"},
        Field.RELEASE: {106: "app.version"},
        Field.INPUT: {150: "prompt", 151: "prompt_text"},
        Field.OUTPUT: {150: "response_text"},
        Field.TOOL_NAME: {150: "tool_name", 151: "function_name"},
        Field.CALL_ID: {150: "call_id", 151: "tool_use_id"},
        Field.ARGUMENTS: {150: "tool_parameters", 151: "function_args", 152: "arguments", 153: "tool_input"},
        Field.RESULT: {150: "tool_output", 151: "output"},
        Field.ERROR_TYPE: {150: "error_type"},
        Field.ERROR_MESSAGE: {150: "error", 151: "error.message"},
        Field.MODEL: {150: "model"},
        Field.TOKENS_IN: {150: "input_tokens", 151: "input_token_count"},
        Field.TOKENS_OUT: {150: "output_tokens", 151: "output_token_count"},
        Field.CACHE_READ: {150: "cache_read_tokens", 151: "cached_token_count", 152: "cached_content_token_count"},
        Field.CACHE_WRITE: {150: "cache_creation_tokens"},
        Field.REASONING: {150: "reasoning_token_count", 151: "thoughts_token_count"},
        Field.COST: {150: "cost_usd"},
    },
)


def tells_a_step(log: LogRecord) -> bool:
    """Whether a log record without a span stands for something that happened."""
    event = program_event(log)
    return bool(event and event not in SILENT and first_of(log.attributes, SESSIONS))


def span_of_log(log: LogRecord) -> SpanRecord:
    """A record that tells a step, as the span it might have been. Its ids follow from what it says."""
    said = {**log.attributes, "event.name": program_event(log)}
    session = as_text(first_of(log.attributes, SESSIONS))
    written = orjson.dumps([log.time_ns, said], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    took = (as_count(first_of(said, ("duration_ms", "duration"))) or 0) * 1_000_000
    failed = as_text(said.get("success")).lower() == "false" or bool(first_of(said, ("error", "error.message")))
    return SpanRecord(
        trace_id=log.trace_id or hashlib.sha256(session.encode()).hexdigest()[:32],
        span_id=hashlib.sha256(written).hexdigest()[:16],
        parent_id=log.span_id,
        name=said["event.name"],
        start_ns=max(0, log.time_ns - took),
        end_ns=log.time_ns,
        attributes=said,
        failed=failed,
    )
