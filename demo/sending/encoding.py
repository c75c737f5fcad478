"""Spells plain spans in the two dialects of the demo and packs them as OTLP protobuf."""

import json
from collections.abc import Iterable
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, Status

from demo.sending.spans import Message, PlainSpan, spans_of
from demo.story import AgentRun
from demo.story.telling import ACCOUNTS, NEW_RELEASE

DOLLARS_PER_TOKEN_IN = 0.4e-6
DOLLARS_PER_TOKEN_OUT = 1.6e-6
Attributes = dict[str, Any]


def encode(runs: Iterable[AgentRun]) -> bytes:
    """An ExportTraceServiceRequest with all spans of `runs`. Account changes speak GenAI, the rest OpenInference."""
    request = ExportTraceServiceRequest()
    for run in runs:
        request.resource_spans.append(_resource_spans(run))
    return request.SerializeToString()


def _resource_spans(run: AgentRun) -> ResourceSpans:
    packed = ResourceSpans()
    resource = {
        "service.name": "harbor",
        "service.version": run.release,
        "deployment.environment.name": "production",
    }
    packed.resource.attributes.extend(_pairs(resource))
    scope = packed.scope_spans.add()
    spell = _genai if run.workflow == ACCOUNTS else _openinference
    scope.scope.name = "harbor.genai" if run.workflow == ACCOUNTS else "openinference.instrumentation.harbor"
    scope.spans.extend(_span(plain, spell(run, plain)) for plain in spans_of(run))
    return packed


def _span(plain: PlainSpan, attributes: Attributes) -> Span:
    span = Span(
        trace_id=bytes.fromhex(plain.trace_id),
        span_id=bytes.fromhex(plain.span_id),
        parent_span_id=bytes.fromhex(plain.parent_id),
        name=plain.name,
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=plain.start_ns,
        end_time_unix_nano=plain.end_ns,
        attributes=_pairs(attributes),
    )
    if plain.error:
        span.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message=plain.error))
        exception = {"exception.type": _error_type(plain.error), "exception.message": plain.error}
        span.events.add(name="exception", time_unix_nano=plain.end_ns, attributes=_pairs(exception))
    else:
        span.status.CopyFrom(Status(code=Status.STATUS_CODE_OK))
    return span


def _error_type(error: str) -> str:
    return "TimeoutError" if error.startswith("TimeoutError") else "PermissionError"


def _pairs(attributes: Attributes) -> list[KeyValue]:
    return [KeyValue(key=key, value=_value(value)) for key, value in attributes.items()]


def _value(value: Any) -> AnyValue:
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    return AnyValue(string_value=str(value))


def _model_of(run: AgentRun) -> str:
    return "gpt-5-mini" if run.release == NEW_RELEASE else "gpt-4.1-mini"


def _cost(plain: PlainSpan) -> float:
    return plain.tokens_in * DOLLARS_PER_TOKEN_IN + plain.tokens_out * DOLLARS_PER_TOKEN_OUT


# --- OpenInference ------------------------------------------------------------------------------


def _openinference(run: AgentRun, plain: PlainSpan) -> Attributes:
    attributes: Attributes = {
        "openinference.span.kind": plain.kind.upper(),
        "session.id": run.external_id,
        "user.id": run.customer,
    }
    if plain.kind == "agent":
        return attributes | {"agent.name": run.workflow}
    if plain.kind == "tool":
        arguments = {"tool.name": plain.name, "input.value": plain.arguments, "input.mime_type": "application/json"}
        output = {"output.value": plain.result, "output.mime_type": "application/json"} if plain.result else {}
        return attributes | arguments | output
    attributes |= {
        "llm.model_name": _model_of(run),
        "llm.provider": "openai",
        "llm.token_count.prompt": plain.tokens_in,
        "llm.token_count.completion": plain.tokens_out,
        "llm.cost.total": _cost(plain),
    }
    for number, message in enumerate(plain.asked):
        attributes |= _flat(f"llm.input_messages.{number}.message", message)
    return attributes | _flat("llm.output_messages.0.message", plain.answer)


def _flat(prefix: str, message: Message) -> Attributes:
    flat: Attributes = {f"{prefix}.role": message["role"]}
    for key in ("content", "tool_call_id"):
        if key in message:
            flat[f"{prefix}.{key}"] = message[key]
    for number, call in enumerate(message.get("tool_calls", [])):
        stem = f"{prefix}.tool_calls.{number}.tool_call"
        flat[f"{stem}.id"] = call["id"]
        flat[f"{stem}.function.name"] = call["name"]
        flat[f"{stem}.function.arguments"] = call["arguments"]
    return flat


# --- GenAI --------------------------------------------------------------------------------------

OPERATIONS = {"agent": "invoke_agent", "llm": "chat", "tool": "execute_tool"}


def _genai(run: AgentRun, plain: PlainSpan) -> Attributes:
    attributes: Attributes = {
        "gen_ai.operation.name": OPERATIONS[plain.kind],
        "gen_ai.conversation.id": run.external_id,
        "enduser.id": run.customer,
    }
    if plain.kind == "agent":
        return attributes | {"gen_ai.agent.name": run.workflow, "gen_ai.provider.name": "openai"}
    if plain.kind == "tool":
        call = {"gen_ai.tool.name": plain.name, "gen_ai.tool.call.arguments": plain.arguments}
        return attributes | call | ({"gen_ai.tool.call.result": plain.result} if plain.result else {})
    return attributes | {
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": _model_of(run),
        "gen_ai.response.model": _model_of(run),
        "gen_ai.usage.input_tokens": plain.tokens_in,
        "gen_ai.usage.output_tokens": plain.tokens_out,
        "gen_ai.usage.cost": _cost(plain),
        "gen_ai.system_instructions": json.dumps([{"type": "text", "content": plain.asked[0]["content"]}]),
        "gen_ai.input.messages": json.dumps([_parts(message) for message in plain.asked[1:]]),
        "gen_ai.output.messages": json.dumps([_parts(plain.answer)]),
    }


def _parts(message: Message) -> Message:
    if message["role"] == "tool":
        response = {"type": "tool_call_response", "id": message["tool_call_id"], "response": message["content"]}
        return {"role": "tool", "parts": [response]}
    parts: list[Message] = [{"type": "text", "content": message["content"]}] if "content" in message else []
    calls = message.get("tool_calls", [])
    parts += [{"type": "tool_call", **call, "arguments": json.loads(call["arguments"])} for call in calls]
    return {"role": message["role"], "parts": parts}
