"""Wakes who places failures, after people changed what they would do."""

from common.doorbell import ring
from issues.tasks import place


def place_soon(project_id: int) -> None:
    """Asks for a look at what waits in the project, once the running transaction has committed."""
    ring(place, project_id=project_id)
