"""The overview page of a project."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest


@member(Role.VIEWER)
def overview(request: ProjectRequest) -> HttpResponse:
    """What came in and how it went."""
    return render(request, "monitor/overview.html", {"section": "overview"})
