"""The page about the API names every column, filter and call, and none that is not there."""

import re
from pathlib import Path

import pytest
from django.urls import resolve

from issues.export import COLUMNS
from issues.filters import CONSTRAINT_FILTERS, DECISION_FILTERS, FAILURE_FILTERS
from issues.urls.api import urlpatterns

PAPER = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
CALLS = re.findall(r'^ask "\$URL/([^"?]+)(?:\?([^"]*))?"', PAPER, re.MULTILINE)
FORMATS = {"format", "limit", "cursor"}
KNOWN = {
    "failures/": {*FAILURE_FILTERS, *FORMATS},
    "issues/": {"state"},
    "decisions/": set(DECISION_FILTERS),
    "constraints/": set(CONSTRAINT_FILTERS),
}


def table_below(heading: str) -> list[str]:
    section = PAPER.split(f"\n### {heading}\n")[1].split("\n#")[0]
    return re.findall(r"^\| `(\w+)` \| \S", section, re.MULTILINE)


def test_every_column_has_its_line_in_order() -> None:
    assert table_below("Fields") == COLUMNS


def test_every_filter_has_its_line() -> None:
    assert table_below("Filters") == list(FAILURE_FILTERS)


@pytest.mark.parametrize("name", sorted({*DECISION_FILTERS, *CONSTRAINT_FILTERS}))
def test_every_filter_of_decisions_is_named(name: str) -> None:
    assert re.search(rf"[?&]{name}=|`{name}[`=]", PAPER.split("## Undo")[1])


def test_every_call_is_shown_and_every_call_that_is_shown_is_there() -> None:
    shown = {resolve(f"/api/v1/{path}").url_name for path, _ in CALLS}
    ours = {pattern.name for pattern in urlpatterns if str(pattern.pattern).startswith("api/v1/")}
    assert shown == ours


def test_calls_ask_only_what_there_is() -> None:
    for path, query in CALLS:
        assert set(re.findall(r"(?:^|&)(\w+)=", query)) <= KNOWN.get(path, set()), path
