"""Plain records into rows, by statements that can run twice."""

from ingest.storing.scores import store_scores
from ingest.storing.sessions import Outcome, store_sessions
from ingest.storing.spans import store_telemetry

__all__ = ["Outcome", "store_scores", "store_sessions", "store_telemetry"]
