"""The doors to sessions and to saved views of lists. Missing and forbidden look the same from outside: Http404."""

from django.db.models import Q, QuerySet

from accounts.models import Membership, Project, Role
from common.found import found
from traces.models import AgentSession, Place, SavedView


def get_session(project: Project, session_id: int) -> AgentSession:
    """A session of this project; else Http404."""
    return found(AgentSession.objects.filter(project=project, pk=session_id), "No such session.")


def views_of(membership: Membership, place: Place) -> QuerySet[SavedView]:
    """The saved views that this member finds above a list: their own and what is shared, by name."""
    return _seen_views(membership).filter(place=place).order_by("is_shared", "name", "pk")


def _seen_views(membership: Membership) -> QuerySet[SavedView]:
    mine = Q(owner=membership.user_id) | Q(is_shared=True)
    return SavedView.objects.filter(mine, project=membership.project_id).select_related("owner")


def changeable_views(membership: Membership) -> QuerySet[SavedView]:
    """Those that they may rename and delete: their own, and for leads all that is shared."""
    seen = _seen_views(membership).order_by("-place", "is_shared", "name", "pk")
    return seen if membership.may(Role.LEAD) else seen.filter(owner=membership.user_id)


def get_view(membership: Membership, view_id: int) -> SavedView:
    """A saved view that this member may change; else Http404."""
    return found(changeable_views(membership).filter(pk=view_id), "No such view.")
