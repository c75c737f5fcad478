"""The doors to sessions and to saved views of their list. Missing and forbidden look the same from outside: Http404."""

from django.db.models import Q, QuerySet

from accounts.models import Membership, Project, Role
from common.found import found
from traces.models import AgentSession, SavedView


def get_session(project: Project, session_id: int) -> AgentSession:
    """A session of this project; else Http404."""
    return found(AgentSession.objects.filter(project=project, pk=session_id), "No such session.")


def views_of(membership: Membership) -> QuerySet[SavedView]:
    """The saved views that this member finds over the list of sessions: their own and what is shared, by name."""
    mine = Q(owner=membership.user_id) | Q(is_shared=True)
    views = SavedView.objects.filter(mine, project=membership.project_id)
    return views.select_related("owner").order_by("is_shared", "name", "pk")


def changeable_views(membership: Membership) -> QuerySet[SavedView]:
    """Those that they may rename and delete: their own, and for leads all that is shared."""
    return views_of(membership) if membership.may(Role.LEAD) else views_of(membership).filter(owner=membership.user_id)


def get_view(membership: Membership, view_id: int) -> SavedView:
    """A saved view that this member may change; else Http404."""
    return found(changeable_views(membership).filter(pk=view_id), "No such view.")
