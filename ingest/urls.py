"""URLs."""

from django.urls import path

from ingest.api import sessions
from ingest.doors import otlp
from ingest.views.connect import connect

# Langfuse's and LangSmith's SDKs put these before the standard paths.
PREFIXES = ("api/public/otel/", "otel/")

urlpatterns = [
    path("v1/traces", otlp.traces, name="otlp_traces"),
    path("v1/logs", otlp.logs, name="otlp_logs"),
    path("v1/metrics", otlp.metrics, name="otlp_metrics"),
    *(path(f"{prefix}v1/traces", otlp.traces) for prefix in PREFIXES),
    *(path(f"{prefix}v1/logs", otlp.logs) for prefix in PREFIXES),
    *(path(f"{prefix}v1/metrics", otlp.metrics) for prefix in PREFIXES),
    path("api/v1/sessions/", sessions, name="api_sessions"),
    path("p/<slug:slug>/connect/", connect, name="connect"),
]
