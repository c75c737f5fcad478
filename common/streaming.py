"""A long page that begins to arrive before all of it is made."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def render_growing(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    piece: str,
    pieces: Iterable[Mapping[str, Any]],
    status: int = 200,
) -> HttpResponseBase:
    """The page of `template`, which shows `{{ pieces }}` where they go; each is `piece` with a context of its own.

    One piece or none is answered at once. Of more, all before the second is sent first, then one after the other: what
    makes them must ask no database, and must not fail, for by then the answer has begun.
    """
    rest = iter(pieces)
    first = next((_made(piece, one) for one in islice(rest, 1)), "")
    following = list(islice(rest, 1))
    if not following:
        return render(request, template, {**context, "pieces": first}, status=status)
    # Nobody who writes into a session can guess it.
    place = secrets.token_hex(16)
    before, _, after = render_to_string(template, {**context, "pieces": place}, request).partition(place)
    later = (_made(piece, one) for one in chain(following, rest))
    response = StreamingHttpResponse(_sent([before + first], later, [after]), status=status)
    response["X-Accel-Buffering"] = "no"  # a proxy in front would wait for all of it
    return response


def _made(piece: str, context: Mapping[str, Any]) -> str:
    return render_to_string(piece, {**context})


def _sent(*parts: Iterable[str]) -> Iterator[bytes]:
    for part in chain.from_iterable(parts):
        yield part.encode()
