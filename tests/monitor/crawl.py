"""Walks pages and opens the list behind every link to sessions."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

from django.test import Client

COUNTED = (re.compile(r"([\d,]+) session"), re.compile(r"^([\d,]+)(?: (?!%)|$)"))


class _Links(HTMLParser):
    """The addresses of links with all text within them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = True
            self.found.append((dict(attrs).get("href") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._open:
            href, text = self.found[-1]
            self.found[-1] = href, text + data


def numbers_in(html: str) -> list[tuple[str, int]]:
    """The links to lists of sessions whose text is a count, such as 12, 1,234 reviewed or 1 Nov: 3 sessions."""
    links = _Links()
    links.feed(html)
    lists = [(href, " ".join(text.split())) for href, text in links.found if "/sessions/?" in href]
    found = [(href, COUNTED[0].search(text) or COUNTED[1].search(text)) for href, text in lists]
    return [(href, int(told[1].replace(",", ""))) for href, told in found if told]


def disagreements(reader: Client, pages: Iterable[str]) -> tuple[int, dict[str, tuple[int, object]]]:
    """How many lists the numbers lead to; and by page and link, what is counted and what is listed, if they differ."""
    shown: dict[str, object] = {}
    wrong = {}
    for page in pages:
        for href, number in numbers_in(reader.get(page).content.decode()):
            if href not in shown:
                shown[href] = _listed(reader, href)
            if shown[href] != number:
                wrong[f"{page} → {href}"] = (number, shown[href])
    return len(shown), wrong


def _listed(reader: Client, href: str) -> object:
    """How many sessions the list shows, or what of the address it did not understand."""
    listed = reader.get(href).context
    return listed["ignored"] or listed["page"].paginator.count
