"""Sessions as an instrumented agent sends them, and a client that sends them over several connections at once."""

import gzip
import http.client
import json
import random
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from benchmarks._measuring import percentile

SPANS = 20
PROTOBUF, JSON = "application/x-protobuf", "application/json"
AGENTS = {
    "refunds": ("find_order", "read_policy", "pay_back", "write_mail"),
    "triage": ("list_alarms", "read_log", "read_metric", "restart_pod"),
    "travel": ("find_train", "find_room", "hold_seat", "ask_weather"),
}
MODELS = ("gpt-5-mini", "gpt-5", "claude-sonnet-4-5")
WORDS = (
    *("order", "parcel", "refund", "customer", "invoice", "policy", "card", "address", "delay", "carrier", "token"),
    *("alarm", "cluster", "pod", "memory", "latency", "deploy", "restart", "seat", "train", "hotel", "night", "price"),
    *("the", "a", "of", "to", "and", "with", "was", "is", "not", "before", "after", "again", "because", "please"),
    *("check", "confirm", "found", "nothing", "thirty", "seven", "late", "early", "wrong", "right", "window", "item"),
)
TRANSIENT = {429, 502, 503, 504}
RETRIES = 200
PAUSE_SECONDS = 0.05
STARTED_AGO_NS = 3_600 * 10**9


@dataclass(frozen=True)
class Shape:
    """How sessions are put into requests."""

    connections: int = 1
    batch: int = 1
    protocol: str = "protobuf"
    gzip: bool = False

    @property
    def content_type(self) -> str:
        return PROTOBUF if self.protocol == "protobuf" else JSON

    def requests(self, label: str, sessions: int) -> list[bytes]:
        """The bodies, built before any clock runs. Sessions are named by the label, and are the same for the same."""
        return [self._body(group) for group in self._groups(label, sessions)]

    def _groups(self, label: str, sessions: int) -> Iterator[ExportTraceServiceRequest]:
        for first in range(0, sessions, self.batch):
            yield request_of(label, range(first, min(first + self.batch, sessions)))

    def _body(self, request: ExportTraceServiceRequest) -> bytes:
        body = request.SerializeToString() if self.protocol == "protobuf" else as_json(request)
        return gzip.compress(body, 5) if self.gzip else body


# --- what is sent -----------------------------------------------------------------------------------


def request_of(label: str, numbers: Sequence[int]) -> ExportTraceServiceRequest:
    """One OTLP request with these sessions of one service."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    names = {"service.name": "bench", "service.version": "1.0", "deployment.environment.name": "production"}
    resource.resource.attributes.extend(_pairs(names))
    scope = resource.scope_spans.add()
    scope.scope.name = "openinference.instrumentation.bench"
    for number in numbers:
        scope.spans.extend(spans_of(f"{label}-{number:06}"))
    return request


def as_json(request: ExportTraceServiceRequest) -> bytes:
    """OTLP's JSON: ids as hexadecimal digits, where protobuf's own JSON has base64."""
    tree = MessageToDict(request, use_integers_for_enums=True)
    spans = request.resource_spans[0].scope_spans[0].spans
    for written, span in zip(tree["resourceSpans"][0]["scopeSpans"][0]["spans"], spans, strict=True):
        written["traceId"], written["spanId"] = span.trace_id.hex(), span.span_id.hex()
        if span.parent_span_id:
            written["parentSpanId"] = span.parent_span_id.hex()
    return json.dumps(tree).encode()


def spans_of(name: str) -> list[Span]:
    """One session of 20 spans in one trace, about 25 KB: model and tool calls in turn, and the agent over them."""
    dice = random.Random(name)
    agent, tools = dice.choice(list(AGENTS.items()))
    trace, root = dice.randbytes(16), dice.randbytes(8)
    clock = began = time.time_ns() - STARTED_AGO_NS
    question, said = _text(dice, 30), ""
    spans = []
    for n in range(1, SPANS):
        span = Span(trace_id=trace, span_id=dice.randbytes(8), parent_span_id=root, start_time_unix_nano=clock)
        clock = span.end_time_unix_nano = clock + dice.randrange(5, 3_000) * 1_000_000
        if n % 2:
            said = _text(dice, 75)
            _model_call(span, dice, question, said)
        else:
            _tool_call(span, dice, dice.choice(tools))
        span.attributes.extend(_pairs({"session.id": name}))
        spans.append(span)
    top = Span(trace_id=trace, span_id=root, name=agent, start_time_unix_nano=began, end_time_unix_nano=clock)
    _whole_run(top, dice, agent, question, said)
    top.attributes.extend(_pairs({"session.id": name}))
    return [*spans, top]


def _whole_run(span: Span, dice: random.Random, agent: str, question: str, said: str) -> None:
    metadata = json.dumps({"channel": "web", "tier": dice.choice(("gold", "free"))})
    user = f"user-{dice.randrange(500)}"
    known = {"openinference.span.kind": "AGENT", "agent.name": agent, "user.id": user, "metadata": metadata}
    span.attributes.extend(_pairs({**known, "input.value": question, "output.value": said}))
    tags = ArrayValue(values=[AnyValue(string_value=tag) for tag in ("prod", agent)])
    span.attributes.append(KeyValue(key="tag.tags", value=AnyValue(array_value=tags)))


def _model_call(span: Span, dice: random.Random, question: str, said: str) -> None:
    span.name = "chat"
    asked, answered = "llm.input_messages", "llm.output_messages.0.message"
    span.attributes.extend(
        _pairs(
            {
                "openinference.span.kind": "LLM",
                "llm.model_name": dice.choice(MODELS),
                "llm.invocation_parameters": json.dumps({"temperature": 0.2, "max_tokens": 800}),
                f"{asked}.0.message.role": "system",
                f"{asked}.0.message.content": "You help customers. Follow the policy and say what you did.",
                f"{asked}.1.message.role": "user",
                f"{asked}.1.message.content": question,
                f"{answered}.role": "assistant",
                f"{answered}.content": said,
                "output.value": said,
                "llm.token_count.prompt": dice.randrange(300, 6_000),
                "llm.token_count.completion": dice.randrange(10, 700),
            }
        )
    )


def _tool_call(span: Span, dice: random.Random, tool: str) -> None:
    span.name = tool
    found = [{"id": dice.randrange(10**6), "state": dice.choice(WORDS), "note": _text(dice, 12)} for _ in range(6)]
    span.attributes.extend(
        _pairs(
            {
                "openinference.span.kind": "TOOL",
                "tool.name": tool,
                "input.value": json.dumps({"id": f"A-{dice.randrange(10**5)}", "why": _text(dice, 8)}),
                "output.value": json.dumps({"found": found}),
            }
        )
    )
    if dice.random() < 1 / SPANS:
        failure = f"TimeoutError: no answer within {dice.randrange(2, 30)} s"
        span.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message=failure))


def _text(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(WORDS, k=words)).capitalize() + "."


def _pairs(values: Mapping[str, str | int]) -> list[KeyValue]:
    return [KeyValue(key=key, value=_value(value)) for key, value in values.items()]


def _value(value: str | int) -> AnyValue:
    return AnyValue(int_value=value) if isinstance(value, int) else AnyValue(string_value=value)


# --- the client -------------------------------------------------------------------------------------


@dataclass
class Line:
    """One kept-alive connection to a server; not to be shared by threads."""

    url: str
    headers: Mapping[str, str]
    retries: int = 0
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def post(self, body: bytes, more: Mapping[str, str]) -> float:
        """Seconds until the answer that accepted it. Asks again after a transient refusal; fails for any other."""
        for _ in range(RETRIES):
            started = time.perf_counter()
            status, answer = self.ask("POST", urlsplit(self.url).path, body, more)
            if status // 100 == 2:  # noqa: PLR2004 - everybody knows it
                return time.perf_counter() - started
            if status not in TRANSIENT:
                raise SystemExit(f"{self.url} answered {status}: {answer[:300]!r}")
            self.retries += 1
            time.sleep(PAUSE_SECONDS)
        raise SystemExit(f"{self.url} refused the same request {RETRIES} times.")

    def ask(self, method: str, path: str, body: bytes | None, more: Mapping[str, str]) -> tuple[int, bytes]:
        """The status and the whole answer, over a new connection where the server closed the old one."""
        headers = {**self.headers, **more}
        try:
            return self._exchange(method, path, body, headers)
        except (http.client.HTTPException, OSError):
            self._connection = None
            return self._exchange(method, path, body, headers)

    def _exchange(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        connection = self._connected()
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            address = urlsplit(self.url)
            self._connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=120)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._connection


def send(url: str, headers: Mapping[str, str], shape: Shape, bodies: Sequence[bytes]) -> dict[str, Any]:
    """Sends all over the shape's connections at once; what was accepted, how fast, in milliseconds per request."""
    more = {"Content-Type": shape.content_type, **({"Content-Encoding": "gzip"} if shape.gzip else {})}
    lines = [Line(url, headers) for _ in range(shape.connections)]
    started = time.perf_counter()

    def work(number: int) -> list[float]:
        return [lines[number].post(body, more) for body in bodies[number :: shape.connections]]

    with ThreadPoolExecutor(shape.connections) as pool:
        seconds = [one for mine in pool.map(work, range(shape.connections)) for one in mine]
    return {
        "send_s": time.perf_counter() - started,
        "accept_p50_ms": round(percentile(seconds, 0.5) * 1000, 2),
        "accept_p95_ms": round(percentile(seconds, 0.95) * 1000, 2),
        "accept_max_ms": round(max(seconds) * 1000, 2),
        "retries": sum(line.retries for line in lines),
    }
