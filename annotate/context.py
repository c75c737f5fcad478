"""What pages with keys show of them."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from annotate.queries.preferences import own_keys


def keys(request: HttpRequest) -> dict[str, Any]:
    """The reader's own keys: asked only where a page shows them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"own_keys": SimpleLazyObject(lambda: own_keys(user))}
