"""Reads of the demo."""

from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import Project
from annotate.models import CalibrationReview, Review
from demo.ground_truth import SESSIONS
from demo.story import SEED, external_id
from demo.story.opinions import REVIEWERS
from issues.models import Issue
from traces.models import AgentSession

SLUG = "demo"
REVIEWS = 60
MADE_UP_PEOPLE = "@demo.invalid"


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
    """The demo project, if sessions, the first reviews or the work of its team are still missing from it."""
    project = demo_project()
    if project is None:
        return None
    missing = sessions_here(project) < SESSIONS or Review.objects.filter(project=project).count() < REVIEWS
    return project if missing or not is_team_done(project) else None


def is_team_done(project: Project) -> bool:
    """Whether the made-up people have done all that they do together: that each was measured is the last of it."""
    measured = CalibrationReview.objects.filter(project=project, reviewer__email__endswith=MADE_UP_PEOPLE)
    return measured.values("reviewer").distinct().count() > len(REVIEWERS)


@dataclass(frozen=True)
class Leaving:
    """How much goes with the demo: what was made up, and what people brought and decided themselves."""

    sessions: int
    reviews: int
    own_sessions: int
    own_reviews: int
    issues: int

    @property
    def has_own(self) -> bool:
        return bool(self.own_sessions or self.own_reviews or self.issues)


def leaving_with(project: Project) -> Leaving:
    """What would be deleted together with the demo project."""
    told = [external_id(SEED, number) for number in range(SESSIONS)]
    sessions = AgentSession.objects.filter(project=project).aggregate(
        all=Count("pk"), told=Count("pk", filter=Q(external_id__in=told))
    )
    reviews = Review.objects.filter(project=project).aggregate(
        all=Count("pk"), told=Count("pk", filter=Q(reviewer__email__endswith=MADE_UP_PEOPLE))
    )
    return Leaving(
        sessions=sessions["told"],
        reviews=reviews["told"],
        own_sessions=sessions["all"] - sessions["told"],
        own_reviews=reviews["all"] - reviews["told"],
        issues=Issue.objects.filter(project=project).count(),
    )
