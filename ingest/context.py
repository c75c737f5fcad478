"""What the frame of every page shows of the intake."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from ingest.queries.health import has_failed_batches


def intake(request: HttpRequest) -> dict[str, Any]:
    """Whether any batch of the page's project could not be read: asked only where a page shows it."""
    project = getattr(request, "project", None)
    if project is None:
        return {}
    return {"intake_failed": SimpleLazyObject(lambda: has_failed_batches(project))}
