"""Fills an installation with copies of what the digest wrote, by statements inside the database. Runs in its Django.

Every table that hangs on a session is copied, whatever the digest writes there, so that 100,000 sessions lie in tables
and indexes as if they had been sent.
"""

import time
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from benchmarks._sending import Shape
from ingest.models import RawBatch
from traces.models import AgentSession

Kind = type[models.Model]
SPREAD_SECONDS = 60 * 24 * 3_600
TIMES = {"started_at", "ended_at", "created_at", "last_received_at", "received_at"}


def fill(sessions: int) -> dict[str, float]:
    """Copies all that is there until so many sessions stand in the database; how many that are, and the ceiling."""
    there = AgentSession.objects.count()
    copies = max(0, sessions // there - 2)
    steps = {kind: _highest(kind) for kind in cloned_kinds()}
    for number in range(1, copies + 1):
        with transaction.atomic():
            for kind in steps:
                _copy(kind, steps, number, SPREAD_SECONDS * number // (copies + 1))
    rate = ceiling(steps, copies + 1, there)
    _settle_down(list(steps))
    return {"sessions": AgentSession.objects.count(), "ceiling_per_s": rate}


def cloned_kinds() -> list[Kind]:
    """What came in and all that hangs on sessions in these two apps, parents first."""
    found: list[Kind] = [RawBatch, AgentSession]
    waiting = [*apps.get_app_config("traces").get_models(), *apps.get_app_config("ingest").get_models()]
    while new := [kind for kind in waiting if kind not in found and _parents(kind) & set(found)]:
        found += new
    return found


def _parents(kind: Kind) -> set[Any]:
    return {field.related_model for field in kind._meta.concrete_fields if field.many_to_one or field.one_to_one}  # noqa: SLF001 - Django's own way


def _quoted(name: str | None) -> str:
    return str(connection.ops.quote_name(name or ""))


def _highest(kind: Kind) -> int:
    top = kind._default_manager.aggregate(top=models.Max("pk"))["top"]  # noqa: SLF001 - as above
    return int(top or 0)


def _copy(kind: Kind, steps: dict[Kind, int], number: int, earlier: int) -> None:
    """All rows of the first generation once more."""
    meta = kind._meta  # noqa: SLF001 - as above
    columns = ", ".join(_quoted(field.column) for field in meta.concrete_fields)
    selection, values = _selection(kind, steps, number, earlier)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {_quoted(meta.db_table)} ({columns}) {selection}", values)


def _selection(kind: Kind, steps: dict[Kind, int], number: int, earlier: int) -> tuple[str, list[Any]]:
    """The first generation of a table as another one: with ids, names and times of its own."""
    meta = kind._meta  # noqa: SLF001 - as above
    terms = [_term(field, _quoted(field.column), steps, number, earlier) for field in meta.concrete_fields]
    chosen = ", ".join(term for term, _ in terms)
    table, key = (_quoted(name) for name in (meta.db_table, meta.pk.column))
    values = [value for _, given in terms for value in given]
    return f"SELECT {chosen} FROM {table} WHERE {key} <= %s", [*values, steps[kind]]  # noqa: S608 - our own names


def _term(field: Any, column: str, steps: dict[Kind, int], number: int, earlier: int) -> tuple[str, list[Any]]:
    of = field.related_model if field.is_relation else (field.model if field.primary_key else None)
    if of in steps:
        return f"{column} + %s", [steps[of] * number]
    if field.name in {"external_id", "identity", "target"}:
        return f"CASE {column} WHEN '' THEN '' ELSE substr({column}, 1, 50) || %s END", [f"-{number}"]
    if field.name == "trace_id":
        return f"CASE {column} WHEN '' THEN '' ELSE substr({column}, 1, 26) || %s END", [f"{number:06x}"]
    if field.name in TIMES and field.model in {AgentSession, RawBatch}:
        return _earlier(column), [f"-{earlier} seconds"]
    return column, []


def _earlier(column: str) -> str:
    if connection.vendor == "postgresql":
        return f"{column} + %s::interval"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', {column}, %s)"


def _settle_down(kinds: Sequence[Kind]) -> None:
    """What time does by itself in a database that was not filled a moment ago."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(kinds)):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")


# --- the ceiling ------------------------------------------------------------------------------------


def ceiling(steps: dict[Kind, int], number: int, sessions: int) -> float:
    """Sessions per second of a bare loop: parse what was sent, and insert the rows that the digest made of it.

    The same tables, indexes and settings of the same database. The rows are ready before the clock runs: nothing is
    derived, compressed or looked up, and all sessions of a generation are one transaction.
    """
    bodies = Shape().requests("ceiling", sessions)
    statements = [(_insertion(kind), _moved(kind, steps, number)) for kind in steps]
    started = time.perf_counter()
    for body in bodies:
        ExportTraceServiceRequest.FromString(body)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, rows in statements:
            cursor.executemany(statement, rows)
    return len(bodies) / (time.perf_counter() - started)


def _insertion(kind: Kind) -> str:
    meta = kind._meta  # noqa: SLF001 - as above
    columns = ", ".join(_quoted(field.column) for field in meta.concrete_fields)
    places = ", ".join("%s" for _ in meta.concrete_fields)
    return f"INSERT INTO {_quoted(meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - our own names


def _moved(kind: Kind, steps: dict[Kind, int], number: int) -> list[tuple[Any, ...]]:
    """The rows of a generation, as the database itself makes them of the first one."""
    statement, values = _selection(kind, steps, number, 0)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
