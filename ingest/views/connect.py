"""How to send sessions here."""

from shlex import quote

from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from traces.models import AgentSession

OTEL_ENV = """export OTEL_EXPORTER_OTLP_ENDPOINT={root}
export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20YOUR_KEY"
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_SERVICE_NAME=your-agent"""
OTEL_INSTALL = (
    "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http openinference-instrumentation-openai"
)
OTEL_PYTHON = """from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from openinference.instrumentation.openai import OpenAIInstrumentor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
OpenAIInstrumentor().instrument()"""
CURL = """curl {root}/api/v1/sessions/ \\
  -H 'Authorization: Bearer YOUR_KEY' \\
  -H 'Content-Type: application/json' \\
  -d '{{"session": {{"id": "first-try", "workflow": "refunds", "closed": true}},
       "messages": [{{"role": "user", "content": "Please refund order A-1."}},
                    {{"role": "assistant", "content": "Done! Your refund is on its way."}}]}}'"""
COMMAND = "python manage.py import_sessions FILE --project {slug}"


@member(Role.VIEWER)
def connect(request: ProjectRequest) -> HttpResponse:
    """How to send sessions here, ready to copy, and whether any have come yet."""
    arrived = AgentSession.objects.filter(project=request.project).aggregate(
        sessions=Count("pk"), newest=Max("last_received_at")
    )
    context = {
        "section": "connect",
        "arrived": arrived,
        "snippets": _snippets(request.build_absolute_uri("/").rstrip("/"), request.project.slug),
        "may_make_keys": request.membership.may(Role.ADMIN),
        "may_upload": request.membership.may(Role.LEAD),
    }
    return render(request, "ingest/connect.html", context)


def _snippets(root: str, slug: str) -> dict[str, str]:
    """What to copy, with this installation's address and this project's slug in place."""
    return {
        "otel_env": OTEL_ENV.format(root=root),
        "otel_install": OTEL_INSTALL,
        "otel_python": OTEL_PYTHON,
        "curl": CURL.format(root=root),
        "command": COMMAND.format(slug=quote(slug)),
    }
