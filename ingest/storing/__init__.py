"""Plain records into rows, by statements that can run twice."""

from ingest.storing.counts import count_batches
from ingest.storing.scores import store_scores
from ingest.storing.sessions import Outcome, store_sessions
from ingest.storing.spans import store_telemetry

__all__ = ["Outcome", "count_batches", "store_scores", "store_sessions", "store_telemetry"]
