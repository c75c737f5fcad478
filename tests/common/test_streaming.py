"""A page that begins to arrive before all of it is made."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template import engines
from django.test import RequestFactory

from common.streaming import render_growing

PAGE = {
    "page.html": "<main>{{ title }}{{ pieces }}</main>",
    "twice.html": "<nav>{{ ahead }}</nav><main>{{ title }}{{ pieces }}</main>",
    "piece.html": "<p>{{ words }}</p>",
}


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {name: engines["django"].from_string(text) for name, text in PAGE.items()}
    monkeypatch.setattr("django.template.loader.get_template", lambda name, **_: made[name])


def grown(pieces: Iterator[dict[str, Any]], **also: Any) -> HttpResponseBase:
    request, page = RequestFactory().get("/"), "twice.html" if also else "page.html"
    return render_growing(request, page, {"title": "<"}, piece="piece.html", pieces=pieces, status=422, **also)


def saying(*words: str) -> Iterator[dict[str, Any]]:
    yield from ({"words": one} for one in words)


@pytest.mark.parametrize(("words", "shown"), [((), ""), (("a&b",), "<p>a&amp;b</p>")])
def test_a_short_page_is_answered_at_once(words: tuple[str, ...], shown: str) -> None:
    answer = grown(saying(*words))
    assert isinstance(answer, HttpResponse)
    assert (answer.status_code, answer.content.decode()) == (422, f"<main>&lt;{shown}</main>")


def test_a_long_page_is_sent_piece_by_piece() -> None:
    answer = grown(saying("a&b", "c", "d"))
    assert isinstance(answer, StreamingHttpResponse)
    sent = [part.decode() for part in answer if isinstance(part, bytes)]
    assert (answer.status_code, sent) == (422, ["<main>&lt;<p>a&amp;b</p>", "<p>c</p>", "<p>d</p>", "</main>"])


def test_the_beginning_is_sent_before_the_end_is_made() -> None:
    made = []

    def pieces() -> Iterator[dict[str, Any]]:
        for number in range(4):
            made.append(number)
            yield {"words": number}

    answer = grown(pieces())
    assert isinstance(answer, StreamingHttpResponse)
    assert next(iter(answer)) == b"<main>&lt;<p>0</p>"
    assert made == [0, 1]


def test_what_grows_further_up_is_sent_first() -> None:
    answer = grown(saying("c", "d"), ahead=("piece.html", saying("a&b", "b")))
    assert isinstance(answer, StreamingHttpResponse)
    sent = [part.decode() for part in answer if isinstance(part, bytes)]
    assert sent == ["<nav><p>a&amp;b</p>", "<p>b</p>", "</nav><main>&lt;<p>c</p>", "<p>d</p>", "</main>"]


def test_a_short_page_shows_what_grows_further_up() -> None:
    answer = grown(saying("c"), ahead=("piece.html", saying("a&b", "b")))
    assert isinstance(answer, HttpResponse)
    assert answer.content.decode() == "<nav><p>a&amp;b</p><p>b</p></nav><main>&lt;<p>c</p></main>"
