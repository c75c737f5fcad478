"""What LangSmith's SDK posts: runs that begin, runs that change, and feedback; as JSON, or in the parts of a form."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from ingest.dialects.langsmith_runs import score_of_feedback, span_of_run
from ingest.dialects.values import as_text
from ingest.receiving.errors import TooLarge, Unreadable
from ingest.receiving.halves import make_whole, parse_body, read_any_json
from ingest.receiving.limits import Cutter, clean
from ingest.records import Refusal, ScoreRecord, SpanRecord

RUNS = ("post", "patch")
FEEDBACK = "feedback"
FIELDS = ("inputs", "outputs", "events", "extra", "error", "serialized")
NAME = re.compile(rb'name="([^"\r\n]{1,300})"')
MAX_PARTS = 20_000
MAX_RUNS = 10_000


def read_runs(body: bytes) -> list[SpanRecord | ScoreRecord | Refusal]:
    """What `{"post": […], "patch": […], "feedback": […]}` holds; Unreadable where that is not what the body is."""
    value = parse_body(body)
    if not isinstance(value, dict):
        raise Unreadable("The body must be an object with post, patch or feedback.")
    kinds = (*RUNS, FEEDBACK)
    return [_entry(kind, item, place) for kind in kinds for place, item in enumerate(_items(value, kind), start=1)]


def _items(value: dict[str, Any], kind: str) -> list[Any]:
    items = value.get(kind) or []
    if not isinstance(items, list) or len(items) > MAX_RUNS:
        raise Unreadable(f"{kind}: must be a list of at most {MAX_RUNS}")
    return items


def _entry(kind: str, item: Any, place: int) -> SpanRecord | ScoreRecord | Refusal:
    item = clean(item, Cutter())
    if not isinstance(item, dict):
        return Refusal(place, "must be an object", kind)
    if kind == FEEDBACK:
        return score_of_feedback(item)
    if not as_text(item.get("id")).strip():
        return Refusal(place, "is missing", f"{kind}.id")
    return span_of_run(item)


def from_form(body: bytes, boundary: bytes) -> bytes:
    """The parts of a multipart form as the one JSON object that `read_runs` reads. Attachments are left out.

    Part names are `post.<run>`, `post.<run>.inputs` and so on, `patch.<run>…`, `feedback.<id>`.
    """
    found: dict[str, dict[bytes, dict[str, Any]]] = {kind: {} for kind in (*RUNS, FEEDBACK)}
    for name, content in _parts(body, boundary):
        kind, _, rest = name.partition(b".")
        number, _, field = rest.partition(b".")
        said = found.get(kind.decode("latin-1"))
        if said is None:
            continue
        run = said.setdefault(number, {"id": number.decode("utf-8", "replace")})
        _take(run, field.decode("latin-1"), content, name)
    return orjson.dumps({kind: list(runs.values()) for kind, runs in found.items() if runs})


def _take(run: dict[str, Any], field: str, content: bytes, name: bytes) -> None:
    try:
        value = read_any_json(content)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"The part {name.decode('latin-1')!r} is no JSON: {error}") from error
    if field in FIELDS:
        run[field] = orjson.Fragment(make_whole(content))
    elif not field and isinstance(value, dict):
        run.update(clean(value, Cutter()))


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each part of a form."""
    mark = b"--" + boundary
    pieces = body.split(mark, MAX_PARTS + 1)
    if len(pieces) > MAX_PARTS:
        raise TooLarge(f"The form has more than {MAX_PARTS} parts.")
    if len(pieces) == 1:
        raise Unreadable("The form holds no part; its Content-Type names another boundary.")
    if not pieces[-1].startswith(b"--"):
        raise Unreadable(f"The form ends too early, at byte {len(body)}.")
    for piece in pieces[1:-1]:
        head, gap, content = piece.partition(b"\r\n\r\n")
        name = NAME.search(head)
        if not gap or name is None:
            raise Unreadable("A part of the form has no name; each needs a Content-Disposition.")
        yield name[1], content.removesuffix(b"\r\n")
