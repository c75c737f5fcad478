"""Which session a trace belongs to."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ingest.dialects.feedback import is_carrier
from ingest.dialects.fields import session_in, session_of_span
from ingest.dialects.values import as_word
from ingest.receiving.checking import ENDINGS
from ingest.records import LogRecord, SpanRecord

MAX_ID = 200


def session_of_trace(spans: Sequence[SpanRecord], logs: Iterable[LogRecord], extra_keys: Iterable[str] = ()) -> str:
    """The root's session id, else the most frequent one, else the trace's own id; "" for feedback alone."""
    keys = tuple(extra_keys)
    spans = [span for span in spans if not is_carrier(span)]
    if not spans:
        return ""
    on_roots = (session_of_span(span, keys) for span in spans if not span.parent_id)
    anywhere = (session_of_span(span, keys) for span in spans)
    in_logs = (session_in(log.attributes, keys) for log in logs)
    best = _most_frequent(on_roots) or _most_frequent(anywhere) or _most_frequent(in_logs)
    return (best or spans[0].trace_id)[:MAX_ID]


def sessions_ended(logs: Iterable[LogRecord]) -> set[str]:
    """The sessions that log events call over: one that ends, and one that another takes the place of."""
    ended = {as_word(log.attributes.get(ENDINGS[log.event_name])) for log in logs if log.event_name in ENDINGS}
    return {name[:MAX_ID] for name in ended if name}


def _most_frequent(names: Iterable[str]) -> str:
    """The commonest name; of equals the first in the alphabet, so that the order of arrival decides nothing."""
    counts = Counter(filter(None, names))
    return min(counts.items(), key=lambda item: (-item[1], item[0]))[0] if counts else ""
