"""Reads of issues."""

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Project
from annotate.models import Failure
from issues.models import IssueMembership


def unplaced_failures(project: Project) -> QuerySet[Failure]:
    """The project's failures that are not withdrawn and in no issue, embedded or not."""
    placed = IssueMembership.objects.filter(failure=OuterRef("pk"), until=None)
    return Failure.objects.filter(~Exists(placed), project=project, withdrawn_at=None)
