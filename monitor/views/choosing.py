"""What every page of the overview offers above its answers."""

from typing import Any

from django.utils import timezone

from accounts.request import ProjectRequest
from monitor.filters import LENGTHS, offered
from monitor.records import Choice
from traces.queries import recent_values


def chooser(request: ProjectRequest, choice: Choice) -> dict[str, Any]:
    """What the choice of days and workflow offers."""
    today = timezone.now().date()
    return {
        "lengths": LENGTHS,
        "length": choice.period.days if choice.period.last == today else 0,
        "workflows": offered(recent_values(request.project)["workflow"], choice.workflow),
    }
