"""Pages of a list that is not counted to its end."""

from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Project
from common import paging
from common.paging import LongPaginator
from tests.builders import make_session
from traces.models import AgentSession


@pytest.fixture
def fifteen(project: Project, monkeypatch: pytest.MonkeyPatch) -> LongPaginator:
    """Fifteen sessions in pages of four, of which eight are counted."""
    monkeypatch.setattr(paging, "COUNTED", 8)
    for number in range(15):
        make_session(project, str(number))
    return pages_of(AgentSession.objects.count())


def pages_of(most: int) -> LongPaginator:
    ids = list(AgentSession.objects.order_by("pk").values_list("pk", flat=True)[:most])

    def load(keys: Sequence[int]) -> list[str]:
        return [AgentSession.objects.get(pk=key).external_id for key in keys]

    return LongPaginator(AgentSession.objects.filter(pk__in=ids).order_by("pk"), 4, load)


def test_long_list_is_counted_to_its_limit_and_says_that_there_is_more(fifteen: LongPaginator) -> None:
    page = fifteen.get_page("1")
    assert page.object_list == ["0", "1", "2", "3"]
    assert (fifteen.count, fifteen.has_more, fifteen.num_pages) == (8, True, 2)


@pytest.mark.parametrize(("asked", "number"), [("", 1), ("x", 1), ("-1", 1), ("2", 2), ("²", 1), ("99999999999", 2)])
def test_long_list_gives_the_page_that_was_asked_for_or_the_first(
    fifteen: LongPaginator, asked: str, number: int
) -> None:
    assert fifteen.get_page(asked).number == number


def test_long_list_ends_where_it_is_no_longer_counted(fifteen: LongPaginator) -> None:
    assert fifteen.get_page("9").number == 2


@pytest.mark.usefixtures("fifteen")
@pytest.mark.parametrize(("rows", "last", "number"), [(0, [], 1), (4, ["0", "1", "2", "3"], 1), (5, ["4"], 2)])
def test_long_list_that_is_short_gives_its_last_page(rows: int, last: list[str], number: int) -> None:
    pages = pages_of(rows)
    page = pages.get_page("2")
    assert (page.object_list, page.number, pages.count, pages.has_more) == (last, number, rows, False)


@pytest.mark.usefixtures("fifteen")
def test_long_list_is_not_counted_where_its_last_page_tells() -> None:
    pages = pages_of(3)
    with CaptureQueriesContext(connection) as captured:
        pages.get_page("1")
        assert pages.count == 3
    assert not [query for query in captured if "COUNT" in query["sql"]]
