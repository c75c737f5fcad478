"""Pages of a list that is too long to be counted to its end."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

COUNTED = 10_000
DIGITS = 9  # more of them are the last page in any case


class LongPaginator(Paginator):  # type: ignore[type-arg] # generic only in the stubs
    """Counts to 10,000 and offers no page behind that: who looks for older rows narrows the list.

    It asks for the keys of a page first, which an index answers alone, and has `load` bring the rows of these keys.
    """

    def __init__(self, rows: QuerySet[Any], per_page: int, load: Callable[[Sequence[Any]], Sequence[Any]]) -> None:
        super().__init__(rows, per_page)
        self.rows = rows
        self.load = load

    @cached_property
    def found(self) -> int:
        """How many rows there are, or one more than are counted."""
        return self.rows.order_by().values("pk")[: COUNTED + 1].count()

    @property
    def count(self) -> int:
        """How many rows its pages show."""
        return min(self.found, COUNTED)

    @property
    def has_more(self) -> bool:
        """Whether there are rows that were not counted."""
        return self.found > COUNTED

    def get_page(self, number: Any) -> "Page[Any]":
        """As Django's, but a page that is the last one is its own count: then nothing else is asked."""
        wanted = self._whole(number)
        keys = self._keys(wanted)
        if not keys and wanted > 1:
            wanted = self.num_pages
            keys = self._keys(wanted)
        if len(keys) <= self.per_page:
            self.found = (wanted - 1) * self.per_page + len(keys)
        return Page(self.load(keys[: self.per_page]), wanted, self)

    def _whole(self, number: Any) -> int:
        text = str(number or "")
        whole = int(text[:DIGITS]) if text.isascii() and text.isdigit() else 1
        return max(1, min(whole, COUNTED // self.per_page))

    def _keys(self, number: int) -> list[Any]:
        """Those of the page and the one after, where there is one."""
        start = (number - 1) * self.per_page
        return list(self.rows.values_list("pk", flat=True)[start : start + self.per_page + 1])
