"""Issues made by hand, and what every new issue gets: a number, a title of its own, a severity."""

from collections import Counter
from collections.abc import Collection

from django.db import transaction
from django.db.models import Max, QuerySet

from accounts.models import Project, User
from annotate.models import Failure, Severity
from common.errors import Refused
from issues.actions._ringing import place_soon
from issues.actions.placing import place_or_refuse
from issues.models import (
    EventKind,
    Issue,
    IssueEvent,
    IssueMembership,
    Proposal,
    ProposalState,
    Source,
    lock_project,
)

TITLE_LENGTH = 200


def create_issue(*, failure: Failure, title: str, actor: User) -> Issue:
    """Makes an issue by hand from one failure, which leaves the issue that it was in."""
    with transaction.atomic():
        IssueMembership.objects.filter(failure=failure).close(actor=actor, reason="It became an issue of its own.")
        issue = open_issue(failure.project, title=title, failure_ids=[failure.pk], actor=actor)
        place_or_refuse(issue, [failure.pk], source=Source.PERSON, actor=actor)
        place_soon(failure.project_id)
    return issue


def open_issue(
    project: Project, *, title: str, failure_ids: Collection[int], actor: User, instead_of: Proposal | None = None
) -> Issue:
    # The lock on the project makes numbers and titles safe: of two who create at once, one waits.
    lock_project(project.pk)
    checked = check_title(project, title, Issue.objects.none(), instead_of)
    highest = Issue.objects.filter(project=project).aggregate(highest=Max("number"))["highest"] or 0
    issue = Issue.objects.create(
        project=project, number=highest + 1, title=checked, severity=_usual_severity(failure_ids)
    )
    IssueEvent.objects.note(issue, EventKind.CREATED, actor=actor, title=checked)
    return issue


def _usual_severity(failure_ids: Collection[int]) -> str:
    """The severity most members have; of equally common ones the worse."""
    counts = Counter(Failure.objects.filter(pk__in=failure_ids).values_list("severity", flat=True))
    order = list(Severity.values)
    return max(counts, key=lambda severity: (counts[severity], order.index(severity)), default=Severity.MEDIUM)


def check_title(project: Project, title: str, but: QuerySet[Issue], instead_of: Proposal | None = None) -> str:
    cleaned = " ".join(title.split())
    if not cleaned:
        raise Refused("An issue needs a title.", field="title")
    if len(cleaned) > TITLE_LENGTH:
        raise Refused(f"Keep the title under {TITLE_LENGTH} characters.", field="title")
    same = Issue.objects.filter(project=project, title__iexact=cleaned).exclude(pk__in=but.values("pk")).first()
    if same is not None:
        raise Refused(f"ISS-{same.number} already has this title. Attach to it, or choose other words.", field="title")
    others = Proposal.objects.filter(project=project, title__iexact=cleaned, state=ProposalState.OPEN)
    if others.exclude(pk=instead_of.pk if instead_of else 0).exists():
        raise Refused("Another open proposal has this title. Decide on it first.", field="title")
    return cleaned
