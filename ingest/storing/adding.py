"""Counters in rows: one statement adds to a row or makes it, on both databases and whoever else does the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models


def add_up(
    model: type[models.Model],
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: Sequence[str],
    added: Sequence[str],
    highest: Sequence[str] = (),
    newest: Sequence[str] = (),
) -> None:
    """Adds `rows`, which name all columns but the primary key, to a table whose unique constraint is over `unique`.

    Where a row is there already, `added` are summed, of `highest` the higher one stays and `newest` are replaced; all
    else stays as it is.
    """
    if not rows:
        return
    fields = {name: _field(model, name) for name in rows[0]}
    table = _quote(model._meta.db_table)  # noqa: SLF001 # as below
    column = {name: _quote(field.column) for name, field in fields.items()}
    news = [f"{column[name]} = {table}.{column[name]} + EXCLUDED.{column[name]}" for name in added]
    news += [
        f"{column[name]} = CASE WHEN EXCLUDED.{column[name]} > {table}.{column[name]} "
        f"THEN EXCLUDED.{column[name]} ELSE {table}.{column[name]} END"
        for name in highest
    ]
    news += [f"{column[name]} = EXCLUDED.{column[name]}" for name in newest]
    # Made of our own names only: every value is a parameter.
    statement = (
        f"INSERT INTO {table} ({', '.join(column.values())}) VALUES ({', '.join(['%s'] * len(column))}) "  # noqa: S608 # as said above
        f"ON CONFLICT ({', '.join(column[name] for name in unique)}) DO UPDATE SET {', '.join(news)}"
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [[field.get_db_prep_save(row[name], connection) for name, field in fields.items()] for row in rows],
        )


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)  # noqa: SLF001 # Django's own way to a model's columns


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)
