"""What the frame of every page shows: the project, its places, and where else the reader may go."""

from typing import Any

from django.http import HttpRequest

from accounts.access import projects_of


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The project and membership of the page, and a lazy list of the reader's projects."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    return {
        "project": getattr(request, "project", None),
        "membership": getattr(request, "membership", None),
        "my_projects": projects_of(request.user),
    }
