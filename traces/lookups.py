"""How a value is found in a list that stands in a JSON column, on either database."""

import json
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import JSONField, Lookup
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, list[Any]]


@JSONField.register_lookup
class HasItem(Lookup):
    """`tags__has_item="web"`: whether a column with a list of strings holds this one."""

    lookup_name = "has_item"
    prepare_rhs = False

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        column, values = self.process_lhs(compiler, connection)
        return f"{column} @> %s::jsonb", [*values, json.dumps([self.rhs])]

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        """Looks for the written string first: opening each list as JSON takes longer."""
        column, values = self.process_lhs(compiler, connection)
        test = f"(instr({column}, %s) AND EXISTS (SELECT 1 FROM json_each({column}) WHERE value = %s))"  # noqa: S608 - no value stands in it
        return test, [*values, json.dumps(self.rhs), *values, self.rhs]
