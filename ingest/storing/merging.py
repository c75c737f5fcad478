"""Several versions of one span as one, whatever order they came in. Pure.

A span may be sent when it begins and again when it ends, or created and then updated: each version may know what the
others do not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import orjson

from ingest.records import LogRecord, SpanRecord

OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


def merge_spans(versions: Iterable[SpanRecord]) -> list[SpanRecord]:
    """Each span of a trace once, in an order that does not depend on that of the versions."""
    found: dict[str, list[SpanRecord]] = {}
    for version in versions:
        found.setdefault(version.span_id, []).append(version)
    spans = [known[0] if len(known) == 1 else _merged(known) for known in found.values()]
    return sorted(spans, key=lambda span: (span.start_ns, span.span_id))


def _merged(versions: Sequence[SpanRecord]) -> SpanRecord:
    """The best version, with what only the others know filled in, the better of them first."""
    best, *others = sorted({_written(version): version for version in versions}.items(), key=_rank, reverse=True)
    span = best[1]
    for _, other in others:
        span = _filled(span, other)
    return span


def _rank(version: tuple[bytes, SpanRecord]) -> tuple[bool, int, int, bytes]:
    """Of two versions the ended one counts, then the later, then the fuller."""
    written, span = version
    return span.end_ns > 0, span.end_ns, len(written), written


def _written(span: SpanRecord) -> bytes:
    """The content as bytes: versions that say the same are the same, in whatever order they say it."""
    return orjson.dumps(span, option=OPTIONS)


def _filled(span: SpanRecord, other: SpanRecord) -> SpanRecord:
    return replace(
        span,
        parent_id=span.parent_id or other.parent_id,
        name=span.name or other.name,
        start_ns=span.start_ns or other.start_ns,
        end_ns=span.end_ns or other.end_ns,
        attributes=_joined(span.attributes, other.attributes),
        events=span.events or other.events,
        links=span.links or other.links,
        failed=span.failed or other.failed,
        message=span.message or other.message,
        resource=_joined(span.resource, other.resource),
        scope=span.scope or other.scope,
        flags=tuple(sorted({*span.flags, *other.flags})),
    )


def _joined(known: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What is known, and of the other what is not: null never takes the place of a value."""
    return {**other, **{key: value for key, value in known.items() if value is not None or key not in other}}


def merge_logs(records: Iterable[LogRecord]) -> list[LogRecord]:
    """Each log record once, in order of time."""
    written = {orjson.dumps(record, option=OPTIONS): record for record in records}
    return [written[key] for key in sorted(written, key=lambda key: (written[key].time_ns, key))]
