"""URLs."""

from django.urls import path

from ingest.api import sessions
from ingest.doors import otlp
from ingest.doors.refusals import counted
from ingest.views import health
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
    path("api/v1/sessions/", counted(sessions), name="api_sessions"),
    path("p/<slug:slug>/connect/", connect, name="connect"),
    path("p/<slug:slug>/health/", health.health, name="ingest_health"),
    path("p/<slug:slug>/health/retry/", health.retry_all, name="health_retry_all"),
    path("p/<slug:slug>/health/discard/", health.discard_all, name="health_discard_all"),
    path("p/<slug:slug>/health/batches/<int:batch_id>/", health.failed_batch, name="failed_batch"),
    path("p/<slug:slug>/health/batches/<int:batch_id>/retry/", health.retry_one, name="failed_batch_retry"),
    path("p/<slug:slug>/health/batches/<int:batch_id>/discard/", health.discard_one, name="failed_batch_discard"),
]
