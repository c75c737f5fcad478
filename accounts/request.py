"""What a view may rely on, by the permission it declares."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import Membership, Project, User


class PageRequest(HttpRequest):
    """The request of a page for signed-in people."""

    user: User
    htmx: HtmxDetails


class ProjectRequest(PageRequest):
    """The request of a page inside a project: the membership has been checked and is here."""

    project: Project
    membership: Membership
