"""The real OpenTelemetry SDK, over a socket, to the steps that a person reads."""

import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode
from pytest_django.live_server_helper import LiveServer

from accounts.models import Scope
from ingest.digest import digest_waiting
from tests.builders import make_key, make_project
from traces.models import AgentSession


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("compression", list(Compression))
def test_sdk_exports_a_conversation(live_server: LiveServer, compression: Compression) -> None:
    key = make_key(make_project(), Scope.INGEST)
    exporter = OTLPSpanExporter(
        endpoint=f"{live_server.url}/v1/traces", headers={"Authorization": f"Bearer {key}"}, compression=compression
    )
    provider = TracerProvider(resource=Resource.create({"service.name": "desk", "service.version": "7"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    with tracer.start_as_current_span("turn") as turn:
        turn.set_attributes({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "Desk", "session.id": "s-1"})
        turn.set_attribute("gen_ai.input.messages", '[{"role":"user","parts":[{"type":"text","content":"Refund?"}]}]')
        with tracer.start_as_current_span("tool") as tool:
            tool.set_attributes({"gen_ai.tool.name": "refund", "gen_ai.tool.call.arguments": '{"order": 1}'})
            tool.set_status(Status(StatusCode.ERROR, "401 token expired"))
        turn.set_attribute(
            "gen_ai.output.messages", '[{"role":"assistant","parts":[{"type":"text","content":"Done!"}]}]'
        )
    provider.shutdown()
    assert digest_waiting() == 1

    session = AgentSession.objects.get()
    assert (session.external_id, session.workflow, session.release, session.closed) == ("s-1", "Desk", "7", True)
    assert [(step.role, step.text or step.name, step.error_message) for step in session.steps.all()] == [
        ("user", "Refund?", ""),
        ("tool", "refund", "401 token expired"),
        ("agent", "Done!", ""),
    ]
