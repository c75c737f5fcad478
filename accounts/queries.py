"""Reads over accounts' tables for its pages."""

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from accounts.models import ApiKey, Invitation, Membership, Project, Role, User

MIGHTIEST_FIRST = Case(
    *(When(role=role, then=Value(place)) for place, role in enumerate(reversed(list(Role)))),
    output_field=IntegerField(),
)


def cards(user: User) -> QuerySet[Membership]:
    """The user's memberships by project name, each with `session_count`, `issue_count` and `member_count`.

    Whoever judges in a blind queue is told no number of issues (None): that it grew tells what a colleague said.
    """
    blind = Project.objects.filter(pk=OuterRef("project_id"), queues__is_blind=True)
    named = Project.objects.filter(pk=OuterRef("project_id"), queues__is_blind=True, queues__takers=OuterRef("user_id"))
    is_judge = Q(Exists(named)) | Q(Exists(blind), role=Role.REVIEWER)
    return (
        Membership.objects.filter(user=user)
        .select_related("project")
        .annotate(
            session_count=_count_of("sessions"),
            issue_count=Case(When(is_judge, then=None), default=_count_of("issues")),
            member_count=_count_of("memberships"),
        )
        .order_by("project__name")
    )


def _count_of(relation: str) -> Subquery:
    # One subquery per relation: joined together they would count each session once per issue.
    counted = Project.objects.filter(pk=OuterRef("project_id")).annotate(rows=Count(relation))
    return Subquery(counted.values("rows"), output_field=IntegerField())


def members_of(project: Project) -> QuerySet[Membership]:
    """Admins first, then by e-mail."""
    return Membership.objects.filter(project=project).select_related("user").order_by(MIGHTIEST_FIRST, "user__email")


def open_invitations(project: Project) -> QuerySet[Invitation]:
    """Invitations whose link still works, newest first."""
    return (
        Invitation.objects.filter(project=project, accepted_at=None, expires_at__gt=timezone.now())
        .select_related("invited_by")
        .order_by("-created_at")
    )


def keys_of(project: Project) -> QuerySet[ApiKey]:
    """Live keys before revoked ones, newest first."""
    revoked_last = Case(When(revoked_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    return ApiKey.objects.filter(project=project).select_related("created_by").order_by(revoked_last, "-created_at")


def has_account(email: str) -> bool:
    """Whether somebody already logs in with this address."""
    return User.objects.filter(email=email.lower()).exists()
