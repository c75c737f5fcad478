"""Carries spans and logs into one part for each trace, and the bodies of batches from zlib to zstd."""

import hashlib
import zlib

import orjson
import zstandard
from django.db import migrations

AT_ONCE = 200
MAX_NS = 2**63 - 1
SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
CONTENT = ("name", "start_ns", "end_ns", "attributes", "events", "links", "failed", "message")


def fill(apps, schema_editor):
    Trace, SpanLog = apps.get_model("ingest", "Trace"), apps.get_model("ingest", "SpanLog")
    # Logs whose spans never came have no trace yet.
    homeless = SpanLog.objects.values_list("project_id", "trace_id").distinct()
    Trace.objects.bulk_create(
        [Trace(project_id=project, trace_id=trace_id) for project, trace_id in homeless.order_by()],
        ignore_conflicts=True, batch_size=AT_ONCE,
    )
    compressor = zstandard.ZstdCompressor()
    for trace in Trace.objects.order_by("pk").iterator(chunk_size=AT_ONCE):
        write_part(apps, trace, compressor)
    recompress(apps, zlib.decompress, compressor.compress)


def write_part(apps, trace, compressor):
    spans = [span_values(row) for row in apps.get_model("ingest", "Span").objects.filter(trace=trace).order_by("pk")]
    resources = [content["resource"] for _, content in spans]
    logs = apps.get_model("ingest", "SpanLog").objects.filter(project=trace.project_id, trace_id=trace.trace_id)
    content = {
        "resources": resources,
        "spans": [
            [*ids, *(content[name] for name in CONTENT), place, content["scope"], content["flags"]]
            for place, (ids, content) in enumerate(spans)
        ],
        "logs": [[row.span_id, row.event_name, row.time_ns, *log_values(row)] for row in logs.order_by("pk")],
    }
    if content["spans"] or content["logs"]:
        written = orjson.dumps(content)
        apps.get_model("ingest", "TracePart").objects.create(
            trace=trace, digest=hashlib.sha256(written).hexdigest()[:32], payload=compressor.compress(written)
        )


def span_values(row):
    return [row.span_id, row.parent_id], orjson.loads(zlib.decompress(row.payload))


def log_values(row):
    content = orjson.loads(zlib.decompress(row.payload))
    return content["attributes"], content["body"]


def recompress(apps, decompress, compress):
    batches = apps.get_model("ingest", "RawBatch").objects
    for key in batches.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=AT_ONCE):
        body = batches.values_list("body", flat=True).get(pk=key)
        batches.filter(pk=key).update(body=compress(decompress(body)))


def empty(apps, schema_editor):
    """Back into rows: of several versions of a span the one that counted."""
    decompressor = zstandard.ZstdDecompressor()
    for part in apps.get_model("ingest", "TracePart").objects.select_related("trace").iterator(chunk_size=AT_ONCE):
        content = orjson.loads(decompressor.decompress(part.payload))
        for values in content["spans"]:
            write_span(apps, part.trace, values, content["resources"])
        write_logs(apps, part.trace, content["logs"])
    recompress(apps, decompressor.decompress, lambda body: zlib.compress(body, 1))


def write_span(apps, trace, values, resources):
    span_id, parent_id, *rest = values
    *plain, resource, scope, flags = rest
    content = {**dict(zip(CONTENT, plain)), "resource": resources[resource], "scope": scope, "flags": flags}
    row = {
        "parent_id": parent_id[:16],
        "start_ns": fitting(content["start_ns"]),
        "end_ns": fitting(content["end_ns"]),
        "content_hash": hashlib.sha256(orjson.dumps([parent_id, content], option=SORTED)).hexdigest(),
        "payload": zlib.compress(orjson.dumps(content, option=SORTED), 1),
    }
    spans = apps.get_model("ingest", "Span").objects
    known = spans.filter(trace=trace, span_id=span_id).first()
    if known is None or rank(row) > rank(vars(known)):
        spans.update_or_create(trace=trace, span_id=span_id, defaults=row)


def rank(row):
    return row["end_ns"] > 0, row["end_ns"], len(row["payload"]), row["content_hash"]


def write_logs(apps, trace, logs):
    for span_id, event_name, time_ns, attributes, body in logs:
        content = {"attributes": attributes, "body": body}
        key = [trace.trace_id, span_id, event_name, time_ns, content]
        apps.get_model("ingest", "SpanLog").objects.update_or_create(
            project_id=trace.project_id,
            identity=hashlib.sha256(orjson.dumps(key, option=SORTED)).hexdigest(),
            defaults={
                "trace_id": trace.trace_id,
                "span_id": span_id[:16],
                "event_name": event_name[:120],
                "time_ns": fitting(time_ns),
                "payload": zlib.compress(orjson.dumps(content, option=SORTED), 1),
            },
        )


def fitting(nanoseconds):
    return max(-MAX_NS, min(nanoseconds, MAX_NS))


class Migration(migrations.Migration):

    dependencies = [
        ('ingest', '0004_parts'),
    ]

    operations = [
        migrations.RunPython(fill, empty),
    ]
