"""Plain records into rows, by statements that can run twice."""

from ingest.storing.sessions import Outcome, store_sessions
from ingest.storing.spans import store_telemetry

__all__ = ["Outcome", "store_sessions", "store_telemetry"]
