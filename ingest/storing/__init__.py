"""Plain records into rows, by statements that can run twice."""

from ingest.storing.counts import count_batches
from ingest.storing.scores import store_scores
from ingest.storing.sessions import Outcome
from ingest.storing.writing import Delivery, Finish, store, store_sessions, store_telemetry

__all__ = [
    "Delivery",
    "Finish",
    "Outcome",
    "count_batches",
    "store",
    "store_scores",
    "store_sessions",
    "store_telemetry",
]
