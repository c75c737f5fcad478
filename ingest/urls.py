"""URLs."""

from django.urls import path

from ingest.api import scores, session, sessions
from ingest.doors import langfuse, langsmith, otlp, phoenix
from ingest.doors.refusals import counted
from ingest.views import health, health_api, limits, prices, privacy
from ingest.views.connect import connect
from ingest.views.upload import upload, upload_refused, upload_remove, upload_retry, upload_send

# Langfuse's and LangSmith's SDKs put these before the standard paths.
PREFIXES = ("api/public/otel/", "otel/")
SETTINGS = "p/<slug:slug>/settings"

urlpatterns = [
    path("v1/traces", otlp.traces, name="otlp_traces"),
    path("v1/logs", otlp.logs, name="otlp_logs"),
    path("v1/metrics", otlp.metrics, name="otlp_metrics"),
    *(path(f"{prefix}v1/traces", otlp.traces) for prefix in PREFIXES),
    *(path(f"{prefix}v1/logs", otlp.logs) for prefix in PREFIXES),
    *(path(f"{prefix}v1/metrics", otlp.metrics) for prefix in PREFIXES),
    path("api/v1/sessions/", counted(sessions), name="api_sessions"),
    path("api/v1/sessions/<int:session_id>/", session, name="api_session"),
    path("api/v1/scores/", counted(scores), name="api_scores"),
    path("api/public/scores", langfuse.scores, name="langfuse_scores"),
    path("api/public/ingestion", langfuse.events, name="langfuse_events"),
    path("api/public/projects", langfuse.projects, name="langfuse_projects"),
    path("api/public/health", langfuse.health, name="langfuse_health"),
    path("arize_phoenix_version", phoenix.version, name="phoenix_version"),
    path("v1/span_annotations", phoenix.annotations, name="phoenix_spans"),
    path("v1/trace_annotations", phoenix.annotations, name="phoenix_traces"),
    path("v1/session_annotations", phoenix.annotations, name="phoenix_sessions"),
    path("info", langsmith.info, name="langsmith_info"),
    path("runs", langsmith.create, name="langsmith_create"),
    path("runs/batch", langsmith.batch, name="langsmith_batch"),
    path("runs/multipart", langsmith.multipart, name="langsmith_multipart"),
    path("runs/<uuid:langsmith_run>", langsmith.update, name="langsmith_update"),
    path("feedback", langsmith.feedback, name="langsmith_feedback"),
    path("p/<slug:slug>/connect/", connect, name="connect"),
    path("p/<slug:slug>/upload/", upload, name="upload"),
    path("p/<slug:slug>/upload/send/", upload_send, name="upload_send"),
    path("p/<slug:slug>/upload/<int:upload_id>/retry/", upload_retry, name="upload_retry"),
    path("p/<slug:slug>/upload/<int:upload_id>/remove/", upload_remove, name="upload_remove"),
    path("p/<slug:slug>/upload/<int:upload_id>/refused/", upload_refused, name="upload_refused"),
    path("p/<slug:slug>/health/", health.health, name="ingest_health"),
    path("p/<slug:slug>/health/retry/", health.retry_all, name="health_retry_all"),
    path("p/<slug:slug>/health/discard/", health.discard_all, name="health_discard_all"),
    path("p/<slug:slug>/health/batches/<int:batch_id>/", health.failed_batch, name="failed_batch"),
    path("p/<slug:slug>/health/batches/<int:batch_id>/retry/", health.retry_one, name="failed_batch_retry"),
    path("p/<slug:slug>/health/batches/<int:batch_id>/discard/", health.discard_one, name="failed_batch_discard"),
    path(f"{SETTINGS}/privacy/", privacy.privacy, name="privacy"),
    path(f"{SETTINGS}/privacy/try/", privacy.privacy_try, name="privacy_try"),
    path(f"{SETTINGS}/privacy/rules/", privacy.rule_add, name="rule_add"),
    path(f"{SETTINGS}/privacy/rules/<int:rule_id>/switch/", privacy.rule_switch, name="rule_switch"),
    path(f"{SETTINGS}/privacy/rules/<int:rule_id>/remove/", privacy.rule_remove, name="rule_remove"),
    path(f"{SETTINGS}/limits/", limits.limits, name="limits"),
    path(f"{SETTINGS}/prices/", prices.prices, name="prices"),
    path(f"{SETTINGS}/prices/file/", prices.price_file, name="price_file"),
    path(f"{SETTINGS}/prices/export/", prices.price_export, name="price_export"),
    path(f"{SETTINGS}/prices/apply/", prices.price_apply, name="price_apply"),
    path(f"{SETTINGS}/prices/<int:price_id>/remove/", prices.price_remove, name="price_remove"),
    path("p/<slug:slug>/sessions/<int:session_id>/delete/", limits.session_delete, name="session_delete"),
    path("api/v1/health/ingest/", health_api.health, name="api_health"),
    path("api/v1/health/ingest/retry/", health_api.retry, name="api_health_retry"),
]
