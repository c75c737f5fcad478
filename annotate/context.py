"""What pages with keys show of them, and the number of mentions in the frame of every page."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from annotate.queries.comments import unread_mentions
from annotate.queries.preferences import own_keys


def keys(request: HttpRequest) -> dict[str, Any]:
    """The reader's own keys: asked only where a page shows them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"own_keys": SimpleLazyObject(lambda: own_keys(user))}


def mentions(request: HttpRequest) -> dict[str, Any]:
    """How often the reader was named in the page's project and has not seen it: asked only where a page shows it."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return {}
    return {"unread_mentions": cache(lambda: unread_mentions(membership))}
