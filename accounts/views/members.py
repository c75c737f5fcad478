"""Who belongs to a project, and who is asked to."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import get_member, get_project_invitation
from accounts.actions import change_role, invite, remove_member, revoke_invitation
from accounts.forms import InvitationForm, RoleForm
from accounts.models import Role
from accounts.permissions import member
from accounts.queries import members_of, open_invitations
from accounts.request import ProjectRequest
from accounts.sending import mail_invitation, mail_leaves
from common.errors import Refused


@member(Role.ADMIN)
def members(request: ProjectRequest) -> HttpResponse:
    """Members and open invitations; a POST invites. The new link is on the answer, once, and in a mail."""
    form = InvitationForm(request.POST or None)
    fresh = None
    if request.method == "POST" and form.is_valid():
        fresh = _invite(request, form)
    context = {
        "section": "settings",
        "tab": "members",
        "members": members_of(request.project),
        "invitations": open_invitations(request.project),
        "form": InvitationForm() if fresh else form,
        "fresh": fresh,
        "roles": Role.choices,
        "mail_leaves": mail_leaves(),
    }
    return render(request, "accounts/members.html", context)


def _invite(request: ProjectRequest, form: InvitationForm) -> dict[str, Any] | None:
    data = form.cleaned_data
    try:
        invitation, token = invite(
            project=request.project, email=data["email"], role=data["role"], inviter=request.user
        )
    except Refused as refused:
        form.add_error(refused.field or None, refused.message)
        return None
    link = _link(request, token)
    return {"invitation": invitation, "link": link, "mailed": mail_invitation(invitation, link)}


def _link(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("invitation_accept", args=[token]))


@member(Role.ADMIN)
@require_POST
def role(request: ProjectRequest, membership_id: int) -> HttpResponse:
    """Gives a member another role."""
    membership = get_member(request.project, membership_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles.")
        return redirect("members", slug=request.project.slug)
    try:
        change_role(membership=membership, role=form.cleaned_data["role"])
        messages.success(request, f"{membership.user} is now {Role(membership.role).label.lower()}.")
    except Refused as refused:
        messages.error(request, refused.message)
    # Who gave up the admin's role may not see this list any more.
    mine = membership.user_id == request.user.pk and membership.role != Role.ADMIN
    return redirect("project_home" if mine else "members", slug=request.project.slug)


@member(Role.ADMIN)
def remove(request: ProjectRequest, membership_id: int) -> HttpResponse:
    """Asks once, then ends the membership."""
    membership = get_member(request.project, membership_id)
    if request.method != "POST":
        context = {"section": "settings", "tab": "members", "leaving": membership}
        return render(request, "accounts/member_remove.html", context)
    try:
        remove_member(membership=membership)
        messages.success(request, f"{membership.user} is no longer a member. What they reviewed stays.")
    except Refused as refused:
        messages.error(request, refused.message)
    gone = membership.user_id == request.user.pk and membership.pk is None
    return redirect("home") if gone else redirect("members", slug=request.project.slug)


@member(Role.ADMIN)
@require_POST
def revoke(request: ProjectRequest, invitation_id: int) -> HttpResponse:
    """Withdraws an invitation."""
    invitation = get_project_invitation(request.project, invitation_id)
    revoke_invitation(invitation=invitation)
    messages.success(request, f"The link sent to {invitation.email} no longer works.")
    return redirect("members", slug=request.project.slug)
