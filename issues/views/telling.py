"""What is said of decisions on the next page."""

from django.contrib import messages
from django.template.loader import render_to_string

from accounts.request import ProjectRequest
from issues.models import Decision


def say_done(request: ProjectRequest, decision: Decision, words: str) -> None:
    """A notice that can undo what it tells of."""
    told = {"decision": decision, "words": words, "project": request.project}
    messages.success(request, render_to_string("issues/_done_toast.html", told, request))
