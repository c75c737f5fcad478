"""A long page that begins to arrive before all of it is made."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

# What grows at a place of a page: a template, and a context for each time that it is shown.
Growing = tuple[str, Iterable[Mapping[str, Any]]]


def render_growing(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    piece: str,
    pieces: Iterable[Mapping[str, Any]],
    ahead: Growing = ("", ()),
    status: int = 200,
) -> HttpResponseBase:
    """The page of `template`, which shows `{{ pieces }}` where they go; each is `piece` with a context of its own.

    One piece or none is answered at once. Of more, all before the second is sent first, then one after the other: what
    makes them must ask no database, and must not fail, for by then the answer has begun. `ahead` grows in the
    same way at `{{ ahead }}`, further up on the page.
    """
    rest = iter(pieces)
    first = "".join(_made(piece, islice(rest, 1)))
    following = list(islice(rest, 1))
    above = _made(*ahead)
    if not following:
        whole = {**context, "pieces": SafeString(first), "ahead": SafeString("".join(above))}
        return render(request, template, whole, status=status)
    # Nobody who writes into a session can guess them.
    place, place_ahead = secrets.token_hex(16), secrets.token_hex(16)
    page = render_to_string(template, {**context, "pieces": place, "ahead": place_ahead}, request)
    before, _, after = page.partition(place)
    head, _, before = before.rpartition(place_ahead)
    later = _made(piece, chain(following, rest))
    sent = chain([head + next(above, "")], above, [before + first], later, [after])
    response = StreamingHttpResponse((part.encode() for part in sent if part), status=status)
    response["X-Accel-Buffering"] = "no"  # a proxy in front would wait for all of it
    return response


def _made(template: str, contexts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (render_to_string(template, {**context}) for context in contexts)
