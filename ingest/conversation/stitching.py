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
    said = [(span, name) for span in spans if (name := session_of_span(span, keys))]
    on_roots = [name for span, name in said if not span.parent_id]
    anywhere = [name for _, name in said]
    in_logs = [name for log in logs if (name := session_in(log.attributes, keys))]
    best = _most_frequent(on_roots) or _most_frequent(anywhere) or _most_frequent(in_logs)
    return (best or spans[0].trace_id)[:MAX_ID]


def sessions_ended(logs: Iterable[LogRecord]) -> set[str]:
    """The sessions that log events call over: one that ends, and one that another takes the place of."""
    ended = {as_word(log.attributes.get(ENDINGS[log.event_name])) for log in logs if log.event_name in ENDINGS}
    return {name[:MAX_ID] for name in ended if name}


def _most_frequent(names: list[str]) -> str:
    """The commonest name; of equals the first in the alphabet, so that the order of arrival decides nothing."""
    return min(Counter(names).items(), key=lambda item: (-item[1], item[0]))[0] if names else ""
