"""Labelled failures on their way out: as plain rows, in pages and streams, as JSON lines and CSV."""

from issues.export.cells import COLUMNS, to_csv, to_jsonl
from issues.export.cursors import OVERLAP, Place, from_cursor, to_cursor
from issues.export.reading import read_all, read_page

__all__ = [
    "COLUMNS",
    "OVERLAP",
    "Place",
    "from_cursor",
    "read_all",
    "read_page",
    "to_csv",
    "to_cursor",
    "to_jsonl",
]
