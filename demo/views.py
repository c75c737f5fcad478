"""The page that removes the demo."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from demo.actions import remove_demo
from demo.queries import leaving_with


@member(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def demo_remove(request: ProjectRequest) -> HttpResponse:
    """Asks, then deletes the demo project. Other projects have no such page."""
    if not request.project.is_demo:
        raise Http404("No such page.")
    if request.method == "POST":
        remove_demo(project=request.project)
        messages.success(request, "The demo is gone.")
        return redirect("home")
    return render(request, "demo/remove.html", {"section": "settings", "leaving": leaving_with(request.project)})
