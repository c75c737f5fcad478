"""Every door with a body that it takes, so that what holds for one is asked of all. A new door is a new line."""

import json
import zlib
from dataclasses import dataclass
from typing import Any

from django.test import Client

from tests.ingest.payloads import JSON, TRACE, export, span

NDJSON = "application/x-ndjson"
FORM = "multipart/form-data; boundary=edge"
RUN = "0198aa55-0000-7000-8000-000000000001"
SPAN = f"{1:016x}"


@dataclass(frozen=True)
class Door:
    """`taken` is the status of a good body; a door that is asked with another verb than POST says so."""

    path: str
    body: bytes
    taken: int = 200
    kind: str = JSON
    verb: str = "post"

    def __str__(self) -> str:
        return f"{self.verb} {self.path} {self.kind.partition(';')[0]}"

    def send(self, client: Client, secret: str, body: bytes | None = None, kind: str = "", encoding: str = "") -> Any:
        """The answer to this body, or to the good one, with a key unless `secret` is empty."""
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        if encoding:
            headers["Content-Encoding"] = encoding
        kind = kind or self.kind
        send = getattr(client, self.verb)
        return send(
            self.path, self.body if body is None else body, content_type=kind, headers=headers, CONTENT_TYPE=kind
        )


def written(value: Any) -> bytes:
    return json.dumps(value).encode()


LOG = {"traceId": TRACE, "spanId": SPAN, "eventName": "gen_ai.choice", "timeUnixNano": "1795000000000000000"}
LOGS = written({"resourceLogs": [{"scopeLogs": [{"logRecords": [LOG]}]}]})
SESSION = {"session": {"id": "s"}, "steps": [{"kind": "user", "text": "Hi"}]}
RUN_BODY = {
    "id": RUN,
    "trace_id": RUN,
    "dotted_order": f"20261121T093000000000Z{RUN}",
    "name": "chat",
    "run_type": "llm",
}
EVENT = {"id": "e1", "type": "score-create", "timestamp": "2026-11-21T09:30:00Z"}
SCORE = {"id": "s1", "traceId": TRACE, "name": "helpful", "value": 1}
MARK = {"name": "helpful", "annotator_kind": "HUMAN", "result": {"score": 1}}
PART = (
    f'--edge\r\nContent-Disposition: form-data; name="post.{RUN}"\r\nContent-Type: application/json\r\n\r\n'
    f"{json.dumps(RUN_BODY)}\r\n--edge--\r\n"
).encode()

PREFIXES = ("/", "/otel/", "/api/public/otel/")
OTLP = tuple(
    Door(f"{prefix}v1/{signal}", body)
    for prefix in PREFIXES
    for signal, body in (("traces", export(span(1))), ("logs", LOGS), ("metrics", b"{}"))
)
OURS = (
    Door("/api/v1/sessions/", written(SESSION), 202),
    Door("/api/v1/sessions/", written(SESSION), 202, NDJSON),
    Door("/api/v1/scores/", written({"name": "helpful", "value": 1, "session_id": "s"}), 202),
    Door("/api/v1/scores/", written({"name": "helpful", "value": 1, "session_id": "s"}), 202, NDJSON),
)
FOREIGN = (
    Door("/api/public/scores", written([SCORE]), 202),
    Door("/api/public/ingestion", written({"batch": [{**EVENT, "body": SCORE}]}), 207),
    Door("/v1/span_annotations", written({"data": [{**MARK, "span_id": SPAN}]})),
    Door("/v1/trace_annotations", written({"data": [{**MARK, "trace_id": TRACE}]})),
    Door("/v1/session_annotations", written({"data": [{**MARK, "session_id": "s"}]})),
    Door("/runs", written(RUN_BODY), 202),
    Door("/runs/batch", written({"post": [RUN_BODY]}), 202),
    Door("/runs/multipart", PART, 202, FORM),
    Door(f"/runs/{RUN}", written(RUN_BODY), 202, verb="patch"),
    Door("/feedback", written({"id": RUN, "run_id": RUN, "trace_id": RUN, "key": "helpful", "score": 1})),
)
DOORS = (*OTLP, *OURS, *FOREIGN)
# One path for each door, for what costs time.
UNLIKE = tuple(door for door in DOORS if not door.path.startswith(PREFIXES[1:]))
# Doors that keep nothing of what they take.
KEEPS = tuple(door for door in UNLIKE if not door.path.endswith("metrics"))


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]
