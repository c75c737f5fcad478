"""One file of JSON lines that a long measurement adds to and goes on from, and tables of medians out of it."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DONE = "section done"


@dataclass
class Results:
    """What was measured so far, in this run and, where there is a file, in those before."""

    file: Path | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        if self.file and self.file.exists():
            self.lines = [json.loads(line) for line in self.file.read_text().splitlines()]

    def add(self, **line: Any) -> None:
        """Prints it and keeps it."""
        self.lines.append(line)
        written = json.dumps(line)
        print(written, flush=True)
        if self.file:
            with self.file.open("a") as output:
                output.write(written + "\n")

    def begin(self, section: str) -> bool:
        """Whether a section is still to be measured; what an interrupted run left of it no longer counts."""
        if self.has(section):
            return False
        self.lines = [line for line in self.lines if line.get("section") != section]
        return True

    def has(self, section: str) -> bool:
        return any(line.get("section") == section and line["measure"] == DONE for line in self.lines)

    def end(self, section: str) -> None:
        self.add(section=section, measure=DONE)


def spread(values: Sequence[float | None]) -> str:
    """The median and, of several, the range; an en dash where nothing was measured."""
    known = [value for value in values if value is not None]
    if not known:
        return "–"
    middle = _short(statistics.median(known))
    return middle if len(known) == 1 else f"{middle} [{_short(min(known))}–{_short(max(known))}]"


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits either way


def table(lines: Iterable[Mapping[str, Any]], by: Sequence[str], columns: Mapping[str, str]) -> str:
    """A Markdown table: one row for each combination of `by`, a column for each figure, titles by field."""
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for line in lines:
        groups.setdefault(tuple(str(line.get(name, "")) for name in by), []).append(line)
    heads = [*by, *columns.values()]
    rows = [[*key, *(spread([line.get(name) for line in group]) for name in columns)] for key, group in groups.items()]
    written = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in written)
