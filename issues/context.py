"""What the frame of every page tells of issues."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from issues.queries.news import unread_news


def news(request: HttpRequest) -> dict[str, Any]:
    """How much the reader has not seen of what happened on issues: asked only where a page shows it."""
    membership = getattr(request, "membership", None)
    return {} if membership is None else {"unread_news": cache(lambda: unread_news(membership))}
