"""The page after login, and a project's settings."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import projects_of
from accounts.actions import change_project, create_project
from accounts.forms import NewProjectForm, ProjectForm
from accounts.models import Role
from accounts.permissions import member, signed_in
from accounts.queries import cards
from accounts.request import PageRequest, ProjectRequest
from common.errors import Refused

FIRST_PAGE = {
    Role.VIEWER: "session_list",
    Role.REVIEWER: "queue_list",
    Role.LEAD: "issue_board",
    Role.ADMIN: "issue_board",
}


@signed_in
def home(request: PageRequest) -> HttpResponse:
    """Straight into the reader's project where there is exactly one; else to all of them."""
    mine = list(projects_of(request.user)[:2])
    return redirect("project_home", slug=mine[0].slug) if len(mine) == 1 else redirect("project_list")


@signed_in
def project_list(request: PageRequest) -> HttpResponse:
    """The reader's projects, however many; the operator makes new ones from here."""
    return render(request, "accounts/project_list.html", {"cards": list(cards(request.user))})


@member(Role.VIEWER)
def project_home(request: ProjectRequest) -> HttpResponse:
    """To the page on which this role's work starts."""
    return redirect(FIRST_PAGE[Role(request.membership.role)], slug=request.project.slug)


@signed_in
def new_project(request: PageRequest) -> HttpResponse:
    """For the operator of the installation, who becomes the project's first admin."""
    if not request.user.is_superuser:
        raise Http404("No such page.")
    form = NewProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            project = create_project(creator=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            messages.success(request, f"{project.name} is ready. Connect your agent to it.")
            return redirect("connect", slug=project.slug)
    return render(request, "accounts/new_project.html", {"form": form})


@member(Role.ADMIN)
def project_settings(request: ProjectRequest) -> HttpResponse:
    form = ProjectForm(request.POST) if request.method == "POST" else ProjectForm.of(request.project)
    if request.method == "POST" and form.is_valid():
        change_project(project=request.project, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("project_settings", slug=request.project.slug)
    return render(
        request, "accounts/project_settings.html", {"section": "settings", "tab": "project_settings", "form": form}
    )
