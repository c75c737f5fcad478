"""What to copy to connect a program, for each way in. `@root@`, `@slug@` stand for this installation and project.

The key stands as YOUR_KEY, which the page replaces when one is made on it. Tests run what their packages can run, as it
stands here.
"""

from dataclasses import dataclass
from shlex import quote

SESSION_HINT = (
    "Set session.id on your spans to join several traces into one session. Without it each trace is a session."
)


@dataclass(frozen=True)
class Snippet:
    """A piece of text to copy, and what it is."""

    id: str
    label: str
    text: str


@dataclass(frozen=True)
class Way:
    """One way in: for whom, what to copy in order, and how a session gets its name."""

    id: str
    title: str
    who: str
    snippets: tuple[Snippet, ...]
    session: str


OTEL_ENV = """export OTEL_EXPORTER_OTLP_ENDPOINT=@root@
export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20YOUR_KEY"
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_SERVICE_NAME=your-agent"""

OTEL_CONTENT = """# Without these, OpenTelemetry's own instrumentations send no words:
export OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental
export OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY"""

OTEL_PYTHON = """# pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import json

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

exporter = OTLPSpanExporter(endpoint="@root@/v1/traces", headers={"Authorization": "Bearer YOUR_KEY"})
provider = TracerProvider(resource=Resource.create({"service.name": "your-agent"}))
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("your-agent")

said = [{"role": "user", "parts": [{"type": "text", "content": "Please refund order A-1."}]}]
answer = [{"role": "assistant", "parts": [{"type": "text", "content": "Done! Your refund is on its way."}]}]
with tracer.start_as_current_span("invoke_agent") as turn:
    turn.set_attribute("session.id", "first-try")
    turn.set_attribute("gen_ai.operation.name", "invoke_agent")
    turn.set_attribute("gen_ai.input.messages", json.dumps(said))
    turn.set_attribute("gen_ai.output.messages", json.dumps(answer))
provider.shutdown()"""

OPENINFERENCE_PYTHON = """# pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
# pip install openinference-instrumentation
from openinference.instrumentation import using_session
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

exporter = OTLPSpanExporter(endpoint="@root@/v1/traces", headers={"Authorization": "Bearer YOUR_KEY"})
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(exporter))
trace.set_tracer_provider(provider)"""

OPENINFERENCE_LIBRARIES = """# One of these, once, after the set-up:
from openinference.instrumentation.openai import OpenAIInstrumentor
OpenAIInstrumentor().instrument()          # pip install openinference-instrumentation-openai

from openinference.instrumentation.langchain import LangChainInstrumentor
LangChainInstrumentor().instrument()       # LangChain, LangGraph: openinference-instrumentation-langchain

from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
OpenAIAgentsInstrumentor().instrument()    # OpenAI Agents: openinference-instrumentation-openai-agents"""

OPENINFERENCE_SESSION = """with using_session("chat-17"):
    run_your_agent("Please refund order A-1.")"""

OPENLLMETRY = """# pip install traceloop-sdk
from traceloop.sdk import Traceloop

Traceloop.init(
    app_name="your-agent",
    api_endpoint="@root@",
    headers={"Authorization": "Bearer YOUR_KEY"},
)
Traceloop.set_association_properties({"session_id": "chat-17"})"""

LANGFUSE_ENV = """export LANGFUSE_BASE_URL=@root@
export LANGFUSE_HOST=@root@
export LANGFUSE_PUBLIC_KEY=pk-misstep
export LANGFUSE_SECRET_KEY=YOUR_KEY"""

LANGFUSE_PYTHON = """# Nothing of your code changes. With nothing traced yet: pip install langfuse
from langfuse import get_client, propagate_attributes

langfuse = get_client()
with propagate_attributes(session_id="first-try"):
    with langfuse.start_as_current_observation(
        as_type="agent", name="refunds", input="Please refund order A-1."
    ) as turn:
        turn.update(output="Done! Your refund is on its way.")
langfuse.flush()"""

LANGSMITH = """# pip install "langsmith[otel]"
export LANGSMITH_TRACING=true
export LANGSMITH_OTEL_ENABLED=true
export LANGSMITH_OTEL_ONLY=true
export OTEL_EXPORTER_OTLP_ENDPOINT=@root@
export OTEL_EXPORTER_OTLP_HEADERS="x-api-key=YOUR_KEY\""""

LANGSMITH_SESSION = """graph.invoke({"messages": messages}, config={"metadata": {"thread_id": "chat-17"}})"""

VERCEL_SETUP = """// npm install @opentelemetry/sdk-node @opentelemetry/exporter-trace-otlp-http
import { NodeSDK } from "@opentelemetry/sdk-node";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";

const sdk = new NodeSDK({
  serviceName: "your-agent",
  traceExporter: new OTLPTraceExporter({
    url: "@root@/v1/traces",
    headers: { Authorization: "Bearer YOUR_KEY" },
  }),
});
sdk.start();"""

VERCEL_CALL = """const { text } = await generateText({
  model,
  prompt: "Please refund order A-1.",
  experimental_telemetry: {
    isEnabled: true,
    recordInputs: true,
    recordOutputs: true,
    metadata: { sessionId: "chat-17" },
  },
});"""

MLFLOW = """# pip install mlflow opentelemetry-exporter-otlp-proto-http
export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=@root@/v1/traces
export OTEL_EXPORTER_OTLP_TRACES_HEADERS="Authorization=Bearer%20YOUR_KEY"
export OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf"""

MLFLOW_PYTHON = """import mlflow

mlflow.openai.autolog()

@mlflow.trace
def answer(question: str) -> str:
    mlflow.update_current_trace(metadata={"mlflow.trace.session": "chat-17"})
    return run_your_agent(question)"""

LOGFIRE = """# pip install logfire. With OTEL_EXPORTER_OTLP_ENDPOINT and _HEADERS as above:
import logfire

logfire.configure(send_to_logfire=False, service_name="your-agent")
logfire.instrument_pydantic_ai()

with logfire.span("turn", **{"session.id": "chat-17"}):
    agent.run_sync("Please refund order A-1.")"""

COLLECTOR = """exporters:
  otlphttp/misstep:
    endpoint: @root@
    headers:
      Authorization: Bearer YOUR_KEY
    compression: gzip

service:
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [otlphttp/misstep]
    logs:
      receivers: [otlp]
      exporters: [otlphttp/misstep]"""

CURL = """curl @root@/api/v1/sessions/ \\
  -H 'Authorization: Bearer YOUR_KEY' \\
  -H 'Content-Type: application/json' \\
  -d '{"session": {"id": "first-try", "workflow": "refunds", "closed": true},
       "messages": [{"role": "user", "content": "Please refund order A-1."},
                    {"role": "assistant", "content": "Done! Your refund is on its way."}]}'"""

SCORE = """curl @root@/api/v1/scores/ \\
  -H 'Authorization: Bearer YOUR_KEY' \\
  -H 'Content-Type: application/json' \\
  -d '{"name": "user-feedback", "value": 0, "session_id": "first-try",
       "explanation": "No refund came.", "annotator_kind": "human"}'"""

COMMAND = "python manage.py import_sessions FILE --project @slug@"

WAYS = (
    Way(
        "otel",
        "OpenTelemetry",
        "An agent that is traced already needs these variables and no change of code.",
        (
            Snippet("otel-env", "Environment variables", OTEL_ENV),
            Snippet("otel-content", "Let words be recorded", OTEL_CONTENT),
            Snippet("otel-python", "Python, by hand", OTEL_PYTHON),
        ),
        "Set session.id (or gen_ai.conversation.id) on your spans. Without it each trace is a session.",
    ),
    Way(
        "openinference",
        "OpenInference: OpenAI, LangChain, LangGraph, OpenAI Agents",
        "Instruments a library with one line. Where that is done already, the variables of OpenTelemetry will do.",
        (
            Snippet("openinference-python", "Python set-up", OPENINFERENCE_PYTHON),
            Snippet("openinference-libraries", "The library to be traced", OPENINFERENCE_LIBRARIES),
            Snippet("openinference-session", "Naming the session", OPENINFERENCE_SESSION),
        ),
        "using_session sets session.id on every span below it.",
    ),
    Way(
        "openllmetry",
        "OpenLLMetry (Traceloop)",
        "The SDK sends here instead of to its own service.",
        (Snippet("openllmetry-python", "Python", OPENLLMETRY),),
        "The association property session_id (or thread_id, conversation_id) names the session.",
    ),
    Way(
        "langfuse",
        "Langfuse SDK, versions 3 to 5",
        "Your code stays as it is: the SDK gets another address and another secret. The public key may be anything.",
        (
            Snippet("langfuse-env", "Environment variables", LANGFUSE_ENV),
            Snippet("langfuse-python", "Python, a first trace", LANGFUSE_PYTHON),
        ),
        "session_id, as you set it for Langfuse, names the session. Scores that you send with the SDK arrive too.",
    ),
    Way(
        "langsmith",
        "LangSmith SDK",
        "Its OpenTelemetry mode sends the runs of LangChain and LangGraph here.",
        (
            Snippet("langsmith-env", "Environment variables", LANGSMITH),
            Snippet("langsmith-session", "Naming the session", LANGSMITH_SESSION),
        ),
        "The metadata thread_id (or session_id, conversation_id) names the session.",
    ),
    Way(
        "vercel",
        "Vercel AI SDK",
        "The SDK's own telemetry, through OpenTelemetry for Node.",
        (
            Snippet("vercel-setup", "Set-up, once", VERCEL_SETUP),
            Snippet("vercel-call", "Each call", VERCEL_CALL),
        ),
        "metadata.sessionId names the session; in version 7, sessionId in the runtime context that telemetry includes.",
    ),
    Way(
        "mlflow",
        "MLflow",
        "MLflow's tracing exports over OpenTelemetry once it is told where to.",
        (Snippet("mlflow-env", "Environment variables", MLFLOW), Snippet("mlflow-python", "Python", MLFLOW_PYTHON)),
        "The trace metadata mlflow.trace.session names the session.",
    ),
    Way(
        "logfire",
        "Pydantic AI and Logfire",
        "Logfire's instrumentation sends to any OpenTelemetry endpoint.",
        (Snippet("logfire-env", "Environment variables", OTEL_ENV), Snippet("logfire-python", "Python", LOGFIRE)),
        "session.id on a span around the run names the session.",
    ),
    Way(
        "collector",
        "OpenTelemetry Collector",
        "Where everything passes a Collector already: one more exporter.",
        (Snippet("collector-config", "Part of the configuration", COLLECTOR),),
        SESSION_HINT,
    ),
    Way(
        "json",
        "Plain JSON",
        "One request per session, from any language. Messages as your model's API has them will do.",
        (Snippet("json-curl", "curl with a session", CURL),),
        "session.id names it: sent again it is the same session.",
    ),
    Way(
        "scores",
        "Scores and feedback",
        "What an evaluator or an end user said. It may come before its session.",
        (Snippet("scores-curl", "curl with a score", SCORE),),
        "session_id is the session's name as you send it; trace_id and span_id do as well.",
    ),
    Way(
        "files",
        "Files",
        "Exports of Langfuse, LangSmith, MLflow and Phoenix, OTLP JSON, lists of messages, JSON Lines, tau-bench.",
        (Snippet("import-command", "Import command, where Misstep runs", COMMAND),),
        "Each format's own session or thread id is kept. Importing a file twice adds nothing twice.",
    ),
)


def ways_for(root: str, slug: str) -> tuple[Way, ...]:
    """All ways with this installation's address and this project's slug in place."""
    return tuple(
        Way(
            way.id,
            way.title,
            way.who,
            tuple(Snippet(one.id, one.label, _filled(one.text, root, slug)) for one in way.snippets),
            way.session,
        )
        for way in WAYS
    )


def _filled(text: str, root: str, slug: str) -> str:
    return text.replace("@root@", root).replace("@slug@", quote(slug))
