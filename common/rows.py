"""Many rows in one statement, values as they are: the steps of a hundred sessions are too many for model instances."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db import connection, models

Row = Sequence[Any]


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Row], *, unique: Sequence[str] = ()) -> None:
    """Inserts `rows`, whose values stand in the order of the columns `names`; others get their defaults.

    `unique`: the fields of a unique constraint; the row that is there already takes the new values.
    """
    named = [_field(model, name) for name in names]
    others = [field for field in _columns(model) if field not in named and not field.primary_key]
    fields = [*named, *others]
    # Made of our own names only: every value is a parameter.
    statement = (
        f"INSERT INTO {_table(model)} ({', '.join(map(_quoted, fields))}) "  # noqa: S608 # as said above
        f"VALUES ({', '.join(['%s'] * len(fields))})"
    )
    if unique:
        told = ", ".join(_quoted(_field(model, name)) for name in unique)
        news = ", ".join(f"{_quoted(field)} = EXCLUDED.{_quoted(field)}" for field in named)
        statement += f" ON CONFLICT ({told}) DO UPDATE SET {news}"
    defaults = [field.get_default() for field in others]
    _run(statement, fields, ([*row, *defaults] for row in rows))


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """Gives each row new values; `rows` hold those of the fields `names` and then the primary key."""
    fields = [_field(model, name) for name in names]
    news = ", ".join(f"{_quoted(field)} = %s" for field in fields)
    key = _field(model, "pk")
    statement = f"UPDATE {_table(model)} SET {news} WHERE {_quoted(key)} = %s"  # noqa: S608 # our own names only
    _run(statement, [*fields, key], rows)


def _run(statement: str, fields: Sequence[Any], rows: Iterable[Row]) -> None:
    written = list(map(list, rows))
    for place, field in enumerate(fields):
        _prepare(written, place, field)
    if written:
        with connection.cursor() as cursor:
            cursor.executemany(statement, written)


def _prepare(rows: list[list[Any]], place: int, field: Any) -> None:
    """Times and JSON as the database takes them; all else is taken as it is."""
    if isinstance(field, models.DateTimeField):
        adapt = connection.ops.adapt_datetimefield_value
    elif isinstance(field, models.JSONField):
        adapt = _as_json
    else:
        return
    for row in rows:
        row[place] = adapt(row[place])


def _as_json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _field(model: type[models.Model], name: str) -> Any:
    options = model._meta  # noqa: SLF001 # Django's own way to a model's columns
    return options.pk if name == "pk" else options.get_field(name)


def _columns(model: type[models.Model]) -> Sequence[Any]:
    return model._meta.concrete_fields  # noqa: SLF001 # as above


def _quoted(field: Any) -> str:
    return connection.ops.quote_name(field.column)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 # as above
