"""URLs."""

from django.urls import path

from ingest import doors
from ingest.api import sessions
from ingest.views import connect

# Langfuse's and LangSmith's SDKs put these before the standard paths.
PREFIXES = ("api/public/otel/", "otel/")

urlpatterns = [
    path("v1/traces", doors.traces, name="otlp_traces"),
    path("v1/logs", doors.logs, name="otlp_logs"),
    path("v1/metrics", doors.metrics, name="otlp_metrics"),
    *(path(f"{prefix}v1/traces", doors.traces) for prefix in PREFIXES),
    *(path(f"{prefix}v1/logs", doors.logs) for prefix in PREFIXES),
    *(path(f"{prefix}v1/metrics", doors.metrics) for prefix in PREFIXES),
    path("api/v1/sessions/", sessions, name="api_sessions"),
    path("p/<slug:slug>/connect/", connect, name="connect"),
]
