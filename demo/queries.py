"""Reads of the demo."""

from accounts.models import Project
from annotate.models import Review
from demo.ground_truth import SESSIONS
from issues.models import Issue
from traces.models import AgentSession

SLUG = "demo"
REVIEWS = 60


def demo_project() -> Project | None:
    """The demo project, or None where it was removed or never made."""
    return Project.objects.filter(slug=SLUG, is_demo=True).first()


def sessions_here(project: Project) -> int:
    """How many sessions have arrived."""
    return AgentSession.objects.filter(project=project).count()


def sessions_settled(project: Project) -> int:
    """How many sessions have had their signals computed at least once."""
    return AgentSession.objects.filter(project=project, settled_revision__gte=1).count()


def unfinished_demo() -> Project | None:
    """The demo project, if sessions or the first reviews are still missing from it."""
    project = demo_project()
    if project is None:
        return None
    missing = sessions_here(project) < SESSIONS or Review.objects.filter(project=project).count() < REVIEWS
    return project if missing else None


def rows_of(project: Project) -> dict[str, int]:
    """How much would go with the project, by the word people use for it."""
    return {
        "sessions": sessions_here(project),
        "reviews": Review.objects.filter(project=project).count(),
        "issues": Issue.objects.filter(project=project).count(),
    }
