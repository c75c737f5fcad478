"""What a released version of an algorithm is known by: a digest of its source, or of its numbers.

What a digest does not see: comments, docstrings, formatting, and how a release of Python writes a tree down.
"""

import ast
import hashlib
from pathlib import Path
from typing import Any

LENGTH = 12
BODIES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
# What differs between releases of Python, or says how something is written and not what.
NOT_TOLD = {"ctx", "kind", "type_comment", "type_params"}
HOW = """{what} is no longer what version {version} was, and what is stored under that version would not say so.
Raise its version, then write {pair} in {table}.
Only where it surely finds just what it found before, write the new digest beside the old version."""


def digest_of_source(path: Path) -> str:
    """Of a module, whatever its comments and its formatting are."""
    return digest_of(_told(ast.parse(path.read_text())))


def digest_of(values: Any) -> str:
    """Of plain values, by how Python shows them."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:LENGTH]


def complaint(what: str, table: str, frozen: tuple[int, str], now: tuple[int, str]) -> str:
    """What to do where a version is not what it was; "" where it is."""
    if now == frozen:
        return ""
    version, digest = now
    pair = (version + (version == frozen[0]), digest)
    return HOW.format(what=what, version=frozen[0], pair=pair, table=table)


def _told(node: Any) -> Any:
    if isinstance(node, list):
        return [_told(one) for one in node]
    if not isinstance(node, ast.AST):
        return node
    fields = ((name, _without_docstring(node, name, value)) for name, value in ast.iter_fields(node))
    told = ((name, value) for name, value in fields if name not in NOT_TOLD and value is not None and value != [])
    return type(node).__name__, *((name, _told(value)) for name, value in told)


def _without_docstring(node: ast.AST, name: str, value: Any) -> Any:
    has_one = name == "body" and isinstance(node, BODIES) and ast.get_docstring(node, clean=False) is not None
    return value[1:] if has_one else value
